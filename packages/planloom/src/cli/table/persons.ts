// The commands by which a person answers or steers a run. In: nothing. Out: their data.
import type { Argument, CommandData, Flag } from "./command.js";
import * as flags from "./flags.js";

/** Earlier names of `--message`. */
const formerly = (name: string): Flag => ({
  flag: `--${name} <text>`,
  does: "an earlier name of --message",
  isHidden: true,
});

/** A command that may drive the run on. */
const onRun = (
  command: Omit<CommandData, "arguments" | "flags" | "note"> & {
    readonly more?: readonly Argument[];
    readonly flags?: readonly Flag[];
    readonly shared?: readonly Flag[];
  },
): CommandData => {
  const { more = [], shared = flags.COMMAND, ...rest } = command;
  return {
    ...rest,
    arguments: [flags.RUN, ...more],
    flags: [...shared, ...(command.flags ?? []), flags.NO_RUN],
    note: flags.KEY_NOTE,
  };
};

const STEERING: readonly CommandData[] = [
  onRun({
    name: "resume",
    summary: "continue a run that is paused, or that no process drives",
    flags: [
      ...flags.YES,
      { flag: "--take-over", does: "also from a process that is alive; its calls with effects are then in doubt" },
    ],
    examples: [
      { words: "resume last", does: "after an interruption or a crash" },
      { words: "resume last --take-over", does: "from a process that hangs" },
    ],
  }),
  onRun({
    name: "pause",
    summary: "pause a run: start nothing new; running calls finish",
    flags: [flags.MESSAGE, formerly("reason")],
    examples: [{ words: 'pause last -m "the database is being moved"', does: "until resume" }],
  }),
  onRun({
    name: "goal",
    more: [{ argument: "<goal...>", does: "the new goal, in words", completes: "text" }],
    summary: "change the goal; finished steps are kept if they still serve it",
    flags: [flags.MESSAGE, formerly("reason"), ...flags.YES],
    examples: [{ words: 'goal last "Compare Austin and Seattle instead" -m "Boston is done"', does: "replan" }],
  }),
  onRun({
    name: "cancel",
    summary: "cancel a run",
    flags: [
      flags.MESSAGE,
      { flag: "--compensate", does: "undo the calls that acted, the last one first" },
      { flag: "--no-compensate", does: "keep what the calls did, whatever onFailure says" },
    ],
    examples: [{ words: 'cancel last -m "not needed any more"', does: "end it" }],
  }),
];

const AGAIN: readonly CommandData[] = [
  onRun({
    name: "retry",
    summary: "continue an ended run; finished steps are kept",
    description:
      "Continues a run that has ended. Before it runs, it shows which results it will reuse, and asks before it repeats a call with effects; --yes lets such calls act again.",
    shared: flags.AGAIN,
    flags: [
      { flag: "--from <step>", does: "restart this step too, and all steps that depend on it" },
      {
        flag: "--feedback <text>",
        does: "what should be different, or - for standard input; the planner writes another plan",
        conflicts: ["plan", "input"],
      },
    ],
    examples: [
      { words: "retry last", does: "from the steps that failed" },
      { words: "retry last --from prices -i month=June --dry-run", does: "see what would run with another input" },
    ],
  }),
  {
    name: "fork",
    arguments: [flags.RUN],
    summary: "start a new run at a step of an ended run",
    description:
      "Starts a new run at a step of an ended run. It reuses the results of the steps before that one; --yes lets calls with effects act again.",
    flags: [
      ...flags.AGAIN,
      {
        flag: "--at <step>",
        does: "a point of the run: the start of this step; it and all steps that depend on it run",
        isRequired: true,
      },
      flags.APPROVAL,
    ],
    examples: [{ words: "fork last --at summary --synthesizer-model gpt-5-mini", does: "try another model" }],
    note: flags.KEY_NOTE,
  },
];

