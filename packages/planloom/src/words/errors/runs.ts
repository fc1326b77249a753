// Words for errors of starting, finding and driving runs.
import { builtInMissing } from "../../plan/built-in.js";
import type { NotJson } from "../../plan/not-json.js";
import type { Sentence } from "../action.js";
import { byCase } from "../by-case.js";
import type { ErrorTable } from "../error-words.js";
import { configText, trustFirst, type LoadedConfig } from "../loaded-config.js";
import { SET_UP } from "../set-up.js";
import { andList, notJsonText, processText, quoted, timeText } from "../phrases.js";

export type QueryField = "limit" | "since" | "status" | "text" | "tag" | "playbook" | "cursor" | "within" | "children";

/** `type` is that of the command, `by` its sender. */
export type CommandFault =
  | { readonly problem: "no-type" }
  | { readonly problem: "unknown" | "field"; readonly type: string }
  | { readonly problem: "sender"; readonly by: string };

/**
 * The owner of a run that is driven. Times are in ms since 1970. `since`: when it began to drive the run, if the log
 * says so. Either it is known to be alive, or it holds the run until `leaseUntil`, unless it renews its lease.
 */
export interface PresentOwner {
  readonly host: string;
  readonly pid?: string;
  readonly since?: number;
  readonly alive?: true;
  readonly leaseUntil?: number;
}

export interface RunErrors {
  GOAL_EMPTY: { readonly of?: "plan" | "change" };
  GOAL_NOT_TEXT: { readonly given: string };
  GOAL_TOO_LONG: { readonly chars: number; readonly limit: number };
  INPUTS_NOT_JSON: { readonly problem: NotJson };
  /** The answer to a question, or the output of a call that happened. */
  VALUE_NOT_JSON: { readonly of: "answer" | "output" | "expected"; readonly problem: NotJson };
  AFTER_INVALID: { readonly given: string };
  /** `given` is the id as a text, if its characters are at fault. */
  RUN_ID_INVALID: { readonly chars: number; readonly limit: number; readonly given?: string };
  /** `given` is the tag as a text; absent if there are too many tags. */
  TRUST_INVALID: { readonly input: string; readonly value: string; readonly inputs: readonly string[] };
  TAGS_INVALID: { readonly given?: string; readonly tags: number; readonly limit: number; readonly chars: number };
  RUN_EXISTS: { readonly runId: string };
  /** `name` is absent if any run would do. */
  RUN_UNKNOWN: { readonly name?: string; readonly store: string };
  APPROVAL_UNKNOWN: { readonly runId: string; readonly hash: string };
  CURSOR_INVALID: Record<string, never>;
  /** A field of the query of `list`. `given` is the value as a text. */
  /** `given` is absent if there is no such filter. */
  QUERY_INVALID:
    { readonly field: QueryField; readonly given: string } | { readonly field: string; readonly given?: undefined };
  /** `owner` is absent if only the store knows that there is one. */
  RUN_OWNED: { readonly runId: string; readonly owner?: PresentOwner };
  PROCESS_LACKS: LoadedConfig & {
    readonly runId: string;
    readonly tools: readonly string[];
    readonly secrets: readonly string[];
    readonly models: readonly string[];
    /** Specialists that are missing, or have another model or other tools than the run has recorded. */
    readonly executors?: readonly string[];
    /** The run has ended, and was to be retried or forked. */
    readonly ended?: true;
  };
  ENGINE_CLOSED: { readonly runId: string };
  COMMAND_INVALID: CommandFault;
  INPUT_REUSED: { readonly runId: string; readonly inputId: string };
  /** A fork that the state of the run does not allow. */
  RUN_NOT_ENDED: { readonly runId: string };
  NOTHING_TO_RETRY: { readonly runId: string };
  UNKNOWN_STEP: { readonly runId: string; readonly step: string };
  NO_SUCH_STEP: { readonly runId: string; readonly step: string };
  STEP_UNKNOWN: { readonly runId: string; readonly step: string };
  STEP_UNUSABLE: { readonly runId: string; readonly step: string };
  UNDOING_UNKNOWN: { readonly runId: string; readonly step: string };
}

