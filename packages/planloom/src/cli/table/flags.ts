// Flags that several commands share. In: nothing. Out: lists of flags. A flag has one name and one meaning everywhere.
import type { Argument, Flag } from "./command.js";

export const RUN: Argument = { argument: "<run>", does: "its id, the beginning of one, or last", completes: "run" };

export const PLAN_FILE: Argument = {
  argument: "<file>",
  does: "a plan file, or - for standard input",
  completes: "file",
};

export const STORE: readonly Flag[] = [
  {
    flag: "--config <file>",
    does: "the configuration",
    otherwise: "PLANLOOM_CONFIG, else planloom.config.* of this project",
  },
  {
    flag: "--store <path>",
    does: "the store: a file, or memory",
    otherwise: ".planloom/planloom.db of this project",
  },
];

/** Flags for built-in tools. */
export const TOOLS: readonly Flag[] = [
  { flag: "--search <folder>", does: "add the tool search: over a folder, or a SearXNG server by its address" },
  {
    flag: "--mcp <name=command>",
    does: "add the tools of an MCP server: a command in quotes, or an address",
    isRepeatable: true,
  },
  { flag: "--files <folder>", does: "add read_file and list_files over a folder", isRepeatable: true },
];

type ModelRole = "planner" | "executor" | "synthesizer";

/** Flags of the models that a command can call. */
export const modelFlags = (...roles: readonly ModelRole[]): readonly Flag[] => [
  { flag: "--model <name>", does: "the model of all roles" },
  { flag: "--base-url <url>", does: "the address of all roles" },
  ...roles.flatMap((role) => [
    { flag: `--${role}-model <name>`, does: `the ${role}'s model` },
    { flag: `--${role}-base-url <url>`, does: `the ${role}'s address` },
  ]),
];

export const MODEL_FLAGS = modelFlags("planner", "executor", "synthesizer");

/** Stands in the help of each command with flags for models. */
export const KEY_NOTE = `Keys are given as variables only (OPENAI_API_KEY, PLANLOOM_API_KEY, PLANLOOM_PLANNER_API_KEY, ...): a flag would show
them to every user of this machine and keep them in the shell's history. A local server takes any key.`;

export const MESSAGE: Flag = { flag: "-m, --message <text>", does: "why, in words: for the log, and for the planner" };

export const YES: readonly Flag[] = [
  {
    flag: "-y, --yes",
    does: "grant approvals; questions, calls in doubt, and calls that text of others chose still wait",
  },
  {
    flag: "--yes-all",
    does: "--yes, and also grant calls that text of others chose, or whose tool has changed",
    implies: { yes: true },
  },
];

export const QUIET: Flag = { flag: "-q, --quiet", does: "no progress on stderr" };

export const JSON_FLAG: Flag = { flag: "--json", does: "print one JSON document, also of an error" };

export const JSONL: Flag = {
  flag: "--jsonl",
  does: "print each event as it becomes durable",
  conflicts: ["json"],
};

export const RAW: Flag = {
  flag: "--raw",
  does: "print control and invisible characters as they are, not as escapes",
};

export const NO_RUN: Flag = { flag: "--no-run", does: "only record the command; do not drive the run here" };

export const INPUT: Flag = {
  flag: "-i, --input <name=value>",
  does: "an input: JSON or text, or name=@file",
  isRepeatable: true,
};

export const TRUST: Flag = {
  flag: "--trust <name>",
  does: "an input that no others wrote: a file or a document of yours",
  isRepeatable: true,
};

export const TAG: Flag = { flag: "--tag <tag>", does: "a label of runs, for lists", isRepeatable: true };

export const CONCURRENCY: Flag = { flag: "--concurrency <n>", does: "steps and items at once", otherwise: "4" };

export const APPROVAL: Flag = {
  flag: "--approval <policy>",
  does: "which plans wait for a person",
  otherwise: "effects",
  choices: ["never", "always", "effects"],
};

export const PARTIAL: Flag = {
  flag: "--partial",
  does: "if the run fails, still write an answer from what is done, with what is missing",
};

export const RECORD: Flag = { flag: "--record <file>", does: "write a recording of the run" };

export const HASH: Flag = {
  flag: "--hash <hash>",
  does: "the plan or the call that is meant: its hash, or at least the first 24 characters of it",
  otherwise: "that of the only waiting approval",
};

/** Flags for failures. They apply where the plan says nothing. */
export const POLICY: readonly Flag[] = [
  {
    flag: "--on-failure <policy>",
    does: "what happens when a step has failed for good",
    otherwise: "patch",
    choices: ["fail", "skip", "patch", "replan", "compensate"],
  },
  {
    flag: "--replan <mode>",
    does: "when the planner writes another plan",
    otherwise: "on-failure",
    choices: ["never", "on-failure", "each-step"],
  },
  { flag: "--max-replans <n>", does: "most patches and replans of one run", otherwise: "2" },
  { flag: "--approval-timeout <time>", does: "how long an approval waits for a person", otherwise: "24h" },
  PARTIAL,
  {
    flag: "--critique-answer <n>",
    does: "a critic judges the answer; it is written again at most that often, 0 to 5",
    otherwise: "0",
  },
];

export const BUDGET: readonly Flag[] = [
  { flag: "--budget-calls <n>", does: "most requests to models in one run" },
  { flag: "--budget-tokens <n>", does: "most tokens in one run" },
  { flag: "--budget-usd <x>", does: "most US dollars in one run" },
  { flag: "--budget-time <time>", does: "longest time of one run: 90s, 10m, 2h" },
];

/** The same flags for several runs together. */
export const BUDGET_OF_ALL: readonly Flag[] = BUDGET.map(({ flag, does }) => ({
  flag,
  does: does.replace("one run", "all runs together"),
}));

export const STRATEGY: Flag = {
  flag: "--strategy <name>",
  does: "how the run gets its plan: written by a planner, one agent step, one turn of tool calls, or chosen",
  otherwise: "plan",
  choices: ["plan", "react", "tools", "auto"],
};

export const PLANNING: readonly Flag[] = [
  {
    flag: "--granularity <word>",
    does: "number of steps",
    otherwise: "normal",
    choices: ["coarse", "normal", "fine"],
  },
  { flag: "--critique", does: "the planner reviews its plan once before it is used: one more request" },
];

/** Flags of a command that a person gives to a run, which may drive the run on. */
export const COMMAND: readonly Flag[] = [...STORE, QUIET, ...TOOLS, ...MODEL_FLAGS, JSON_FLAG];

/** Flags of retry and fork: changes, a preview, and the flags of a driven run. */
export const AGAIN: readonly Flag[] = [
  ...COMMAND,
  ...POLICY,
  ...BUDGET,
  INPUT,
  TRUST,
  { flag: "--plan <file>", does: "the plan that replaces the present one, or - for standard input" },
  { flag: "--dry-run", does: "show which steps would be reused and which would run; start nothing" },
  CONCURRENCY,
  ...YES,
  JSONL,
];
