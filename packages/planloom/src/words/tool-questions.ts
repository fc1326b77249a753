// The words for questions of tools that end without an answer. In: a code and its parameters. Out: sentences.
import type { FailureParams } from "../run/failure.js";
import type { Table } from "./words.js";

const INVALID: { readonly [why in FailureParams["ASK_INVALID"]["because"]]: string } = {
  "no-text": "without a text",
  "bad-type": "with a type of the answer that is neither a type nor a JSON Schema, or is too long",
  "bad-state": "with a state that is not JSON, or is too long",
  "too-many": "after too many others",
};

type AskCodes = "ASK_EXPIRED" | "ASK_UNATTENDED" | "ASK_INVALID" | "ASK_AT_ONCE" | "ASK_CHANGED" | "ASK_IGNORED";

export const TOOL_QUESTIONS: Table<Pick<FailureParams, AskCodes>> = {
  ASK_EXPIRED: {
    message: ({ tool }) => `nobody answered the question of the tool ${tool} in time`,
    next: () => [
      { action: "retry" },
      " asks again. ",
      { action: "set", setting: "limits.approvalMs" },
      " gives people more time.",
    ],
  },
  ASK_UNATTENDED: {
    message: ({ tool }) => `${tool === "" ? "a tool" : `the tool ${tool}`} asks a person, and nobody attends this run`,
    next: () => [
      "Answer such questions yourself with ",
      { action: "set", setting: "attended" },
      ", and ",
      { action: "retry" },
      " the run.",
    ],
  },
  ASK_INVALID: {
    message: ({ tool, because, limit }) =>
      `the tool ${tool} asks a person ${INVALID[because]}${limit === undefined ? "" : ` (the limit is ${limit})`}`,
    next: () => ["Correct the call of `context.ask` in the tool."],
  },
  ASK_AT_ONCE: {
    message: ({ tool }) => `the tool ${tool} asks two questions at once`,
    next: () => ["Await each `context.ask` before the next one."],
  },
  ASK_CHANGED: {
    message: ({ tool, number, answered }) =>
      `question ${number} of the tool ${tool} is not the one that a person has answered: "${answered}"`,
    next: () => [
      "The tool must ask the same questions in the same order each time. ",
      { action: "retry" },
      " from this step, and it asks them again.",
    ],
  },
  ASK_IGNORED: {
    message: ({ tool }) => `the tool ${tool} went on although its question to a person was open`,
    next: () => ["Let the error of `context.ask` pass through the tool: await it, and do not catch it."],
  },
};