const COMMANDS =
  "Give a command that a run takes: approve, reject, edit, respond, settle, pause, unpause, goal, cancel or retry.";

const WANTED: { readonly [field in QueryField]: string } = {
  limit: "Give a whole number from 0, or leave it out to list all runs.",
  since: "Give a time in ms since 1970.",
  status: "Give a status of runs, `waiting` or `unreadable`; or a list of these.",
  text: "Give a part of the goal or of the id, as a text.",
  tag: "Give a tag as a text, or a list of tags.",
  playbook: "Give the name of a playbook.",
  cursor: "Give the cursor of the list before unchanged.",
  within: "Give the id of a run, as a text: its child runs are listed.",
  children: "Give true to list child runs, too.",
};

const PLAIN_DATA = "Give plain data: texts, numbers, booleans, null, lists and records.";

export const RUN_ERRORS: ErrorTable<RunErrors> = {
  GOAL_EMPTY: {
    kind: "usage",
    message: ({ of }) => (of === "change" ? "The new goal is empty." : "The goal is empty."),
    next: ({ of }) =>
      of === undefined
        ? ["Say what is to be done: ", { action: "start" }, "."]
        : [of === "change" ? "Say what is to be done instead." : "Say what is to be planned."],
  },
  GOAL_NOT_TEXT: {
    kind: "usage",
    message: ({ given }) => `The goal is ${given}, not a text.`,
    next: () => ["Give the goal as a text, and the options after it: ", { action: "start" }, "."],
  },
  GOAL_TOO_LONG: {
    kind: "usage",
    message: ({ chars, limit }) => `The goal has ${chars} characters. The limit is ${limit}.`,
    next: () => ["Say briefly what is to be done, and give the data as inputs."],
  },
  INPUTS_NOT_JSON: {
    kind: "usage",
    message: ({ problem }) => `The inputs of a run are recorded as JSON, but these cannot be: ${notJsonText(problem)}.`,
    next: () => [PLAIN_DATA],
  },
  VALUE_NOT_JSON: {
    kind: "usage",
    message: ({ of, problem }) =>
      of === "expected"
        ? `The ${of} result is compared as JSON, but cannot be: ${notJsonText(problem)}.`
        : `The ${of} is recorded as JSON, but cannot be: ${notJsonText(problem)}.`,
    next: () => [PLAIN_DATA],
  },
  AFTER_INVALID: {
    kind: "usage",
    message: ({ given }) => `A stream cannot start after event ${given}.`,
    next: () => ["Give `after` the number of the last event that the reader has (its `seq`), or 0 for all events."],
  },
  RUN_ID_INVALID: {
    kind: "usage",
    message: ({ chars, given }) =>
      given === undefined ? `The id of a run cannot have ${chars} characters.` : `A run cannot have the id ${given}.`,
    next: ({ limit, given }) => [
      given === undefined
        ? `Choose an id of 1 to ${limit} characters, or leave it out: then a new one is made.`
        : 'Choose an id without control characters that is not "." or "..", or leave it out: then a new one is made.',
    ],
  },
  TRUST_INVALID: {
    kind: "usage",
    message: ({ input, value, inputs }) =>
      inputs.includes(input)
        ? `The trust of the input "${input}" cannot be "${value}".`
        : `The run has no input "${input}".`,
    next: ({ inputs }) => [
      `Say untrusted, trusted or public of ${inputs.length === 0 ? "an input of the run" : inputs.join(", ")}.`,
    ],
  },
  TAGS_INVALID: {
    kind: "usage",
    message: ({ given, tags }) =>
      given === undefined ? `A run cannot have ${tags} tags.` : `A run cannot have the tag ${given}.`,
    next: ({ limit, chars }) => [`Give at most ${limit} tags: texts of 1 to ${chars} characters in one line.`],
  },
  RUN_EXISTS: {
    kind: "usage",
    message: ({ runId }) => `Run ${runId} already exists.`,
    next: () => ["Choose another id."],
  },
  RUN_UNKNOWN: {
    kind: "usage",
    message: ({ name, store }) =>
      name === undefined ? `The store (${store}) holds no run yet.` : `The store (${store}) holds no run ${name}.`,
    next: ({ name }) =>
      name === undefined
        ? ["Start one with ", { action: "start" }, "."]
        : [
            "List its runs with ",
            { action: "list-runs" },
            ", or choose another store with ",
            { action: "set", setting: "store" },
            ".",
          ],
  },
  APPROVAL_UNKNOWN: {
    kind: "usage",
    message: ({ runId, hash }) => `Run ${runId} has never asked for an approval under the hash ${quoted(hash)}.`,
    next: ({ runId }) => ["Read what waits with ", { action: "show", runId }, "."],
  },
  CURSOR_INVALID: {
    kind: "usage",
    message: () => "The cursor does not come from a list of runs.",
    next: () => ["Give the cursor of the list before unchanged, or leave it out to begin at the newest run."],
  },
  QUERY_INVALID: {
    kind: "usage",
    message: ({ field, given }) =>
      given === undefined
        ? `The runs cannot be listed, because there is no filter \`${field}\`.`
        : `The runs cannot be listed, because \`${field}\` is ${given}.`,
    next: (query) => [
      query.given === undefined ? `Write one of ${Object.keys(WANTED).join(", ")}.` : WANTED[query.field],
    ],
  },
  RUN_OWNED: {
    kind: "refused",
    message: ({ runId, owner }) => `Run ${runId} is driven by ${ownerText(owner)}.`,
    next: ({ runId, owner }) => [
      "Follow it with ",
      { action: "watch", runId },
      `, or end that process first.${leaseText(owner)} If it is of no use any more, take the run from it with `,
      { action: "resume", runId, takeOver: true },
      ". Calls with effects that it is making are then in doubt.",
    ],
  },
  PROCESS_LACKS: {
    kind: "config",
    message: ({ runId, tools, secrets, models, executors = [], ended: _ended, ...config }) =>
      `Run ${runId} cannot go on in this process, because it lacks ${lackText({ tools, secrets, models, executors })}.` +
      `${configText(config)} Nothing was changed.`,
    next: ({ runId, tools, untrusted, ended }) => [
      ...trustFirst(untrusted),
      ...againText(tools),
      ...(ended ? ["Retry it with "] : ["Continue with "]),
      { action: ended ? "retry" : "resume", runId } as const,
      ...(ended ? [", or fork it,"] : []),
      " where the configuration has them. From another folder, name the configuration file of the run. Flags such as " +
        "--model, --search, --files and --mcp have to be given again.",
    ],
  },
  ENGINE_CLOSED: {
    kind: "interrupted",
    message: ({ runId }) => `The engine was closed while it drove run ${runId}.`,
    next: ({ runId }) => ["Continue with ", { action: "resume", runId }, "."],
  },
  COMMAND_INVALID: {
    kind: "usage",
    message: byCase("problem", {
      "no-type": () => "The command has no type.",
      unknown: ({ type }) => `Unknown command ${quoted(type)}.`,
      field: ({ type }) => `A field of the command \`${type}\` is missing or does not fit.`,
      sender: ({ by }) => `The sender of a command cannot be ${quoted(by)}.`,
    }),
    next: byCase<CommandFault, "problem", Sentence>("problem", {
      "no-type": () => [COMMANDS],
      unknown: () => [COMMANDS],
      field: () => ["Give text where text is asked for, and values that are JSON."],
      sender: () => ["Name the person or the program that sends it, in at most 200 characters. `engine` is reserved."],
    }),
  },
  INPUT_REUSED: {
    kind: "usage",
    message: ({ runId, inputId }) => `Another command was sent to run ${runId} with the id ${quoted(inputId)}.`,
    next: ({ runId }) => ["Send it with a new id. ", { action: "show", runId }, " shows the state of the run."],
  },
  RUN_NOT_ENDED: {
    kind: "refused",
    message: ({ runId }) => `Run ${runId} cannot be forked, because it has not ended.`,
    next: (run) => [
      "Wait for its end, answer what it asks, or cancel it first with ",
      { action: "cancel", runId: run.runId },
      ".",
    ],
  },
  NOTHING_TO_RETRY: {
    kind: "usage",
    message: ({ runId }) => `Run ${runId} has no plan that other inputs could be given to.`,
    next: ({ runId }) => [
      "Start a new run with these inputs: ",
      { action: "start", inputs: true },
      ". Or give a plan as well: ",
      { action: "retry", runId, plan: true },
      ".",
    ],
  },
  NO_SUCH_STEP: {
    kind: "usage",
    message: ({ runId, step }) => `Run ${runId} has no step ${step}.`,
    next: ({ runId }) => [{ action: "show", runId }, " lists its steps and the state of each."],
  },
  UNKNOWN_STEP: {
    kind: "refused",
    message: ({ runId, step }) => `Run ${runId} cannot be forked at step ${step}, because it has no such step.`,
    next: ({ runId }) => [{ action: "show", runId }, " lists its steps and the state of each."],
  },
  STEP_UNKNOWN: {
    kind: "refused",
    message: ({ runId, step }) =>
      `Run ${runId} cannot be forked there: the outcome of step ${step} is unknown, and a fork would make the call ` +
      "again.",
    next: ({ runId }) => ["Retry the run as it is with ", { action: "retry", runId }, ", and settle that call first."],
  },
  STEP_UNUSABLE: {
    kind: "refused",
    message: ({ runId, step }) =>
      `Run ${runId} cannot be forked there: step ${step} has acted, and a fork would make its call again.`,
    next: ({ runId, step }) => [
      "Retry the run as it is with ",
      { action: "retry", runId },
      ", and decide about that output first. ",
      { action: "fork", runId, at: step },
      " makes the call again.",
    ],
  },
  UNDOING_UNKNOWN: {
    kind: "refused",
    message: ({ runId, step }) =>
      `Run ${runId} cannot be forked: it is unknown whether the call of step ${step} was undone.`,
    next: ({ runId }) => [
      "Go on with the undoing by ",
      { action: "compensate", runId },
      ", and say what became of that call.",
    ],
  },
};

