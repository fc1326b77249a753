// Words for errors of exported runs: a document that is none, a damaged one, and a write to one.
import { byCase } from "../by-case.js";
import type { ErrorTable } from "../error-words.js";

/** Why a document is not an export that can be opened. `reason` is the text of JSON. */
export type ExportFault =
  | { readonly problem: "not-export" | "incomplete" | "recording" }
  | { readonly problem: "unreadable"; readonly reason: string }
  | { readonly problem: "newer"; readonly version: number; readonly known: number }
  | { readonly problem: "too-large"; readonly mebibytes: number };

export interface ExportErrors {
  EXPORT_INVALID: { readonly file?: string } & ExportFault;
  EXPORT_DAMAGED: { readonly file?: string; readonly runId: string } & (
    { readonly part: "event"; readonly seq: number } | { readonly part: "seal" }
  );
  /** Without the secrets, event `seq` can no longer be read. */
  EXPORT_NOT_POSSIBLE: { readonly runId: string; readonly seq: number; readonly secrets: readonly string[] };
  STORE_READ_ONLY: { readonly store: string };
}

const named = (file: string | undefined): string => file ?? "The document";

const faultText: (fault: ExportFault) => string = byCase("problem", {
  "not-export": () => "is not an exported run",
  incomplete: () => "is not a whole exported run: parts of it are missing",
  recording: () => "is a recording, not an exported run",
  unreadable: ({ reason }) => `is not an exported run: ${reason}`,
  newer: ({ version, known }) => `is an export of version ${version}; this Planloom reads versions up to ${known}`,
  "too-large": ({ mebibytes }) => `is larger than ${mebibytes} MiB, and is not opened`,
});

export const EXPORT_ERRORS: ErrorTable<ExportErrors> = {
  EXPORT_INVALID: {
    kind: "usage",
    message: ({ file, ...fault }) => `${named(file)} ${faultText(fault)}.`,
    next: ({ problem }) => {
      if (problem === "newer") return ["Update Planloom with ", { action: "update" }, "."];
      if (problem === "too-large") return ["Read the run in its own store, with ", { action: "list-runs" }, "."];
      if (problem === "recording")
        return ["Play it as a test, or export the run itself with ", { action: "export" }, "."];
      return ["Give a file that was written with ", { action: "export" }, "."];
    },
  },
  EXPORT_DAMAGED: {
    kind: "store",
    message: (params) =>
      params.part === "event"
        ? `${named(params.file)} is damaged: event ${params.seq} of run ${params.runId} is not what was exported.`
        : `${named(params.file)} is damaged: its content does not fit its seal, so something was changed or lost.`,
    next: ({ runId }) => [
      "Take another copy of the file, or export the run again with ",
      { action: "export", runId },
      ".",
    ],
  },
  EXPORT_NOT_POSSIBLE: {
    kind: "refused",
    message: ({ runId, seq, secrets }) =>
      `Run ${runId} cannot be exported: event ${seq} cannot be read if ${secrets.join(", ")} is replaced.`,
    next: () => ["The value of the secret is a word of the log itself. Choose another value for it."],
  },
  STORE_READ_ONLY: {
    kind: "refused",
    message: ({ store }) => `The store ${store} can only be read.`,
    next: () => [
      "Give the command to the run in its own store, or start the goal again as a new run in another store.",
    ],
  },
};
