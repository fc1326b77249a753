// Words for errors of playbooks: saving, finding, starting, and their standing approvals.
import type { OpenInput } from "../../plan/playbook/standing.js";
import type { PlaybookNameFault } from "../../plan/playbook/name.js";
import type { Sentence } from "../action.js";
import { countOf, type ErrorTable } from "../error-words.js";
import { orList } from "../phrases.js";
import { trustListText, type TrustListFault } from "./configuration.js";

/** folder: the folder itself is a link out of the project. */
export type PlaybookFileFault =
  "twice" | "link" | "owner" | "writable" | "no-file" | "too-large" | "unreadable" | "folder";

/** one-step: the run followed no plan of steps. secret: the plan holds the value of a secret. */
export type NotSaved = "no-plan" | "not-approved" | "one-step" | "secret" | "invalid";

export interface PlaybookErrors {
  PLAYBOOK_NAME: { readonly given: string; readonly fault: PlaybookNameFault };
  PLAYBOOK_UNKNOWN: { readonly name: string; readonly folder: string; readonly near: readonly string[] };
  PLAYBOOK_FILE: { readonly file: string; readonly problem: PlaybookFileFault; readonly reason?: string };
  PLAYBOOK_EXISTS: { readonly name: string; readonly file: string; readonly runId: string };
  PLAYBOOK_BESIDE: { readonly playbook: string; readonly beside: "goal" | "plan" | "strategy" };
  PLAYBOOK_OR_FILE: { readonly name: string; readonly file: string };
  PLAYBOOK_INPUT: {
    readonly playbook: string;
    readonly input: string;
    readonly problem: "unknown" | "missing" | "type";
    readonly wanted?: string;
    readonly example?: string;
    readonly inputs?: readonly string[];
    readonly near?: readonly string[];
  };
  PLAYBOOK_NOT_SAVED: { readonly runId: string; readonly because: NotSaved; readonly problems?: readonly string[] };
  /** A confirmed input that no rule has proposed, or whose name cannot be used. */
  PLAYBOOK_CHOICE: {
    readonly given: string;
    readonly problem: "no-place" | "name" | "twice" | "type";
    readonly known: readonly string[];
  };
  PLAYBOOK_UNCONFIRMED: { readonly runId: string; readonly inputs: readonly string[] };
  PLAYBOOK_INPUT_FREE: { readonly playbook: string; readonly open: readonly OpenInput[] };
  PLAYBOOK_APPROVALS_FAILED: { readonly file: string } & TrustListFault;
}

const NAME_FAULTS: { readonly [fault in PlaybookNameFault]: string } = {
  form: "it is not made of small letters, digits, - and _",
  long: "it has more than 64 characters",
  reserved: "it is a word of the command line",
};

const FILE_FAULTS: { readonly [fault in PlaybookFileFault]: string } = {
  twice: "another file in the folder has the same name with another ending",
  link: "it is a link out of the folder",
  owner: "it belongs to another user",
  writable: "other users can write to it",
  "no-file": "it is no file",
  "too-large": "it is too large for a plan",
  unreadable: "it cannot be read",
  folder: "the folder lies outside of the project",
};

const NOT_SAVED: { readonly [because in NotSaved]: string } = {
  "no-plan": "it has no plan",
  "not-approved": "its plan was neither approved nor carried out",
  "one-step": "it followed no plan: one agent step decided everything while it ran",
  secret: "its plan holds the value of a secret",
  invalid: "what is made of its plan does not pass check",
};

const SAVE_NEXT: { readonly [because in NotSaved]: (runId: string) => Sentence } = {
  "no-plan": () => ["Save a run that has a plan: ", { action: "list-runs" }, " lists them."],
  "not-approved": (runId) => ["Approve the plan first: ", { action: "approve", runId }, "."],
  "one-step": () => ["Run the goal with a plan first: ", { action: "start", strategy: "plan" }, "."],
  secret: () => ['Write `{ "secret": "NAME" }` in the plan, and name the secret in the configuration.'],
  invalid: () => [
    "Leave more of the literals fixed, or write the file by hand and check it: ",
    { action: "check-plan" },
    ".",
  ],
};

const CHOICES: { readonly [problem in PlaybookErrors["PLAYBOOK_CHOICE"]["problem"]]: string } = {
  "no-place": "no literal stands there",
  name: "it is no name: a small letter, then letters, digits or _",
  twice: "it is given twice",
  type: "its type cannot be read",
};

