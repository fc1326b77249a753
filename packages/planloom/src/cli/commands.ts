// The commands, their flags and their help. In: a place for the exit code. Out: a program for commander. The code of a
// command is imported only when it is called: `planloom --help` loads commander and nothing else.
import { Command, Option } from "commander";
import { sayProblem } from "./error-text.js";
import { EXIT } from "./exit-code.js";
import {
  retryOptions,
  approval,
  budgetOptions,
  driveOptions,
  modelOptions,
  noRun,
  partial,
  storeOptions,
  toolOptions,
  plannerOptions,
  policyOptions,
  raw,
  yesAll,
  collected,
  RUN,
  commandOptions,
} from "./options.js";
import { print, printText, PROGRAM, say } from "./output.js";
import { oneLine } from "./style.js";

interface Outcome {
  code: number;
}

/** The action of a command. `call` gives its exit code. */
type Act = <A extends unknown[]>(call: (...args: A) => Promise<number>) => (...args: A) => Promise<void>;

/** The command line. The exit code of the called command is stored in `outcome`. */
export function programFor(outcome: Outcome): Command {
  const act: Act =
    (call) =>
    async (...args) => {
      outcome.code = await call(...args);
    };
  const program = new Command("planloom")
    .description("From a goal to a checked plan, parallel steps and an answer.")
    .exitOverride()
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => printText(text.trimEnd()),
      writeErr: (text) => say(text.trimEnd()),
    })
    .showHelpAfterError(false)
    .enablePositionalOptions()
    .addHelpText("after", HELP)
    .helpCommand(true)
    .option("-V, --version", "print the version")
    .usage("<command> [options]")
    .argument("[words...]")
    .action(
      act(async (words: string[], flags: { readonly version?: boolean }) =>
        flags.version === true ? version() : noCommand(program, words),
      ),
    );
  addStarts(program, act);
  addPlans(program, act);
  addReaders(program, act);
  addPersons(program, act);
  program.commands.forEach(describe);
  return program;
}

/** The help of a command begins with what it does: its description, else its summary as a sentence. */
function describe(command: Command): void {
  const summary = command.summary();
  if (command.description() === "" && summary !== "")
    command.description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`);
  command.commands.forEach(describe);
}

async function version(): Promise<number> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  print((JSON.parse(text) as { readonly version: string }).version);
  return EXIT.done;
}

async function noCommand(program: Command, [word]: readonly string[]): Promise<number> {
  if (word === undefined) program.outputHelp({ error: true });
  else {
    const next =
      word === "eval"
        ? "Scoring recorded plans is a package of its own: npx planloom-eval DATASET."
        : `\`${PROGRAM} --help\` lists the commands. A goal goes to one of them: \`${PROGRAM} run "your goal"\`.`;
    sayProblem({ code: "USAGE", message: `Unknown command "${oneLine(word, 60)}".`, next });
  }
  return EXIT.usage;
}

function addStarts(program: Command, act: Act): void {
  const run = program.command("run");
  run.argument("[goal...]", "a goal in words, a plan file (.yaml, .json), or - for standard input");
  modelOptions(toolOptions(budgetOptions(plannerOptions(policyOptions(driveOptions(storeOptions(run)))))))
    .summary("pursue a goal, or run a plan")
    .description("Pursues a goal, or runs a plan. stdout holds only the answer; everything else goes to stderr.")
    .option("-i, --input <name=value>", "an input: JSON or text, or name=@file; repeatable", collected, [])
    .option("--trust <name>", "an input that no others wrote: a file or a document of yours; repeatable", collected, [])
    .option("--answer-schema <file>", "the type that the answer must have: a JSON Schema")
    .option("--tag <tag>", "a label of the run, for lists; repeatable", collected, [])
    .option("--messages <file>", "earlier turns of the conversation: a list of { role, content }, in JSON or YAML")
    .option("--context <file|json>", "a record for tools; no model reads it")
    .option("--concurrency <n>", "steps and items at once (default 4)")
    .addOption(approval())
    .option("-y, --yes", "grant approvals; questions, calls in doubt, and calls that text of others chose still wait")
    .addOption(yesAll())
    .addOption(raw())
    .option("--json", "print the whole run as one JSON document")
    .addOption(new Option("--jsonl", "print each event as it becomes durable").conflicts("json"))
    .option("--record <file>", "write a recording of the run when it has stopped")
    .addOption(
      new Option("--from-recording <file>", "play a recording: no model, no tool; exit 1 if it differs").conflicts([
        ...[
          "record",
          "yes",
          "yesAll",
          "approval",
          "concurrency",
          "onFailure",
          "replan",
          "partial",
          "maxReplans",
          "approvalTimeout",
        ],
        ...["budgetCalls", "budgetTokens", "budgetUsd", "budgetTime"],
      ]),
    )
    .action(act(async (words: string[], flags: object) => (await import("./command/run.js")).runCommand(words, flags)));
  storeOptions(program.command("demo").argument("[goal...]", "a goal instead of the demo's own"))
    .summary("run an example with a scripted model: no key, no network")
    .description("Runs a goal against a scripted model on this machine; everything but the model is real.")
    .option("-q, --quiet", "no progress")
    .action(act(async (words: string[], flags: object) => (await import("./demo/demo.js")).demoCommand(words, flags)));
  modelOptions(storeOptions(program.command("doctor")))
    .summary("check the configuration, the store, the tools and the models")
    .option("--offline", "send no request to the models")
    .action(act(async (flags: object) => (await import("./command/doctor.js")).doctorCommand(flags)));
  addModels(program, act);
  addTrust(program, act);
}

