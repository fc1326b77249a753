// Reads an OpenAPI document (3.0 or 3.1, JSON or YAML). In: a path, a file URL or the object. Out: the document, and its
// references. Only references inside the document are followed.
import { readFile } from "node:fs/promises";
import { messageOf } from "../../error.js";
import { LIMITS } from "../../limits.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { resolvePointer } from "../../plan/type/schema.js";
import { PlanloomError } from "../../words/planloom-error.js";

export interface ApiDocument {
  readonly root: JsonObject;
  /** Schemas of 3.0 have `nullable` and a boolean `exclusiveMinimum`. */
  readonly old: boolean;
}

/** Throws PlanloomError OPENAPI_INVALID. */
export async function readDocument(source: string | URL | object): Promise<ApiDocument> {
  const root = typeof source === "string" || source instanceof URL ? await parsed(source) : copyOf(source);
  const version = isObject(root) ? root["openapi"] : undefined;
  if (typeof version !== "string" || !/^3\.[01]\b/.test(version))
    throw new PlanloomError("OPENAPI_INVALID", {
      problem: "version",
      given: typeof version === "string" || typeof version === "number" ? String(version).slice(0, 20) : "none",
    });
  return { root: root as JsonObject, old: version.startsWith("3.0") };
}

async function parsed(source: string | URL): Promise<Json> {
  const file = String(source);
  const bad = (error: unknown): PlanloomError =>
    new PlanloomError(
      "OPENAPI_INVALID",
      { problem: "unreadable", file, reason: messageOf(error).split("\n")[0]! },
      { cause: error },
    );
  const isFile = source instanceof URL ? source.protocol === "file:" : !/^[a-z][a-z+.-]+:\/\//i.test(source);
  if (!isFile) throw new PlanloomError("OPENAPI_INVALID", { problem: "no-file", file });
  const text = await readFile(source, "utf8").catch((error: unknown) => {
    throw bad(error);
  });
  if (text.length > LIMITS.openApiChars)
    throw new PlanloomError("OPENAPI_INVALID", { problem: "long", file, limit: LIMITS.openApiChars });
  try {
    if (text.trimStart().startsWith("{")) return JSON.parse(text) as Json;
    const { parse } = await import("yaml");
    return copyOf(parse(text, { maxAliasCount: LIMITS.yamlAliases }) as object);
  } catch (error) {
    throw bad(error);
  }
}

/** A copy as JSON: YAML has dates, and an object of a program may have more. */
function copyOf(value: object): Json {
  try {
    return JSON.parse(JSON.stringify(value)) as Json;
  } catch (cause) {
    throw new PlanloomError("OPENAPI_INVALID", { problem: "version", given: "no JSON" }, { cause });
  }
}

/** Why an operation cannot be made into a tool. */
export class Unfit extends Error {}

/** The part itself, or what its `$ref` means. Throws Unfit for a reference that leads out of the document or nowhere. */
export function followed({ root }: ApiDocument, part: Json | undefined): JsonObject {
  let found = part;
  for (let hop = 0; isObject(found) && typeof found["$ref"] === "string"; hop++) {
    const reference: string = found["$ref"];
    const target =
      reference.startsWith("#/") && hop < LIMITS.openApiDepth ? resolvePointer(reference, root) : undefined;
    if (target === undefined) throw new Unfit(`$ref ${reference}`);
    found = target;
  }
  return isObject(found) ? found : {};
}