export const PLAYBOOK_ERRORS: ErrorTable<PlaybookErrors> = {
  PLAYBOOK_NAME: {
    kind: "usage",
    message: ({ given, fault }) => `"${given}" cannot be the name of a playbook: ${NAME_FAULTS[fault]}.`,
    next: () => ["Choose a name such as `weekly-report`."],
  },
  PLAYBOOK_UNKNOWN: {
    kind: "usage",
    message: ({ name, folder }) => `No playbook in ${folder} has the name "${name}".`,
    next: ({ near: [meant] }) => [
      ...(meant === undefined ? [] : [`Did you mean ${meant}? `]),
      { action: "list-playbooks" },
      " lists the playbooks.",
    ],
  },
  PLAYBOOK_FILE: {
    kind: "usage",
    message: ({ file, problem, reason }) =>
      `The playbook ${file} cannot be used: ${FILE_FAULTS[problem]}${reason === undefined ? "" : ` (${reason})`}.`,
    next: ({ problem }) => [
      problem === "twice" ? "Remove one of the two files." : "Put a file of your own in its place.",
    ],
  },
  PLAYBOOK_EXISTS: {
    kind: "usage",
    message: ({ name, file }) => `There is already a playbook ${name}: ${file}.`,
    next: ({ name, runId }) => [
      "Choose another name, or replace it: ",
      { action: "save-playbook", runId, playbook: name, force: true },
      ".",
    ],
  },
  PLAYBOOK_BESIDE: {
    kind: "usage",
    message: ({ playbook, beside }) =>
      `A start cannot have both the playbook ${playbook} and a ${beside}: the playbook has its own.`,
    next: () => ["Leave out one of them."],
  },
  PLAYBOOK_OR_FILE: {
    kind: "usage",
    message: ({ name, file }) => `"${name}" is a playbook and a file: ${file}.`,
    next: ({ name }) => [`Write ./${name} for the file. For the playbook: `, { action: "start", playbook: name }, "."],
  },
  PLAYBOOK_INPUT: {
    kind: "usage",
    message: ({ playbook, input, problem, wanted }) => {
      if (problem === "unknown") return `The playbook ${playbook} has no input "${input}".`;
      if (problem === "missing") return `The playbook ${playbook} needs the input "${input}": ${wanted}.`;
      return `The input "${input}" of the playbook ${playbook} must be ${wanted}.`;
    },
    next: ({ playbook, input, problem, example, inputs = [], near: [meant] = [] }) => {
      if (problem !== "unknown")
        return ["Give it: ", { action: "start", playbook, input, value: example ?? "VALUE" }, "."];
      const which = inputs.length === 0 ? "It has no inputs." : `Its inputs are ${orList(inputs)}.`;
      return [meant === undefined ? which : `Did you mean ${meant}? ${which}`];
    },
  },
  PLAYBOOK_NOT_SAVED: {
    kind: "refused",
    message: ({ runId, because, problems = [] }) =>
      [`The run ${runId} cannot be saved as a playbook: ${NOT_SAVED[because]}.`, ...problems].join("\n"),
    next: ({ runId, because }) => SAVE_NEXT[because](runId),
  },
  PLAYBOOK_CHOICE: {
    kind: "usage",
    message: ({ given, problem }) => `The input "${given}" cannot be made: ${CHOICES[problem]}.`,
    next: ({ known }) =>
      known.length === 0
        ? ["No input is proposed for this plan: save it without."]
        : [`The proposed inputs are ${orList(known)}.`],
  },
  PLAYBOOK_UNCONFIRMED: {
    kind: "usage",
    message: ({ runId, inputs }) =>
      `Nobody has confirmed the ${countOf(inputs.length, "proposed input")} of the run ${runId}: ${inputs.join(", ")}.`,
    next: ({ runId }) => [
      "Take all of them: ",
      { action: "save-playbook", runId, proposed: true },
      ". Or name those that you want.",
    ],
  },
  PLAYBOOK_INPUT_FREE: {
    kind: "refused",
    message: ({ playbook, open }) =>
      [
        `The playbook ${playbook} cannot get a standing approval with ${countOf(open.length, "free input")} that may choose what a call does:`,
        ...open.map(openText),
      ].join("\n"),
    next: ({ open: [first] }) => [
      `Fix the input${first === undefined ? "" : ` ${first.input}`}, or give it a type that lists or bounds its values: ` +
        '`"a" | "b"`, a JSON Schema with `enum`, with a `pattern` from ^ to $, or with `minimum` and `maximum`.',
    ],
  },
  PLAYBOOK_APPROVALS_FAILED: {
    kind: "config",
    message: (params) => `The list of standing approvals ${params.file} ${trustListText(params)}.`,
    next: ({ file }) => [`Correct or remove ${file}. No standing approval counts until then.`],
  },
};

const openText = ({ input, step, tool, argument, through }: OpenInput): string =>
  argument === undefined
    ? `  ${input}: a model reads it in the step ${step}, and chooses the arguments of ${tool}`
    : `  ${input}: ${through ? "what is made of it is" : "it is"} the argument ${argument} of ${tool} in the step ${step}`;
