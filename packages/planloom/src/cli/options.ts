// Flags that several commands share. In: a command. Out: the same command with its flags. One flag has the same name
// everywhere.
import { Option, type Command } from "commander";

export const RUN = "its id, the beginning of one, or last";

export const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const noRun = (): Option => new Option("--no-run", "only record it; do not drive the run here");

export const storeOptions = (command: Command): Command =>
  command
    .option("--config <file>", "the configuration (default: planloom.config.* from here upward)")
    .option("--store <path>", "the store: a file, or memory (default: .planloom/planloom.db from here upward)");

/** Flags of retry and fork: changes, a preview, and the flags of a driven run. */
export const retryOptions = (command: Command): Command =>
  budgetOptions(policyOptions(commandOptions(command)))
    .option("-i, --input <name=value>", "an input in the place of the run's own; repeatable", collected, [])
    .option("--plan <file>", "a plan in the place of the run's own, or - ; what means the same in both is reused")
    .option("--dry-run", "show what would be reused and what would run, and begin nothing")
    .option("--concurrency <n>", "steps and items at once (default 4)")
    .option("-y, --yes", "steps may act retryOptions, and approvals are granted")
    .addOption(new Option("--jsonl", "print each event as it becomes durable").conflicts("json"));

export const approval = (): Option =>
  new Option("--approval <policy>", "which plans wait for a person (default effects)").choices([
    "never",
    "always",
    "effects",
  ]);

/** Flags for failures. They apply where the plan says nothing. */
export const policyOptions = (command: Command): Command =>
  command
    .addOption(
      new Option("--on-failure <policy>", "what follows when a step has failed for good (default patch)").choices([
        "fail",
        "skip",
        "patch",
        "replan",
      ]),
    )
    .addOption(
      new Option("--replan <mode>", "when the planner is asked again (default on-failure)").choices([
        "never",
        "on-failure",
        "each-step",
      ]),
    );

export const driveOptions = (command: Command): Command => command.option("-q, --quiet", "no progress on stderr");

export const commandOptions = (command: Command): Command =>
  modelOptions(driveOptions(storeOptions(command))).option("--json", "print the whole run as one JSON document");

/** Flags for the budget of a run. */
export const budgetOptions = (command: Command): Command =>
  command
    .option("--budget-calls <n>", "the run may send so many requests to models")
    .option("--budget-tokens <n>", "it may use so many tokens")
    .option("--budget-usd <x>", "it may cost so many US dollars")
    .option("--budget-time <time>", "it may take so long: 90s, 10m, 2h");

/** Flags for planning. */
export const plannerOptions = (command: Command): Command =>
  command
    .addOption(
      new Option("--granularity <word>", "how finely work is cut into steps: coarse, normal, fine (default normal)"),
    )
    .option("--critique", "the planner judges its plan once before it is used: one request more");

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
