// The surface of the command line: names each action as the command to type. In: an action. Out: its command, in
// backticks. A run in memory has no such command: it ends with its process.
import type { Action, Surface } from "../words/action.js";
import { byCase } from "../words/by-case.js";
import { commandLine, endsWithProcess } from "./carried.js";
import { PROGRAM } from "./output.js";
import { shellWord } from "./shell-word.js";

/** The surface for a program that was called by this name. */
export const surfaceOf =
  (program: string): Surface =>
  (action) => {
    const words = wordsOf(action);
    if (typeof words === "string") return words;
    const [name] = words;
    if (endsWithProcess() && isWord(name) && !WITHOUT_RUN.has(name)) return IN_MEMORY;
    return `\`${commandLine(words.filter(isWord), program)}\``;
  };

/** Stands where a command about a run in memory would stand. */
const IN_MEMORY = "a new run started with `--store FILE` (this one is in memory, and ends with this process)";

/** A next step as a person reads it: what holds for all commands about a run in memory is told once. */
export function toldOnce(next: string): string {
  if (!next.includes(IN_MEMORY)) return next;
  const others = next.split(/(?<=\.) /).filter((sentence) => !sentence.includes(IN_MEMORY));
  return [...others, "This run is in memory, and ends with this process.", "Start it again with `--store FILE`."].join(
    " ",
  );
}

/** Commands that name no run. */
const WITHOUT_RUN: ReadonlySet<string> = new Set([
  "run",
  "runs",
  "tools",
  "playbooks",
  "check",
  "trust",
  "mcp login",
  "store backup",
  "store accept-loss",
]);

export const cliSurface: Surface = surfaceOf(PROGRAM);

type Words = readonly (string | undefined | false)[];

const isWord = (word: string | undefined | false): word is string => word !== undefined && word !== false;

const onRun = ({ action, runId }: { readonly action: string; readonly runId?: string }): Words => [action, run(runId)];

/**
 * The words of a command, or a text for an action outside of this program. RUN, STEP and FILE are placeholders for the
 * reader.
 */
const wordsOf: (action: Action) => Words | string = byCase("action", {
  retry: ({ runId, from, feedback, plan, inputs, model }) => [
    "retry",
    run(runId),
    option("--from", from && shellWord(from)),
    feedback && '--feedback "what should be different"',
    inputs && "--input name=value",
    plan && "--plan FILE",
    model && `--${model}-model NAME`,
  ],
  resume: ({ runId, takeOver }) => ["resume", run(runId), takeOver && "--take-over"],
  show: onRun,
  watch: onRun,
  cancel: onRun,
  events: onRun,
  diff: onRun,
  export: ({ runId }) => ["export", run(runId), "-o FILE"],
  answer: ({ runId, partial }) => ["answer", run(runId), partial && "--partial"],
  record: ({ runId }) => ["replay", run(runId), "--record FILE"],
  edit: ({ runId }) => ["edit", run(runId), "--plan FILE"],
  trace: ({ runId }) => ["show", run(runId), "--trace"],
  approve: ({ runId, hash }) => ["approve", run(runId), option("--hash", hash && shellWord(hash))],
  reject: ({ runId, hash }) => [
    "reject",
    run(runId),
    '-m "what should be different"',
    option("--hash", hash && shellWord(hash)),
  ],
  respond: ({ runId, step = "STEP", item }) => [
    "respond",
    run(runId),
    shellWord(step),
    "VALUE",
    option("--item", item),
  ],
  compensate: onRun,
  settle: ({ runId, step = "STEP", item, unusable, undoing }) => [
    "respond",
    run(runId),
    shellWord(step),
    option("--item", item),
    undoing
      ? "--again | --undone | --leave"
      : unusable
        ? "--use JSON | --skip | --fail | --again"
        : "--happened JSON | --not-happened | --abort",
  ],
  fork: ({ runId, at = "STEP" }) => ["fork", run(runId), `--at ${shellWord(at)}`],
  "list-runs": () => ["runs"],
  "list-tools": () => ["tools"],
  "list-playbooks": () => ["playbooks"],
  "back-up-store": () => ["store backup", "FILE"],
  "accept-loss": () => ["store accept-loss"],
  "save-playbook": ({ runId, playbook = "NAME", force, proposed }) => [
    "save",
    run(runId),
    `--as ${shellWord(playbook)}`,
    proposed && "--yes",
    force && "--force",
  ],
  start: ({ plan, file = "FILE", inputs, strategy, playbook, input, value = "" }) => [
    "run",
    playbook !== undefined && `--playbook ${shellWord(playbook)}`,
    input !== undefined && `-i ${shellWord(`${input}=${value}`)}`,
    playbook === undefined && (plan ? shellWord(file) : '"your goal"'),
    option("--strategy", strategy),
    inputs && "--input name=value",
  ],
  "check-plan": ({ file = "FILE" }) => ["check", shellWord(file)],
  update: () => "`npm install planloom@latest`",
  install: (action) => `\`npm install ${action.package}\``,
  "set-model": ({ role }) => (role === undefined ? "`--model NAME`" : `\`--model NAME\` or \`--${role}-model NAME\``),
  trust: ({ folder = "FOLDER" }) => ["trust", shellWord(folder)],
  "sign-in": ({ server = "NAME" }) => ["mcp login", shellWord(server)],
  set: ({ setting }) =>
    setting === "store"
      ? "`--store PATH` or PLANLOOM_STORE=PATH"
      : `${flagOf(setting)}\`${setting}\` in the configuration`,
});

/** The flag of `run`, `retry` and `fork` that sets the same. */
function flagOf(setting: string): string {
  const flag = FLAGS[setting];
  return flag === undefined ? "" : `\`${flag}\` or `;
}

const FLAGS: { readonly [setting: string]: string } = {
  "budget.modelCalls": "--budget-calls",
  "budget.tokens": "--budget-tokens",
  "budget.costUsd": "--budget-usd",
  "budget.wallMs": "--budget-time",
  "builtins.search": "--search FOLDER",
  "builtins.files": "--files FOLDER",
};

const run = (runId = "RUN"): string => shellWord(runId);

const option = (name: string, value: string | number | undefined): string | undefined =>
  value === undefined ? undefined : `${name} ${value}`;
