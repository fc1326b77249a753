// The process of the command line. In: the words after `planloom-eval`. Out: an exit code: 0, 1 (a failure), 2 (a wrong
// call or file), 4 (a configuration, a model or its server).
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { PlanloomError } from "planloom";
import { evalCommand, type EvalFlags } from "./command.js";
import { EvalError, messageOf } from "./error.js";

/** Runs the command; never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that closed the pipe (`| head`) is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  try {
    await program().parseAsync([...argv], { from: "user" });
    return 0;
  } catch (thrown) {
    return told(thrown);
  }
}

function program(): Command {
  return new Command("planloom-eval")
    .description("Scores recorded output of a planner, without a model. stdout holds the report.")
    .argument("<dataset>", "recorded output of a planner: a JSON list, or JSON lines")
    .option("--format <format>", "taskbench, nestful or planloom (default: by its fields)")
    .option("--tools <file>", "the tools, if the records do not name them")
    .option("--gold <file>", "gold plans in a file of their own, by the records' ids")
    .option("--repair", "the planner mends unsound plans, with all findings: this calls a model")
    .option("--json <file>", "write the whole report as JSON")
    .option("--markdown <file>", "write the report as Markdown")
    .option("--config <file>", "the configuration for --repair (default: planloom.config.* from here upward)")
    .option("--model <name>", "the model of all roles")
    .option("--base-url <url>", "the address of all roles")
    .option("--planner-model <name>", "the planner's model")
    .option("--planner-base-url <url>", "the planner's address")
    .option("--executor-model <name>", "the executor's model, which the planner is told")
    .option("--executor-base-url <url>", "the executor's address")
    .version(version())
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .action((path: string, flags: EvalFlags) => evalCommand(path, flags));
}

function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

function told(thrown: unknown): number {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return 0;
    say("USAGE", thrown.message.replace(/^error: /, ""), "`planloom-eval --help` lists the options.");
    return 2;
  }
  if (thrown instanceof EvalError) {
    say(thrown.code, thrown.message, thrown.next);
    return thrown.code === "NO_PLANNER" ? 4 : 2;
  }
  if (thrown instanceof PlanloomError) {
    say(thrown.code, thrown.message, thrown.next);
    return thrown.kind === "usage" ? 2 : 4;
  }
  say("INTERNAL", messageOf(thrown), "This is a fault in planloom-eval.");
  return 1;
}

function say(code: string, message: string, next: string | undefined): void {
  console.error(`error ${code}: ${message}${next === undefined ? "" : `\n  next: ${next}`}`);
}
