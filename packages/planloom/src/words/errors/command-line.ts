// Words for errors of the command line alone: its arguments, its files, and data that it cannot show.
import { byCase } from "../by-case.js";
import type { ErrorTable } from "../error-words.js";

type InputFault =
  | { readonly problem: "pair"; readonly given: string }
  | { readonly problem: "twice"; readonly name: string }
  | { readonly problem: "too-large"; readonly name: string; readonly file: string; readonly mebibytes: number }
  | { readonly problem: "unreadable"; readonly name: string; readonly file: string; readonly reason: string };

export interface CommandLineErrors {
  /** A wrong argument. The command that refuses it gives the reason and the correction. */
  USAGE: { readonly text: string; readonly next: string };
  /** `orGoal`: a goal could have been given in its place. */
  FILE_NOT_FOUND: { readonly file: string; readonly orGoal?: true };
  FILE_UNREADABLE: { readonly file: string; readonly reason: string };
  /** `file` is - for standard input. `encoding` is what the bytes look like. */
  FILE_NOT_UTF8: { readonly file: string; readonly encoding: "UTF-16" | "UTF-32" | "latin-1" };
  /** `runId`: the run whose recording the file was to hold. */
  FILE_UNWRITABLE: { readonly file: string; readonly reason: string; readonly runId?: string };
  INPUT_INVALID: InputFault;
  EXPECTED_INVALID: { readonly file: string } & (
    | { readonly problem: "too-large"; readonly mebibytes: number }
    | { readonly problem: "unreadable"; readonly reason: string }
  );
  RUN_AMBIGUOUS: { readonly name: string; readonly runIds: readonly string[] };
  NO_PLAN: { readonly runId: string };
  /** `revision` is absent if there are fewer than two revisions to compare. */
  NO_REVISION: { readonly runId: string; readonly revision?: string; readonly revisions: readonly number[] };
  STEP_NOT_BEGUN: { readonly runId: string; readonly step: string };
  NO_ANSWER: { readonly runId: string; readonly status: string };
  /** A command of a person was refused: the code of the refusal, and its message. */
  COMMAND_REFUSED: { readonly runId: string; readonly refused: string; readonly message: string };
  WHICH_APPROVAL: { readonly runId: string; readonly hashes: readonly string[] };
  NOT_PAUSED: { readonly runId: string };
  INTERRUPTED: { readonly runId: string };
  /** stdout takes no more. `runId`: the run whose answer it was to hold. */
  OUTPUT_UNWRITABLE: { readonly reason: string; readonly runId?: string };
  /** The process ended before its command was done. `tools`: the tools that were called at that moment. */
  PROCESS_ENDED: (
    { readonly by: "exit"; readonly status: number } | { readonly by: "idle" } | { readonly by: "exception" }
  ) & { readonly runId?: string; readonly tools?: readonly string[] };
}

