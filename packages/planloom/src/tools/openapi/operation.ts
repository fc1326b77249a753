// The operations of an OpenAPI document, as far as tools need them. In: the document. Out: for each its method, path,
// arguments, body, output and security; or why it cannot be a tool.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import type { HttpMethod } from "../http/http-method.js";
import { followed, Unfit, type ApiDocument } from "./document.js";
import { parameterOf, type Parameter } from "./parameter.js";
import { schemaForm } from "./schema-form.js";

/** An operation by its names. `part` is its place in the document. */
export interface OperationName {
  /** Its `operationId`; else as `label`. */
  readonly id: string;
  /** `GET /pets/{petId}` */
  readonly label: string;
  readonly method: HttpMethod;
  readonly path: string;
  readonly part: JsonObject;
  /** What is common to all operations of its path. */
  readonly shared: JsonObject;
}

export interface OperationBody {
  readonly type: string;
  readonly required: boolean;
  readonly schema: JsonObject;
}

export interface Operation extends OperationName {
  /** By the names of arguments. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** The argument `body`, or `requestBody` if a parameter has that name. */
  readonly body: ({ readonly argument: string } & OperationBody) | undefined;
  /** undefined if it is not known. */
  readonly output: JsonObject | undefined;
}

/** OPTIONS and TRACE are about the server, and no operations of its service. */
const METHODS = { get: "GET", head: "HEAD", put: "PUT", delete: "DELETE", post: "POST", patch: "PATCH" } as const;

export function operationsIn(document: ApiDocument): readonly OperationName[] {
  const { paths } = document.root;
  return Object.entries(isObject(paths) ? paths : {}).flatMap(([path, item]) => {
    const shared = followed(document, item);
    return Object.entries(METHODS).flatMap(([key, method]) => {
      const part = shared[key];
      if (!isObject(part) || !path.startsWith("/")) return [];
      const label = `${method} ${path}`;
      const { operationId } = part;
      return [
        {
          id: typeof operationId === "string" && operationId !== "" ? operationId : label,
          label,
          method,
          path,
          part,
          shared,
        },
      ];
    });
  });
}

/** Throws Unfit. */
export function operationOf(document: ApiDocument, name: OperationName): Operation {
  const parameters = parametersOf(document, name);
  const missing = [...name.path.matchAll(/\{([^{}]+)\}/g)]
    .map(([, one]) => one!)
    .filter((one) => ![...parameters.values()].some(({ place, name: known }) => place === "path" && known === one));
  if (missing.length > 0) throw new Unfit(`path without parameter ${missing[0]!}`);
  const body = bodyOf(document, name.part["requestBody"]);
  const argument = parameters.has("body") ? "requestBody" : "body";
  return {
    ...name,
    parameters,
    body: body === undefined ? undefined : { argument, ...body },
    output: outputOf(document, name),
  };
}

/** Those of the operation replace those of its path. Two of one name get their place in front. */
function parametersOf(document: ApiDocument, { part, shared }: OperationName): ReadonlyMap<string, Parameter> {
  const listed = [shared["parameters"], part["parameters"]].flatMap((list) =>
    Array.isArray(list) ? (list as readonly Json[]) : [],
  );
  const byPlace = new Map(
    listed.map((one) => {
      const parameter = parameterOf(document, one);
      return [`${parameter.place}_${parameter.name}`, parameter] as const;
    }),
  );
  // The media types and the key are set by the request itself.
  const own = [...byPlace].filter(([key]) => !/^header_(?:accept|content-type|authorization)$/i.test(key));
  const names = own.map(([, { name }]) => name);
  const isOnly = (name: string): boolean => names.indexOf(name) === names.lastIndexOf(name);
  return new Map(own.map(([key, one]) => [isOnly(one.name) ? one.name : key, one] as const));
}

function bodyOf(document: ApiDocument, given: Json | undefined): OperationBody | undefined {
  if (given === undefined) return undefined;
  const { content, required, description } = followed(document, given);
  const types = isObject(content) ? Object.entries(content) : [];
  if (types.length === 0) return undefined;
  const [type, media] =
    types.find(([one]) => /json/i.test(one)) ??
    types.find(([one]) => /x-www-form-urlencoded|^text\//i.test(one)) ??
    (() => {
      throw new Unfit(`body as ${types.map(([one]) => one).join(", ")}`);
    })();
  const schema = schemaForm(document, isObject(media) ? media["schema"] : undefined, "request");
  const said = typeof description === "string" && schema["description"] === undefined ? { description } : {};
  const sent = type.includes("*") ? "application/json" : type;
  return { type: sent, required: required === true, schema: { ...schema, ...said } };
}

/** What the good responses have in common: the schema of one, or any of several. */
function outputOf(document: ApiDocument, { part, method }: OperationName): JsonObject | undefined {
  const { responses } = part;
  const good = Object.entries(isObject(responses) ? responses : {}).filter(([status]) =>
    /^2(?:\d\d|XX)$/i.test(status),
  );
  if (method === "HEAD" || good.length === 0) return undefined;
  const schemas: JsonObject[] = [];
  for (const [, response] of good) {
    const { content } = followed(document, response);
    const types = Object.entries(isObject(content) ? content : {});
    if (types.length === 0) schemas.push({ type: "null" });
    for (const [type, media] of types) {
      if (!/json/i.test(type)) schemas.push({ type: "string" });
      else if (isObject(media) && media["schema"] !== undefined)
        schemas.push(schemaForm(document, media["schema"], "response"));
      else return undefined;
    }
  }
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema] as const)).values()];
  return distinct.length === 1 ? distinct[0] : { anyOf: distinct };
}
