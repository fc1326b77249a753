// Flags that several commands share. In: a command. Out: the same command with its flags. One flag has the same name
// everywhere.
import { Option, type Command } from "commander";

export const RUN = "its id, the beginning of one, or last";

export const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Beside --yes. */
export const yesAll = (): Option =>
  new Option("--yes-all", "--yes, and also grant calls that text of others chose, or whose tool has changed").implies({
    yes: true,
  });

export const noRun = (): Option => new Option("--no-run", "only record the command; do not drive the run here");

export const storeOptions = (command: Command): Command =>
  command
    .option("--config <file>", "the configuration (default: PLANLOOM_CONFIG, else planloom.config.* of this project)")
    .option("--store <path>", "the store: a file, or memory (default: .planloom/planloom.db of this project)");

/** Flags for built-in tools. */
export const toolOptions = (command: Command): Command =>
  command
    .option("--search <folder>", "add the tool search: over a folder, or a SearXNG server by its address")
    .option("--files <folder>", "add read_file and list_files over a folder; repeatable", collected, []);

/** Flags of retry and fork: changes, a preview, and the flags of a driven run. */
export const retryOptions = (command: Command): Command =>
  budgetOptions(policyOptions(commandOptions(command)))
    .option("-i, --input <name=value>", "an input that replaces the run's own; repeatable", collected, [])
    .option("--trust <name>", "an input that no others wrote, as for `run`; repeatable", collected, [])
    .option("--plan <file>", "a plan that replaces the run's own, or - ; steps with the same meaning are reused")
    .option("--dry-run", "show which steps would be reused and which would run; start nothing")
    .option("--concurrency <n>", "steps and items that run at once (default 4)")
    .option("-y, --yes", "let steps act again, and grant approvals as `run --yes` does")
    .addOption(yesAll())
    .addOption(new Option("--jsonl", "print each event as it becomes durable").conflicts("json"));

export const approval = (): Option =>
  new Option("--approval <policy>", "which plans wait for a person (default effects)").choices([
    "never",
    "always",
    "effects",
  ]);

export const partial = (): Option =>
  new Option("--partial", "if the run fails, still write an answer from what is done, with what is missing");

/** Flags for failures. They apply where the plan says nothing. */
export const policyOptions = (command: Command): Command =>
  command
    .addOption(
      new Option("--on-failure <policy>", "what happens when a step has failed for good (default patch)").choices([
        "fail",
        "skip",
        "patch",
        "replan",
      ]),
    )
    .addOption(
      new Option("--replan <mode>", "when the planner writes another plan (default on-failure)").choices([
        "never",
        "on-failure",
        "each-step",
      ]),
    )
    .addOption(new Option("--max-replans <n>", "most patches and replans of one run (default 2)"))
    .addOption(new Option("--approval-timeout <time>", "how long an approval waits for a person (default 24h)"))
    .addOption(partial());

/** The answer, or a drawing, as the bytes that came. */
export const raw = (): Option =>
  new Option("--raw", "print control and invisible characters as they are, not as escapes");

export const driveOptions = (command: Command): Command => command.option("-q, --quiet", "no progress on stderr");

export const commandOptions = (command: Command): Command =>
  modelOptions(toolOptions(driveOptions(storeOptions(command)))).option(
    "--json",
    "print the whole run as one JSON document",
  );

/** Flags for the budget of a run. */
export const budgetOptions = (command: Command): Command =>
  command
    .option("--budget-calls <n>", "most requests to models in one run")
    .option("--budget-tokens <n>", "most tokens in one run")
    .option("--budget-usd <x>", "most US dollars in one run")
    .option("--budget-time <time>", "longest time of one run: 90s, 10m, 2h");

/** Flags for planning. */
export const plannerOptions = (command: Command): Command =>
  command
    .addOption(new Option("--granularity <word>", "number of steps: coarse, normal, fine (default normal)"))
    .option("--critique", "the planner reviews its plan once before it is used: one more request");

/** Flags for the models, by role. */
export function modelOptions(command: Command): Command {
  command.option("--model <name>", "the model of all roles").option("--base-url <url>", "the address of all roles");
  for (const role of ["planner", "executor", "synthesizer"]) {
    command
      .option(`--${role}-model <name>`, `the ${role}'s model`)
      .option(`--${role}-base-url <url>`, `the ${role}'s address`);
  }
  return command.addHelpText("after", KEYS);
}

const KEYS = `
Keys are given as variables only (OPENAI_API_KEY, PLANLOOM_API_KEY, PLANLOOM_PLANNER_API_KEY, ...): a flag would show
them to every user of this machine and keep them in the shell's history. A local server takes any key.`;