function addTrust(program: Command, act: Act): void {
  program
    .command("trust")
    .argument("[folder]", "the folder (default: that of the configuration that is found here)")
    .summary("trust a folder: its configuration counts as your own, and its code runs")
    .option("--list", "print the folders that you trust")
    .option("--remove", "do not trust the folder any more")
    .action(
      act(async (folder: string | undefined, flags: object) =>
        (await import("./command/trust.js")).trustCommand(folder, flags),
      ),
    );
}

function addModels(program: Command, act: Act): void {
  const command = modelOptions(storeOptions(program.command("models")))
    .summary("show the model of each role, and what was found out about its server")
    .option("--json", "print them as JSON")
    .action(act(async (flags: object) => (await import("./command/models.js")).modelsCommand(flags)));
  modelOptions(
    storeOptions(command.command("test").argument("[name]", "a role, or a model (default: those of all roles)")),
  )
    .summary("try what a model can do; sends real requests")
    .description(
      "Asks for JSON by a schema, by one tool, as a JSON object and in words. Then it tries a conversation with a tool, and one long request. All requests are real.",
    )
    .option("--json", "print the results as JSON")
    .action(
      act(async (name: string | undefined, flags: object) =>
        (await import("./command/models.js")).modelsTestCommand(name, flags),
      ),
    );
  modelOptions(
    storeOptions(command.command("forget").argument("[name]", "a role, or a model (default: those of all roles)")),
  )
    .summary("forget what was found out about a model and its server; sends nothing")
    .action(
      act(async (name: string | undefined, flags: object) =>
        (await import("./command/models.js")).modelsForgetCommand(name, flags),
      ),
    );
}

function addPlans(program: Command, act: Act): void {
  modelOptions(
    toolOptions(plannerOptions(storeOptions(program.command("plan").argument("<goal...>", "a goal in words")))),
  )
    .summary("write a plan for a goal, and run nothing")
    .option("-o, --output <file>", "where to write it: YAML for .yaml, else JSON (default: stdout)")
    .option("-i, --input <name=value>", "an input that the plan may refer to; repeatable", collected, [])
    .option("--answer-schema <file>", "the type that the answer must have: a JSON Schema")
    .addOption(partial())
    .action(
      act(async (words: string[], flags: object) => (await import("./command/plan.js")).planCommand(words, flags)),
    );
  modelOptions(
    toolOptions(
      storeOptions(
        program.command("check").alias("validate").argument("<file>", "a plan file, or - for standard input"),
      ),
    ),
  )
    .summary("check a plan file; exit code 3 if it cannot run")
    .option("--json", "print { ok, findings, quality }")
    .action(act(async (file: string, flags: object) => (await import("./command/plan.js")).checkCommand(file, flags)));
  modelOptions(
    toolOptions(storeOptions(program.command("estimate").argument("<file>", "a plan file, or - for standard input"))),
  )
    .summary("estimate a plan: calls, tokens, money, time")
    .option("-i, --input <name=value>", "an input of the plan; repeatable", collected, [])
    .option("--json", "print the estimate as one JSON document")
    .action(
      act(async (file: string, flags: object) => (await import("./command/plan.js")).estimateCommand(file, flags)),
    );
  modelOptions(toolOptions(storeOptions(program.command("graph").argument("<file-or-run>", "a plan file, or a run"))))
    .summary("draw a plan")
    .option("--format <format>", "mermaid or ascii", "ascii")
    .addOption(raw())
    .action(
      act(async (name: string, flags: { readonly format: string; readonly raw?: boolean }) =>
        (await import("./command/plan.js")).graphCommand(name, flags),
      ),
    );
  modelOptions(toolOptions(storeOptions(program.command("tools"))))
    .summary("list the tools that plans may use, with types and effects")
    .option("--json", "print their definitions")
    .action(act(async (flags: object) => (await import("./command/plan.js")).toolsCommand(flags)));
  program
    .command("schema")
    .summary("print the JSON Schema of a plan")
    .action(act(async () => (await import("./command/plan.js")).schemaCommand()));
}

