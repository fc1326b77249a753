// Words for errors of the options that start a run.
import type { ErrorTable } from "../error-words.js";

export type MessageFault = "not-a-list" | "not-a-message" | "role" | "content" | "trust" | "unknown";

export interface StartErrors {
  FILE_INPUT_INVALID: { readonly file: string } & (
    | { readonly problem: "too-large"; readonly most: number }
    | { readonly problem: "not-utf8"; readonly mediaType: string }
  );
  /** `index` counts from 0. `field` is the one that is unknown. */
  MESSAGES_INVALID: { readonly fault: MessageFault; readonly index?: number; readonly field?: string };
  MESSAGES_TOO_LONG: {
    readonly messages: number;
    readonly tokens: number;
    readonly limit: number;
    readonly tokenLimit: number;
  };
  START_ABORTED: Record<string, never>;
  SIGNAL_INVALID: Record<string, never>;
  KEY_INVALID:
    { readonly problem: "run-id" } | { readonly problem: "length"; readonly chars: number; readonly limit: number };
  KEY_REUSED: { readonly runId: string };
  /** `given` and `configured` are values as texts. */
  /** `of`: the runs of models that call the MCP server have to be that strict; the configuration need not be. */
  SETTING_LOOSER: {
    readonly setting: string;
    readonly given: string;
    readonly configured: string;
    readonly of?: "callers";
  };
}

const MESSAGE_FAULTS: { readonly [fault in MessageFault]: string } = {
  "not-a-list": "they are not a list",
  "not-a-message": "it is not a record",
  role: "its role is neither `user` nor `assistant`",
  content: "its content is not a text, or is empty",
  trust: "its trust is neither `trusted` nor `untrusted`",
  unknown: "it has an unknown field",
};

export const START_ERRORS: ErrorTable<StartErrors> = {
  KEY_INVALID: {
    kind: "usage",
    message: (fault) =>
      fault.problem === "run-id"
        ? "A start cannot have both an idempotency key and the id of its run: the id follows from the key."
        : `An idempotency key cannot have ${fault.chars} characters.`,
    next: (fault) =>
      fault.problem === "run-id" ? ["Leave out one of them."] : [`Give a key of 1 to ${fault.limit} characters.`],
  },
  KEY_REUSED: {
    kind: "usage",
    message: ({ runId }) => `Run ${runId} was started with the same idempotency key, and with another request.`,
    next: ({ runId }) => ["Use a new key for another request. ", { action: "show", runId }, " shows that run."],
  },
  SETTING_LOOSER: {
    kind: "refused",
    message: ({ setting, given, configured, of }) =>
      `The setting \`${setting}\` of a run cannot be ${given}: ` +
      (of === "callers"
        ? `a run that a model starts has ${configured}, which is stricter.`
        : `the configuration has ${configured}, which is stricter.`),
    next: ({ setting, of }) =>
      of === "callers"
        ? ["Leave it out."]
        : ["Leave it out, give a stricter value, or change ", { action: "set", setting }, "."],
  },
  FILE_INPUT_INVALID: {
    kind: "usage",
    message: (fault) =>
      fault.problem === "too-large"
        ? `The file ${fault.file} is too large for an input. The limit is ${fault.most} bytes.`
        : `The file ${fault.file} is ${fault.mediaType}, and is not in UTF-8.`,
    next: ({ problem }) => [
      problem === "too-large"
        ? "Give the path of the file, and let a tool read it."
        : "Save it in UTF-8, or give the `mediaType` of a file that is no text, such as `application/octet-stream`.",
    ],
  },
  MESSAGES_INVALID: {
    kind: "usage",
    message: ({ fault, index, field }) => {
      const what = MESSAGE_FAULTS[fault] + (field === undefined ? "" : ` \`${field}\``);
      return index === undefined
        ? `The messages cannot be used: ${what}.`
        : `Message ${index + 1} cannot be used: ${what}.`;
    },
    next: () => ['Give a list of `{ role: "user" | "assistant", content: "…" }`, the oldest first.'],
  },
  MESSAGES_TOO_LONG: {
    kind: "usage",
    message: ({ messages, tokens, limit, tokenLimit }) =>
      messages > limit
        ? `There are ${messages} messages. The limit is ${limit}.`
        : `The messages have about ${tokens} tokens. The limit is ${tokenLimit}.`,
    next: () => ["Leave out the oldest messages, or give a summary of them as one message."],
  },
  START_ABORTED: {
    kind: "interrupted",
    message: () => "The signal was aborted before the run started. Nothing was recorded.",
    next: () => ["Start it again with a signal that is not aborted: ", { action: "start" }, "."],
  },
  SIGNAL_INVALID: {
    kind: "usage",
    message: () => "`signal` is not an AbortSignal.",
    next: () => ["Give the `signal` of an AbortController, or `AbortSignal.timeout(ms)`."],
  },
};
