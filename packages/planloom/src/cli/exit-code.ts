// Maps results to exit codes. In: a run as a document, or a thrown error. Out: the number for the shell. Scripts depend
// on this table; docs/errors.md repeats it.
import { PlanloomError } from "../words/planloom-error.js";
import type { ErrorKind } from "../words/error-words.js";
import type { RunDocument } from "../loom/document.js";
import { problemOf } from "./error-text.js";

export const EXIT = {
  done: 0,
  /** The run failed, was cancelled, or had to leave out a required step. */
  failed: 1,
  /** Also a command that does not fit the state of the run. */
  usage: 2,
  plan: 3,
  /** Also errors of the store. */
  setup: 4,
  waiting: 5,
  /** By a person, or because nobody answered in time. */
  rejected: 6,
  limit: 7,
  interrupted: 130,
} as const;

const OF_KIND: Readonly<Record<ErrorKind, number>> = {
  usage: EXIT.usage,
  plan: EXIT.plan,
  provider: EXIT.setup,
  config: EXIT.setup,
  store: EXIT.setup,
  run: EXIT.failed,
  refused: EXIT.usage,
  interrupted: EXIT.interrupted,
};

/** The first pattern that matches the code of a failed run decides. */
const OF_CODE: readonly (readonly [RegExp, number])[] = [
  [/_LIMIT$|^BUDGET_EXHAUSTED$/, EXIT.limit],
  [
    /^PROVIDER_|^NO_(MODEL|PLANNER)$|^BUDGET_UNPRICED$|^MODEL_(NOT_SET|NO_ENDPOINT|BAD_ENDPOINT|UNSUPPORTED)$/,
    EXIT.setup,
  ],
  [/^PLAN_INVALID$/, EXIT.plan],
  [/^(REJECTED|CALL_REJECTED|APPROVAL_EXPIRED|NEEDS_PERSON|ASK_EXPIRED|ASK_UNATTENDED)$/, EXIT.rejected],
];

export function exitOfRun(run: Pick<RunDocument, "status" | "success" | "error">): number {
  switch (run.status) {
    case "completed":
      return run.success ? EXIT.done : EXIT.failed;
    case "failed":
      return run.error === undefined || (run.error.foreign === true && run.error.then === undefined)
        ? EXIT.failed
        : ofCode(run.error.then?.code ?? run.error.code);
    case "cancelled":
      return EXIT.failed;
    default:
      return EXIT.waiting;
  }
}

export function exitOfError(thrown: unknown): number {
  if (thrown instanceof PlanloomError && thrown.kind !== "run") return OF_KIND[thrown.kind];
  return ofCode(problemOf(thrown).code);
}

const ofCode = (code: string): number => OF_CODE.find(([pattern]) => pattern.test(code))?.[1] ?? EXIT.failed;
