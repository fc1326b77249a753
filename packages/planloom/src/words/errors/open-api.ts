// Errors of importing an OpenAPI document, with their parameters and words.
import { byCase } from "../by-case.js";
import type { ErrorTable } from "../error-words.js";

/** An operation that cannot be a tool. `reason` names the part of the document. */
export interface Unfitting {
  readonly operation: string;
  readonly reason: string;
}

type OpenApiFault =
  | { readonly problem: "unreadable"; readonly file: string; readonly reason: string }
  | { readonly problem: "no-file"; readonly file: string }
  | { readonly problem: "long"; readonly file: string; readonly limit: number }
  | { readonly problem: "version"; readonly given: string }
  | { readonly problem: "option"; readonly option: string; readonly known: readonly string[] }
  | { readonly problem: "hosts"; readonly option: "hosts" | "headers" }
  | { readonly problem: "effects"; readonly operation: string; readonly given: string }
  | { readonly problem: "operation"; readonly operation: string; readonly near: readonly string[] }
  | { readonly problem: "security"; readonly scheme: string; readonly known: readonly string[] }
  | { readonly problem: "many"; readonly count: number; readonly limit: number }
  | { readonly problem: "names"; readonly tool: string; readonly operations: readonly string[] }
  | { readonly problem: "unfit"; readonly operations: readonly Unfitting[] };

export interface OpenApiErrors {
  OPENAPI_INVALID: OpenApiFault;
}

const SHOWN = 10;

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

export const OPENAPI_ERRORS: ErrorTable<OpenApiErrors> = {
  OPENAPI_INVALID: {
    kind: "config",
    message: byCase("problem", {
      unreadable: ({ file, reason }) => `The OpenAPI document ${file} cannot be read: ${reason}.`,
      "no-file": ({ file }) => `openApi() reads files, and ${file} is none.`,
      long: ({ file, limit }) => `The OpenAPI document ${file} has more than ${limit} characters.`,
      version: ({ given }) => `The OpenAPI document has the version ${given}, neither 3.0 nor 3.1.`,
      option: ({ option }) => `openApi() does not know the option ${option}.`,
      hosts: ({ option }) => `The option ${option} of openApi() cannot be used.`,
      effects: ({ operation, given }) => `The effects of ${operation} are ${given}, which is not allowed.`,
      operation: ({ operation }) => `The OpenAPI document has no operation "${operation}".`,
      security: ({ scheme }) => `The OpenAPI document has no security scheme "${scheme}" that takes a key.`,
      many: ({ count, limit }) => `The OpenAPI document has ${count} operations, more than ${limit}.`,
      names: ({ tool, operations }) => `Several operations would be the tool "${tool}": ${operations.join(", ")}.`,
      unfit: ({ operations }) => {
        const shown = operations.slice(0, SHOWN).map(({ operation, reason }) => `${operation} (${reason})`);
        const more = operations.length > SHOWN ? `, and ${operations.length - SHOWN} more` : "";
        return `Operations that cannot be tools: ${shown.join(", ")}${more}.`;
      },
    }),
    next: byCase("problem", {
      unreadable: () => ["Name a file in JSON or YAML. A path is relative to the working folder."],
      "no-file": () => ["Save the document as a file, or give it as an object."],
      long: () => ["Save the part that plans need as a document of its own."],
      version: () => ["Convert the document to OpenAPI 3.1."],
      option: ({ known }) => [`Write one of ${known.join(", ")}.`],
      hosts: ({ option }) => [
        option === "hosts"
          ? 'Name the hosts that may be called: hosts: ["api.example.com"].'
          : 'Give headers by named host: headers: { "api.example.com": { "x-key": process.env.KEY } }.',
      ],
      effects: () => ['Write "none", "idempotent" or "once".'],
      operation: ({ near }) => [`Write the operationId, or method and path, as in ${quoted(near)}.`],
      security: ({ known }) => [known.length === 0 ? "Give headers instead." : `Write one of ${known.join(", ")}.`],
      many: () => ["Choose those that plans need: include: [ … ]."],
      names: () => ["Leave all but one out with exclude, or import the document twice, with include and prefix."],
      unfit: ({ operations }) => [
        `Leave them out: exclude: [${quoted(operations.map(({ operation }) => operation))}]. ` +
          "If a server is at fault, name its host under hosts, or give server.",
      ],
    }),
  },
};