export const COMMAND_LINE_ERRORS: ErrorTable<CommandLineErrors> = {
  USAGE: { kind: "usage", message: ({ text }) => text, next: ({ next }) => [next] },
  FILE_NOT_FOUND: {
    kind: "usage",
    message: ({ file }) => `The file ${file} does not exist.`,
    next: ({ orGoal }) => [
      orGoal === true ? "Check the path. If it is a goal, write it without the ending." : "Check the path.",
    ],
  },
  FILE_UNREADABLE: {
    kind: "usage",
    message: ({ file, reason }) => `The file ${file} cannot be read: ${reason}.`,
    next: () => ["Name a text file that can be read."],
  },
  FILE_NOT_UTF8: {
    kind: "usage",
    message: ({ file, encoding }) =>
      `${file === "-" ? "Standard input" : `The file ${file}`} is not UTF-8. ` +
      (encoding === "latin-1"
        ? "It seems to be Latin-1 or another encoding of one byte for each character, or no text."
        : `It seems to be ${encoding}.`),
    next: ({ file, encoding }) => [
      "Save it as UTF-8, in an editor or with " +
        `\`iconv -f ${encoding === "latin-1" ? "ISO-8859-1" : encoding} -t UTF-8${file === "-" ? "" : ` FILE > NEW`}\`.`,
    ],
  },
  FILE_UNWRITABLE: {
    kind: "usage",
    message: ({ file, reason }) => `The file ${file} cannot be written: ${reason}.`,
    next: ({ runId }) =>
      runId === undefined
        ? ["Name a file in a folder that exists and can be written."]
        : ["The run itself is kept. Record it in another file with ", { action: "record", runId }, "."],
  },
  INPUT_INVALID: {
    kind: "usage",
    message: byCase("problem", {
      pair: ({ given }) => `"${given}" is not an input.`,
      twice: ({ name }) => `The input ${name} is given twice.`,
      "too-large": ({ file, name, mebibytes }) => `The file ${file} of input ${name} is larger than ${mebibytes} MiB.`,
      unreadable: ({ file, name, reason }) => `The file ${file} of input ${name} cannot be parsed: ${reason}.`,
    }),
    next: byCase("problem", {
      pair: () => ["Write --input name=value or --input name=@file."],
      twice: () => ["Give each input once."],
      "too-large": () => ["Give the path, and let a tool read the file."],
      unreadable: () => ["Correct the file."],
    }),
  },
  EXPECTED_INVALID: {
    kind: "usage",
    message: (fault) =>
      fault.problem === "too-large"
        ? `The expected result in ${fault.file} is larger than ${fault.mebibytes} MiB.`
        : `The expected result in ${fault.file} cannot be parsed: ${fault.reason}.`,
    next: ({ problem }) => [
      problem === "too-large"
        ? "Expect less: a value or a text that a person can check."
        : "Correct the file. A text needs another ending than .json or .yaml, such as .txt.",
    ],
  },
  RUN_AMBIGUOUS: {
    kind: "usage",
    message: ({ name, runIds }) =>
      `${runIds.length} runs begin with ${name}: ${runIds.slice(0, 5).join(", ")}${runIds.length > 5 ? " and others" : ""}.`,
    next: () => ["Write more of the id."],
  },
  NO_PLAN: {
    kind: "usage",
    message: ({ runId }) => `Run ${runId} has no plan yet.`,
    next: ({ runId }) => ["See its state with ", { action: "show", runId }, "."],
  },
  NO_REVISION: {
    kind: "usage",
    message: ({ runId, revision, revisions }) => {
      if (revision !== undefined) return `Run ${runId} has no revision ${revision}.`;
      return `Run ${runId} has ${revisions.length === 0 ? "no plan yet" : "only one plan"}.`;
    },
    next: ({ runId, revision, revisions }) =>
      revision === undefined
        ? ["See its state with ", { action: "show", runId }, "."]
        : [`Write one of ${revisions.join(", ")}.`],
  },
  STEP_NOT_BEGUN: {
    kind: "usage",
    message: ({ runId, step }) => `Step ${step} of run ${runId} has not begun, or does not exist.`,
    next: ({ runId }) => [{ action: "show", runId }, " lists its steps and the state of each."],
  },
  NO_ANSWER: {
    kind: "usage",
    message: ({ runId, status }) => `Run ${runId} is ${status} and has no answer yet.`,
    next: ({ runId }) => ["Follow it with ", { action: "watch", runId }, "."],
  },
  COMMAND_REFUSED: {
    kind: "refused",
    message: ({ message }) => message,
    next: ({ runId }) => [{ action: "show", runId }, " shows its state and what it waits for."],
  },
  WHICH_APPROVAL: {
    kind: "usage",
    message: ({ runId }) => `Several things of run ${runId} wait for approval.`,
    next: ({ hashes }) => [`Name one by its hash: ${hashes.join(", ")}.`],
  },
  NOT_PAUSED: {
    kind: "usage",
    message: ({ runId }) => `Run ${runId} is not paused, so there is nothing to record.`,
    next: ({ runId }) => [{ action: "resume", runId }, " without --no-run drives it."],
  },
  INTERRUPTED: {
    kind: "interrupted",
    message: ({ runId }) => `Run ${runId} was interrupted. What it had finished is kept.`,
    next: ({ runId }) => ["Continue with ", { action: "resume", runId }, "."],
  },
  OUTPUT_UNWRITABLE: {
    kind: "config",
    message: ({ reason }) => `Standard output cannot be written: ${reason}.`,
    next: ({ runId }) =>
      runId === undefined
        ? ["Make room, or write to another place."]
        : ["The run itself is kept. Make room; ", { action: "show", runId }, " shows it."],
  },
  PROCESS_ENDED: {
    kind: "run",
    message: (params) => {
      const { runId, tools = [] } = params;
      const atWork = tools.length === 0 ? "" : ` The tools at work were: ${tools.join(", ")}.`;
      return `${ENDED_BY[params.by](params)}${runId === undefined ? "" : ` Run ${runId} is not done.`}${atWork}`;
    },
    next: ({ by, runId }) => [
      ...(by === "exit" ? ["Let tools and configurations throw an error instead of ending the process. "] : []),
      ...(runId === undefined ? ["Run the command again."] : [{ action: "resume", runId } as const, " continues it."]),
    ],
  },
};

type ProcessEnd = CommandLineErrors["PROCESS_ENDED"];

const ENDED_BY: { readonly [By in ProcessEnd["by"]]: (end: ProcessEnd) => string } = {
  exit: (end) =>
    `A tool, the configuration or code that they use called process.exit${end.by === "exit" ? `(${end.status})` : ""} before the command was done.`,
  idle: () => "The command waits for something that can never come: a promise of a tool that never settles.",
  exception: () => "An exception that nobody caught has ended the process.",
};
