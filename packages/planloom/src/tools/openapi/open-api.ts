// The operations of an OpenAPI document as tools. In: the document, the hosts that may be called, and what the program
// declares. Out: one tool for each operation.
import { LIMITS } from "../../limits.js";
import { nearestNames } from "../../plan/nearest.js";
import { EFFECT_CLASSES, type EffectClass } from "../../plan/tool-spec.js";
import type { OpenApiErrors, Unfitting } from "../../words/errors/open-api.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { HTTP_EFFECTS } from "../http/http-method.js";
import { hostFault, type HostSettings } from "../http/named-hosts.js";
import type { Tool } from "../tool.js";
import { readDocument, Unfit } from "./document.js";
import { operationOf, operationsIn, type Operation, type OperationName } from "./operation.js";
import { operationTool } from "./operation-tool.js";
import { operationCredentials, schemesIn } from "./security.js";
import { serverOf } from "./server-address.js";

/** The key of an operation is its `operationId`, or `GET /pets/{petId}`. */
export interface OpenApiOptions extends HostSettings {
  /**
   * The address of the service, if the document has none at a named host: `https://api.example.com/v1`. Its host must be
   * named, too.
   */
  readonly server?: string;
  /** Only these operations. Default: all. */
  readonly include?: readonly string[];
  /** All but these. */
  readonly exclude?: readonly string[];
  /** What an operation changes, where its method says something else. */
  readonly effects?: { readonly [operation: string]: EffectClass };
  /** The keys by security scheme of the document. No model sees them. An undefined one is not there. */
  readonly security?: { readonly [scheme: string]: string | undefined };
  /** Stands before the name of each tool: two services may name operations alike. */
  readonly prefix?: string;
}

const OPTIONS: readonly string[] = Object.keys({
  ...{ hosts: 1, headers: 1, server: 1, include: 1, exclude: 1, effects: 1, security: 1, prefix: 1 },
} satisfies { readonly [key in keyof OpenApiOptions]-?: 1 });

/**
 * Tools for `tools` of a configuration. `source`: a path from the working folder, a file URL, or the document as an
 * object. Reads have no effects, PUT and DELETE are idempotent, POST and PATCH happen once; `effects` says otherwise.
 * Throws PlanloomError OPENAPI_INVALID (kind config) if the document or an option cannot be used, with every operation
 * that cannot be made into a tool.
 */
export async function openApi(source: string | URL | object, options: OpenApiOptions): Promise<readonly Tool[]> {
  checkOptions(options);
  const document = await readDocument(source);
  const all = fitting("paths", () => operationsIn(document));
  const wanted = chosen(all, options);
  if (wanted.length > LIMITS.openApiOperations)
    throw invalid({ problem: "many", count: wanted.length, limit: LIMITS.openApiOperations });
  const schemes = fitting("components", () => schemesIn(document, options.security ?? {}));
  const unfit: Unfitting[] = [];
  const tools = wanted.flatMap((name) => {
    try {
      const operation = operationOf(document, name);
      const server = serverOf(document, name, options);
      const credentials = operationCredentials(document, name, schemes);
      return [
        operationTool(operation, {
          server,
          credentials,
          name: toolName(name, options.prefix),
          effects: effectsOf(operation, options),
          settings: options,
          document,
        }),
      ];
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      unfit.push({ operation: name.id, reason: error.message });
      return [];
    }
  });
  if (unfit.length > 0) throw invalid({ problem: "unfit", operations: unfit });
  checkNames(wanted, options.prefix);
  return tools;
}

/** `part`: what is read of the document. */
function fitting<T>(part: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unfit)
      throw invalid({ problem: "unfit", operations: [{ operation: part, reason: error.message }] });
    throw error;
  }
}

const invalid = (fault: OpenApiErrors["OPENAPI_INVALID"]): PlanloomError => new PlanloomError("OPENAPI_INVALID", fault);

function checkOptions(options: OpenApiOptions): void {
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined) throw invalid({ problem: "option", option: unknown, known: OPTIONS });
  const fault = hostFault(options);
  if (fault !== undefined) throw invalid({ problem: "hosts", option: fault });
  for (const [operation, effects] of Object.entries(options.effects ?? {}))
    if (!EFFECT_CLASSES.includes(effects)) throw invalid({ problem: "effects", operation, given: String(effects) });
}

/** Throws for an option that names no operation: a misspelt one would lose a declaration. */
function chosen(all: readonly OperationName[], { include, exclude = [], effects = {} }: OpenApiOptions) {
  const known = all.flatMap(({ id, label }) => [id, label]);
  const stray = [...(include ?? []), ...exclude, ...Object.keys(effects)].find((name) => !known.includes(name));
  if (stray !== undefined) {
    const near = nearestNames(stray, known);
    throw invalid({ problem: "operation", operation: stray, near: near.length > 0 ? near : known.slice(0, 3) });
  }
  const isIn = (list: readonly string[], { id, label }: OperationName) => list.includes(id) || list.includes(label);
  return all.filter((one) => (include === undefined || isIn(include, one)) && !isIn(exclude, one));
}

function effectsOf({ id, label, method }: Operation, { effects = {} }: OpenApiOptions): EffectClass {
  const name = [id, label].find((one) => Object.hasOwn(effects, one));
  return (name === undefined ? undefined : effects[name]) ?? HTTP_EFFECTS[method];
}

/** A letter, then at most 63 letters, digits, _ or -. */
function toolName({ id }: OperationName, prefix = ""): string {
  const fit = `${prefix}${id}`.replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^[^A-Za-z]+|_+$/g, "");
  return fit === "" ? "operation" : fit.slice(0, 64);
}

function checkNames(operations: readonly OperationName[], prefix: string | undefined): void {
  const by = new Map<string, string[]>();
  for (const one of operations) {
    const name = toolName(one, prefix);
    by.set(name, [...(by.get(name) ?? []), one.id === one.label ? one.label : `${one.id} (${one.label})`]);
  }
  const [twice] = [...by].filter(([, labels]) => labels.length > 1);
  if (twice !== undefined) throw invalid({ problem: "names", tool: twice[0], operations: twice[1] });
}