const UNDOING: readonly CommandData[] = [
  onRun({
    name: "compensate",
    summary: "undo the calls of an ended run that acted, the last one first",
    description:
      "Undoes the calls of an ended run that acted, the last one first: each as its tool says. It shows them and asks before; --yes undoes them unasked. The run stays as it ended, and a retry begins the undone steps again.",
    flags: [flags.MESSAGE, ...flags.YES, { flag: "--dry-run", does: "show the calls that would be undone; undo none" }],
    examples: [
      { words: "compensate last", does: "after a failed run" },
      { words: "compensate last --dry-run", does: "see what can be undone" },
    ],
  }),
];

const DECISIONS: readonly CommandData[] = [
  onRun({
    name: "approve",
    more: [
      {
        argument: "[step]",
        does: "the step, or step[item], whose call is meant; or plan",
        completes: "text",
      },
    ],
    summary: "approve the plan, or the call, with this hash",
    flags: [
      flags.HASH,
      flags.MESSAGE,
      formerly("comment"),
      { flag: "--args <json>", does: "for one call: all arguments that it gets instead, as a JSON object" },
      {
        flag: "--rest <what>",
        does: "for a call inside an agent step: for the rest of the step, also approve calls of its tool with the same values of their control arguments, or with addresses of the same host",
        choices: ["values", "host"],
      },
      { flag: "--calls", does: "for a plan: also approve its calls whose arguments are complete in the plan" },
    ],
    examples: [
      { words: "approve last", does: "what waits, if one thing waits" },
      { words: 'approve last send --args \'{"to":"ida"}\'', does: "the call of a step, with other arguments" },
    ],
  }),
  onRun({
    name: "edit",
    summary: "change the waiting plan; it is checked, and waits under its new hash",
    flags: [
      {
        flag: "--plan <file>",
        does: "the plan that replaces the present one, or - for standard input",
        otherwise: "opens your editor, VISUAL or EDITOR",
      },
      flags.HASH,
      flags.MESSAGE,
      formerly("comment"),
    ],
    examples: [{ words: "edit last --plan better.yaml", does: "instead of the waiting plan" }],
  }),
  onRun({
    name: "reject",
    summary: "reject the plan or the call; the planner writes another plan",
    flags: [
      {
        ...flags.MESSAGE,
        does: "what should be different, or - for standard input: for the log, and for the planner",
        isRequired: true,
      },
      flags.HASH,
    ],
    examples: [{ words: 'reject last -m "Do not write to the archive"', does: "the planner reads why" }],
  }),
  onRun({
    name: "respond",
    more: [
      { argument: "<step>", does: "the step that asks", completes: "text" },
      { argument: "[value]", does: "JSON or text", completes: "text" },
    ],
    summary: "answer a question, or tell the outcome of a call in doubt",
    flags: [
      { flag: "--item <n>", does: "the item of a for-each, from 0" },
      { flag: "--asked <n>", does: "the question of a tool that is meant: no later one is answered" },
      { flag: "--happened [json]", does: "the call took effect, and gave this output" },
      { flag: "--not-happened", does: "the call did not take effect: it may be made again" },
      { flag: "--abort", does: "give up the step" },
      { flag: "--use <json>", does: "the call acted and its output cannot be used: this value is its output" },
      { flag: "--skip", does: "the same: go on without an output" },
      { flag: "--fail", does: "the same: the step fails, and its onFailure decides" },
      { flag: "--again", does: "the same: make the call again, so that it acts twice; or try to undo it again" },
      { flag: "--undone", does: "the call could not be undone, and somebody has undone it by hand" },
      { flag: "--leave", does: "the same: its effect stays" },
    ],
    examples: [
      { words: "respond last colour blue", does: "answer the question of the step colour" },
      { words: "respond last pay --not-happened", does: "settle a call in doubt" },
    ],
  }),
];

export const PERSONS: readonly CommandData[] = [...STEERING, ...AGAIN, ...UNDOING, ...DECISIONS];
