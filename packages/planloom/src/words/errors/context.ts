// Words for errors of the context that a program gives to a run.
import type { NotJson } from "../../plan/not-json.js";
import type { ErrorTable } from "../error-words.js";
import { configText, trustFirst, type LoadedConfig } from "../loaded-config.js";
import { andList, notJsonText } from "../phrases.js";

export interface ContextErrors {
  /** `isObject`: it is a record, and one of its fields is the problem. */
  CONTEXT_NOT_JSON: { readonly problem: NotJson; readonly isObject: boolean };
  CONTEXT_HOLDS_SECRET: { readonly secret: string };
  CONTEXT_NEEDED: LoadedConfig & { readonly runId: string; readonly fields: readonly string[] };
  /** `ms`: the context, and the model that a function of it chooses, were not there after this time. */
  CONTEXT_FAILED: { readonly runId: string } & ({ readonly reason: string } | { readonly ms: number });
  /** Both `context` and `stored` are given, or `stored` without `resolveContext`. */
  CONTEXT_UNCLEAR: { readonly problem: "both" | "no-resolver" };
}

export const CONTEXT_ERRORS: ErrorTable<ContextErrors> = {
  CONTEXT_NOT_JSON: {
    kind: "usage",
    message: ({ problem, isObject }) =>
      isObject
        ? `The context of a run is recorded as JSON, but this one cannot be: ${notJsonText(problem)}.`
        : `The context of a run is a record of fields. This one is not: ${notJsonText(problem)}.`,
    next: ({ isObject }) => [
      isObject
        ? "Name the fields that are stored in `storedContext` of the configuration, and make the others with " +
          "`resolveContext(runId, stored)`."
        : 'Give a record, such as `{ userId: "u1" }`.',
    ],
  },
  CONTEXT_HOLDS_SECRET: {
    kind: "usage",
    message: ({ secret }) => `The stored context holds the value of the secret ${secret}. Nothing was recorded.`,
    next: () => [
      "Leave its field out of `storedContext`, and make it with `resolveContext(runId, stored)`. A plan gives a " +
        'secret to a tool as `{ "secret": "NAME" }`.',
    ],
  },
  CONTEXT_NEEDED: {
    kind: "config",
    message: ({ runId, fields, ...config }) =>
      `Run ${runId} cannot go on in this process, because \`resolveContext\` is missing: ` +
      `${andList(fields)} of its context ${fields.length === 1 ? "is" : "are"} not stored.` +
      `${configText(config)} Nothing was changed.`,
    next: ({ runId, untrusted }) => [
      ...trustFirst(untrusted),
      "Give `resolveContext(runId, stored)` in the configuration, and continue with ",
      { action: "resume", runId },
      ".",
    ],
  },
  CONTEXT_FAILED: {
    kind: "config",
    retryable: true,
    message: ({ runId, ...why }) =>
      "ms" in why
        ? `The context of run ${runId}, or the model that a function chooses by it, was not there after ${why.ms} ms. ` +
          "The run was left as it is."
        : `\`resolveContext\` failed for run ${runId}: ${why.reason.replace(/[.\s]+$/, "")}. The run was left as it is.`,
    next: ({ runId }) => ["Remove the cause, and continue with ", { action: "resume", runId }, "."],
  },
  CONTEXT_UNCLEAR: {
    kind: "usage",
    message: ({ problem }) =>
      problem === "both"
        ? "Both `context` and `stored` are given."
        : "`stored` is given, and the configuration has no `resolveContext`.",
    next: ({ problem }) => [
      problem === "both"
        ? "Give `context` as a whole, or `stored` for `resolveContext(runId, stored)`."
        : "Give the whole context as `context`, or add `resolveContext(runId, stored)` to the configuration.",
    ],
  },
};
