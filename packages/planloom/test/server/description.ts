// Holds each answer of the API against its OpenAPI document. In: a request and its answer. Out: nothing; throws if the
// document does not describe such an answer.
import { expect } from "vitest";
import { z } from "zod";
import { openApiOf } from "../../src/server/api/open-api.js";
import { DESCRIBED } from "../../src/server/routes/all.js";

export interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: object } } };
  readonly responses: { readonly [status: string]: Described };
}

interface Described {
  readonly $ref?: string;
  readonly content?: { readonly [type: string]: { readonly schema: object } };
}

export const DOCUMENT = openApiOf(DESCRIBED) as unknown as {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: object; readonly responses: { readonly Problem: Described } };
};

const known = new Map<object, z.ZodType>();

function schemaFor(schema: object): z.ZodType {
  const made = known.get(schema) ?? z.fromJSONSchema(withoutReferences(schema) as never);
  known.set(schema, made);
  return made;
}

/** The schema with the end of each reference in its place. No schema refers to itself. */
function withoutReferences(schema: object): unknown {
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
    const at = typeof value === "object" && value !== null && "$ref" in value ? String(value.$ref) : undefined;
    return at === undefined ? value : withoutReferences(atEnd(at));
  });
}

/** What a reference such as `#/components/schemas/Run` refers to. */
export const atEnd = (reference: string): object =>
  reference
    .split("/")
    .slice(1)
    .reduce<unknown>((inside, key) => (inside as { readonly [key: string]: unknown })[key], DOCUMENT) as object;

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

export function fitsDescription({ method, path, status, type, text }: Exchange): void {
  const [pathname = ""] = path.split("?");
  const template = Object.keys(DOCUMENT.paths).find((one) => isPath(one, pathname));
  const operation = template === undefined ? undefined : DOCUMENT.paths[template]?.[method.toLowerCase()];
  const own = operation?.responses[String(status)];
  const described = own === undefined || own.$ref !== undefined ? DOCUMENT.components.responses.Problem : own;
  if (described.content === undefined) return expect(text).toBe("");
  const content = described.content[type?.split(";")[0] ?? ""];
  expect(content, `${method} ${path} answers ${status} ${type}`).toBeDefined();
  if (!type?.endsWith("json")) return;
  const { error } = schemaFor(content!.schema).safeParse(JSON.parse(text));
  expect(error?.issues ?? [], `${method} ${path} ${status}: ${text.slice(0, 300)}`).toEqual([]);
}

const isPath = (template: string, path: string): boolean =>
  new RegExp(`^${template.replaceAll(/\{\w+\}/gu, "[^/]+")}$`, "u").test(path);