function lackText({
  tools,
  secrets,
  models,
  executors = [],
}: Pick<RunErrors["PROCESS_LACKS"], "tools" | "secrets" | "models" | "executors">) {
  const some = (names: readonly string[], noun: string) =>
    names.length === 0 ? [] : [`the ${noun}${names.length === 1 ? "" : "s"} ${andList(names)}`];
  return andList([
    ...some(tools, "tool"),
    ...some(secrets, "secret"),
    ...models.map((role) => `a model for the ${role}`),
    ...executors.map((name) => `the executor ${name} with the model and the tools that the run has recorded`),
  ]);
}

/** How to give the built-in tools that a process lacks, one sentence for each setting. */
function againText(tools: readonly string[]): Sentence {
  const missing = tools.map((name) => ({ name, setting: builtInMissing(name, () => false)?.setting }));
  const settings = [...new Set(missing.flatMap(({ setting }) => (setting === undefined ? [] : [setting])))];
  return settings.map((setting) => {
    const names = missing.flatMap((tool) => (tool.setting === setting ? [tool.name] : []));
    return `For ${andList(names)}, ${SET_UP[setting]}, and write this command again. `;
  });
}

function ownerText(owner: RunErrors["RUN_OWNED"]["owner"]): string {
  if (owner === undefined) return "another process";
  const { since, alive } = owner;
  return (
    processText(owner) +
    (since === undefined ? "" : ` since ${timeText(since)}`) +
    (alive === undefined ? "" : ", which is alive")
  );
}

function leaseText(owner: PresentOwner | undefined): string {
  if (owner?.leaseUntil === undefined) return "";
  return ` If that process has died, the run is free at ${timeText(owner.leaseUntil)}.`;
}