function addReaders(program: Command, act: Act): void {
  storeOptions(program.command("runs"))
    .summary("list runs, the newest first")
    .option("--status <list>", "only these: a status, waiting (for a person) or unreadable; several with commas")
    .option("--text <part>", "only those with this in their goal or id")
    .option("--tag <tag>", "only those with this tag; repeatable: with all of them", collected, [])
    .option("--since <time>", "only those with an event since then: 30m, 12h, 2d ago, or a date")
    .option("--limit <n>", "maximum number (default 50)")
    .option("--cursor <cursor>", "continue the previous list")
    .option("--json", "print them as JSON")
    .action(act(async (flags: object) => (await import("./command/runs.js")).runsCommand(flags)));
  storeOptions(program.command("show").argument("<run>", RUN))
    .summary("show a run: plan, steps, answer")
    .option("--trace", "show inputs, outputs, attempts, errors and turns of each step")
    .addOption(new Option("--at <step>", "the context of a step, or of step[item], at its start").conflicts("trace"))
    .option("--json", "print the run as one JSON document")
    .action(act(async (name: string, flags: object) => (await import("./command/read.js")).showCommand(name, flags)));
  storeOptions(program.command("delete").argument("<run>", RUN))
    .summary("delete a run that nobody drives, with all that the store has of it")
    .option("--json", "print its id as one JSON document")
    .action(
      act(async (name: string, flags: object) => (await import("./command/delete.js")).deleteCommand(name, flags)),
    );
  storeOptions(
    program
      .command("diff")
      .argument("<run>", RUN)
      .argument("[from]", "a revision (default: the last but one)")
      .argument("[to]", "a revision (default: the last)"),
  )
    .summary("show the difference between two plans of a run, and the reason")
    .option("--json", "print the difference as one JSON document")
    .action(
      act(async (name: string, from: string | undefined, to: string | undefined, flags: object) =>
        (await import("./command/look.js")).diffCommand(name, from, to, flags),
      ),
    );
  storeOptions(program.command("replay").argument("<run>", RUN))
    .summary("rebuild a run from its log; calls nothing")
    .option("--strict", "repeat every decision of the kernel; exit 1 if one differs")
    .option("--record <file>", "write a recording, for planloom run --from-recording")
    .option("--json", "print the run, its trace and the differences as one JSON document")
    .action(
      act(async (name: string, flags: object) => (await import("./command/replay.js")).replayCommand(name, flags)),
    );
  storeOptions(program.command("events").argument("<run>", RUN))
    .summary("print the log of a run as JSON lines")
    .option("-f, --follow", "continue until the run has ended")
    .action(act(async (name: string, flags: object) => (await import("./command/read.js")).eventsCommand(name, flags)));
  storeOptions(program.command("watch").argument("<run>", RUN))
    .summary("follow a run that another process drives")
    .action(act(async (name: string, flags: object) => (await import("./command/read.js")).watchCommand(name, flags)));
  budgetOptions(commandOptions(program.command("answer").argument("<run>", RUN)))
    .summary("print the answer of a run")
    .option("--partial", "if the run has failed without an answer: write one from what is done, with what is missing")
    .addOption(raw())
    .addOption(noRun())
    .action(
      act(async (name: string, flags: object) => (await import("./command/answer.js")).answerCommand(name, flags)),
    );
}

