// Words for requests to the HTTP API that do not fit its routes. The library itself never throws them.
import type { Sentence } from "../action.js";
import { byCase } from "../by-case.js";
import type { ErrorTable } from "../error-words.js";
import { orList, quoted } from "../phrases.js";

/** `arguments`: those of a tool that an MCP client calls. */
export type RequestPart = "body" | "query" | "header" | "path" | "arguments";

/** A field that does not fit. `at` is its place as a JSON pointer; of an unknown field, that of its parent. */
export type RequestFault = { readonly at: string } & (
  | { readonly is: "unknown"; readonly field: string; readonly known: readonly string[] }
  | { readonly is: "missing" }
  /** `wanted` and `given` are texts: "a number", "12". */
  | { readonly is: "type"; readonly wanted: string; readonly given: string }
  | { readonly is: "one-of"; readonly choices: readonly string[]; readonly given: string }
);

export interface RequestErrors {
  REQUEST_INVALID: { readonly part: RequestPart; readonly faults: readonly RequestFault[] };
  JSON_INVALID: { readonly reason: string };
  /** `given` is "" if the request names no media type. */
  MEDIA_TYPE: { readonly given: string };
  ROUTE_UNKNOWN: { readonly method: string; readonly path: string };
  METHOD_NOT_ALLOWED: { readonly method: string; readonly path: string; readonly allow: string };
  NOT_READY: { readonly reason: string };
}

const fieldAt = (at: string): string => (at === "" ? "it" : `\`${at.slice(1).replaceAll("/", ".")}\``);

const faultText = byCase<RequestFault, "is", string>("is", {
  unknown: ({ at, field }) => `there is no field ${quoted(field)}${at === "" ? "" : ` in ${fieldAt(at)}`}`,
  missing: ({ at }) => `${fieldAt(at)} is missing`,
  type: ({ at, wanted, given }) => `${fieldAt(at)} is ${given}, not ${wanted}`,
  "one-of": ({ at, given }) => `${fieldAt(at)} is ${given}`,
});

const mendText = byCase<RequestFault, "is", string>("is", {
  unknown: ({ at, known }) =>
    known.length === 0
      ? "Leave out what is not known."
      : `The fields${at === "" ? "" : ` of ${fieldAt(at)}`} are ${known.join(", ")}.`,
  missing: ({ at }) => `Give ${fieldAt(at)}.`,
  type: ({ at, wanted }) => `Give ${wanted}${at === "" ? "" : ` as ${fieldAt(at)}`}.`,
  "one-of": ({ at, choices }) => `Write ${orList(choices)}${at === "" ? "" : ` as ${fieldAt(at)}`}.`,
});

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

export const REQUEST_ERRORS: ErrorTable<RequestErrors> = {
  REQUEST_INVALID: {
    kind: "usage",
    message: ({ part, faults }) =>
      `${part === "arguments" ? "The record of arguments" : `The ${part} of the request`} does not fit: ${faults.map(faultText).join("; ")}.`,
    next: ({ faults }): Sentence => [unique(faults.map(mendText)).join(" ")],
  },
  JSON_INVALID: {
    kind: "usage",
    message: ({ reason }) => `The body of the request is not JSON: ${reason}.`,
    next: () => ["Send one JSON record as the body."],
  },
  MEDIA_TYPE: {
    kind: "usage",
    message: ({ given }) =>
      given === "" ? "The request does not say what its body is." : `The body of the request is ${quoted(given)}.`,
    next: () => ["Send JSON, with the header `Content-Type: application/json`."],
  },
  ROUTE_UNKNOWN: {
    kind: "usage",
    message: ({ method, path }) => `The API has no route ${method} ${path}.`,
    next: () => ["`GET /v1/openapi.json` lists the routes."],
  },
  METHOD_NOT_ALLOWED: {
    kind: "usage",
    message: ({ method, path }) => `${path} does not take ${method}.`,
    next: ({ allow }) => [`Use ${orList(allow.split(", "))}.`],
  },
  NOT_READY: {
    kind: "store",
    retryable: true,
    message: ({ reason }) => `The server is not ready: its store does not answer (${reason}).`,
    next: () => ["Ask again in a few seconds. If that lasts, look at the messages of the server's process."],
  },
};