function addPersons(program: Command, act: Act): void {
  commandOptions(program.command("resume").argument("<run>", RUN))
    .summary("continue a run that is paused, or that no process drives")
    .option("-y, --yes", "grant approvals as `run --yes` does")
    .addOption(yesAll())
    .option("--take-over", "also from a process that is alive; its calls with effects are then in doubt")
    .addOption(noRun())
    .action(
      act(async (name: string, flags: object) => (await import("./command/steer.js")).resumeCommand(name, flags)),
    );
  commandOptions(program.command("pause").argument("<run>", RUN))
    .summary("pause a run: start nothing new; running calls finish")
    .option("-m, --reason <text>", "why, for the log")
    .addOption(noRun())
    .action(act(async (name: string, flags: object) => (await import("./command/steer.js")).pauseCommand(name, flags)));
  commandOptions(program.command("goal").argument("<run>", RUN).argument("<goal...>", "the new goal, in words"))
    .summary("change the goal; finished steps are kept if they still serve it")
    .option("-m, --reason <text>", "why, for the log and the planner")
    .option("-y, --yes", "grant approvals as `run --yes` does")
    .addOption(yesAll())
    .addOption(noRun())
    .action(
      act(async (name: string, words: string[], flags: object) =>
        (await import("./command/steer.js")).goalCommand(name, words, flags),
      ),
    );
  retryOptions(program.command("retry").argument("<run>", RUN))
    .summary("continue an ended run; finished steps are kept")
    .description(
      "Continues a run that has ended. Before it runs, it shows which results it will reuse, and asks before it repeats a call with effects.",
    )
    .option("--from <step>", "restart this step too, and all steps that depend on it")
    .addOption(noRun())
    .action(act(async (name: string, flags: object) => (await import("./command/retry.js")).retryCommand(name, flags)));
  retryOptions(program.command("fork").argument("<run>", RUN))
    .summary("start a new run at a step of an ended run")
    .description("Starts a new run at a step of an ended run. It reuses the results of the steps before that one.")
    .requiredOption("--at <step>", "the step that runs first; all steps that depend on it run too")
    .addOption(approval())
    .action(
      act(async (name: string, flags: { readonly at: string }) =>
        (await import("./command/retry.js")).forkCommand(name, flags),
      ),
    );
  commandOptions(
    program
      .command("approve")
      .argument("<run>", RUN)
      .argument("[step]", "the step, or step[item], whose call is meant; or plan"),
  )
    .summary("approve the plan, or the call, with this hash")
    .option(
      "--hash <hash>",
      "the hash to approve, whole or its first 24 characters or more (default: that of the only waiting approval)",
    )
    .option("-m, --comment <text>", "a comment for the log")
    .option("--args <json>", "for one call: all arguments that it gets instead, as a JSON object")
    .addOption(
      new Option(
        "--rest <what>",
        "for a call inside an agent step: for the rest of the step, also approve calls of its tool with the same values of their control arguments, or with addresses of the same host",
      ).choices(["values", "host"]),
    )
    .option("--calls", "for a plan: also approve its calls whose arguments are complete in the plan")
    .addOption(noRun())
    .action(
      act(async (name: string, step: string | undefined, flags: object) =>
        (await import("./command/person.js")).approveCommand(name, step, flags),
      ),
    );
  commandOptions(program.command("edit").argument("<run>", RUN))
    .summary("change the waiting plan; it is checked, and waits under its new hash")
    .option("--plan <file>", "the new plan, or - (default: opens your editor, VISUAL or EDITOR)")
    .option("--hash <hash>", "the hash of the plan to change, whole or its first 24 characters or more")
    .option("-m, --comment <text>", "a comment for the log")
    .addOption(noRun())
    .action(act(async (name: string, flags: object) => (await import("./command/steer.js")).editCommand(name, flags)));
  commandOptions(program.command("reject").argument("<run>", RUN))
    .summary("reject the plan; the planner writes another one")
    .requiredOption("-m, --message <text>", "what should be different, or - for standard input")
    .option("--hash <hash>", "the hash to reject, if several approvals wait")
    .addOption(noRun())
    .action(
      act(async (name: string, flags: { readonly message: string }) =>
        (await import("./command/person.js")).rejectCommand(name, flags),
      ),
    );
  commandOptions(
    program
      .command("respond")
      .argument("<run>", RUN)
      .argument("<step>", "the step that asks")
      .argument("[value]", "JSON or text"),
  )
    .summary("answer a question, or tell the outcome of a call in doubt")
    .option("--item <n>", "the item of a for-each, from 0")
    .option("--happened [json]", "the call took effect, and gave this output")
    .option("--not-happened", "the call did not take effect: it may be made again")
    .option("--abort", "give up the step")
    .option("--use <json>", "the call acted and its output cannot be used: this value is its output")
    .option("--skip", "the same: go on without an output")
    .option("--fail", "the same: the step fails, and its onFailure decides")
    .option("--again", "the same: make the call again, so that it acts twice")
    .addOption(noRun())
    .action(
      act(async (name: string, step: string, value: string | undefined, flags: object) =>
        (await import("./command/person.js")).respondCommand(name, step, value, flags),
      ),
    );
  commandOptions(program.command("cancel").argument("<run>", RUN))
    .summary("cancel a run")
    .option("-m, --message <text>", "why")
    .addOption(noRun())
    .action(
      act(async (name: string, flags: object) => (await import("./command/steer.js")).cancelCommand(name, flags)),
    );
}

const HELP = `
Begin with: planloom demo · planloom doctor · planloom run "your goal" --model NAME --base-url URL
Exit codes: 0 done · 1 the run failed or was cancelled · 2 usage · 3 the plan is invalid · 4 provider, configuration or
store · 5 waiting for a person · 6 rejected or expired · 7 a limit was reached · 130 interrupted`;
