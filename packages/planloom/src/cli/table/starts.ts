// The commands that begin: a run, a project, a look at the setup. In: nothing. Out: their data.
import type { CommandData } from "./command.js";
import * as flags from "./flags.js";

const RUN: CommandData = {
  name: "run",
  arguments: [
    {
      argument: "[goal...]",
      does: "a goal in words, a plan file (.yaml, .json), the name of a playbook, or - for standard input",
      completes: "file",
    },
  ],
  summary: "pursue a goal, or run a plan",
  description: "Pursues a goal, or runs a plan. stdout holds only the answer; everything else goes to stderr.",
  flags: [
    ...flags.STORE,
    flags.QUIET,
    ...flags.POLICY,
    flags.STRATEGY,
    {
      flag: "--playbook <name>",
      does: "run this playbook: the same as its name alone, and never a goal or a file",
      conflicts: ["strategy", "fromRecording"],
    },
    ...flags.PLANNING,
    ...flags.BUDGET,
    ...flags.TOOLS,
    ...flags.MODEL_FLAGS,
    flags.INPUT,
    flags.TRUST,
    flags.TAG,
    { flag: "--answer-schema <file>", does: "the type that the answer must have: a JSON Schema" },
    {
      flag: "--messages <file>",
      does: "earlier turns of the conversation: a list of { role, content }, in JSON or YAML",
    },
    { flag: "--context <file|json>", does: "a record for tools; no model reads it" },
    {
      flag: "--run-id <id>",
      does: "the id of the new run; refused if there is one with this id",
      otherwise: "a new id",
    },
    flags.CONCURRENCY,
    flags.APPROVAL,
    ...flags.YES,
    flags.RAW,
    flags.JSON_FLAG,
    flags.JSONL,
    flags.RECORD,
    {
      flag: "--from-recording <file>",
      does: "play a recording: no model, no tool; exit 1 if it differs",
      conflicts: [
        ...[
          "record",
          "strategy",
          "yes",
          "yesAll",
          "approval",
          "concurrency",
          "onFailure",
          "replan",
          "partial",
          "critiqueAnswer",
          "maxReplans",
        ],
        ...["approvalTimeout", "budgetCalls", "budgetTokens", "budgetUsd", "budgetTime", "runId"],
      ],
    },
  ],
  examples: [
    { words: 'run "Compare the weather of Austin and Seattle"', does: "plan, run and answer" },
    { words: "run plan.yaml -i month=May -i table=@sales.json --json", does: "run a plan of yours with inputs" },
    { words: "run weekly-report -i week=32", does: "run a playbook, without a planner" },
    { words: 'run "What is 17 % of 2,340?" --strategy react', does: "one agent step with all tools, and no planner" },
    { words: 'run "Clean up the inbox" --approval always --budget-usd 0.50', does: "ask before anything runs" },
  ],
  note: flags.KEY_NOTE,
};

const COMPARE: CommandData = {
  name: "compare",
  arguments: [{ argument: "[goal...]", does: "a goal in words", completes: "text" }],
  summary: "run a goal under several strategies, and compare what each took",
  description:
    "Runs a goal under several strategies, one after the other, each in a run of its own. Prints a table: model calls by role, tokens, cost, time, steps and outcome. Effects are simulated: a tool with effects is not called, and its output is made up and says so.",
  flags: [
    {
      flag: "--strategies <list>",
      does: "the strategies, with commas between them: plan, react, tools, auto",
      otherwise: "plan,react,tools",
    },
    { flag: "--allow-effects", does: "call tools with effects: once for each strategy, with approval as in any run" },
    { flag: "--answers", does: "print the answers, too" },
    ...flags.STORE,
    flags.QUIET,
    ...flags.POLICY,
    ...flags.PLANNING,
    ...flags.BUDGET_OF_ALL,
    ...flags.TOOLS,
    ...flags.MODEL_FLAGS,
    flags.INPUT,
    flags.TRUST,
    flags.TAG,
    flags.CONCURRENCY,
    flags.APPROVAL,
    ...flags.YES,
    flags.RAW,
    flags.JSON_FLAG,
  ],
  examples: [
    { words: 'compare "Compare the weather of Austin and Seattle"', does: "plan, react and tools, with no effects" },
    {
      words: 'compare "Clean up the inbox" --strategies plan,react --budget-usd 0.50',
      does: "two, for 0.50 USD in all",
    },
    { words: 'compare "What is 17 % of 2,340?" --json', does: "for a program" },
  ],
  note: flags.KEY_NOTE,
};

const MODELS: CommandData = {
  name: "models",
  summary: "show the model of each role, and what was found out about its server",
  flags: [...flags.STORE, ...flags.MODEL_FLAGS, flags.JSON_FLAG],
  examples: [
    { words: "models", does: "show the models" },
    { words: "models --json", does: "for a program" },
  ],
  note: flags.KEY_NOTE,
  commands: [
    {
      name: "test",
      arguments: [
        {
          argument: "[name]",
          does: "a role, or a model (default: those of all roles)",
          completes: ["planner", "executor", "synthesizer"],
        },
      ],
      summary: "try what a model can do; sends real requests",
      description:
        "Asks for JSON by a schema, by one tool, as a JSON object and in words. Then it tries a conversation with a tool, and one long request. All requests are real.",
      flags: [...flags.STORE, ...flags.MODEL_FLAGS, flags.JSON_FLAG],
      examples: [
        { words: "models test --model qwen3 --base-url http://localhost:11434/v1", does: "try a local model" },
      ],
      note: flags.KEY_NOTE,
    },
    {
      name: "forget",
      arguments: [
        {
          argument: "[name]",
          does: "a role, or a model (default: those of all roles)",
          completes: ["planner", "executor", "synthesizer"],
        },
      ],
      summary: "forget what was found out about a model and its server; sends nothing",
      flags: [...flags.STORE, ...flags.MODEL_FLAGS],
      examples: [{ words: "models forget executor", does: "forget it after the server was updated" }],
      note: flags.KEY_NOTE,
    },
  ],
};

export const STARTS: readonly CommandData[] = [
  RUN,
  COMPARE,
  {
    name: "init",
    arguments: [{ argument: "[folder]", does: "the folder of the project (default: this one)", completes: "folder" }],
    summary: "write a configuration, a tool and a test into a project",
    description:
      "Writes a configuration, a tool, a test of it and a plan into a new or an existing project, in TypeScript or JavaScript. Never overwrites a file.",
    flags: [
      { flag: "--js", does: "write JavaScript", otherwise: "TypeScript, unless the project has no use for it" },
      { flag: "--ts", does: "write TypeScript", conflicts: ["js"] },
      flags.JSON_FLAG,
    ],
    examples: [
      { words: "init", does: "into this folder" },
      { words: "init my-agent --js", does: "into a new folder, in JavaScript" },
    ],
  },
  {
    name: "demo",
    arguments: [{ argument: "[goal...]", does: "a goal instead of the demo's own", completes: "text" }],
    summary: "run an example with a scripted model: no key, no network",
    description: "Runs a goal against a scripted model on this machine; everything but the model is real.",
    flags: [...flags.STORE, flags.QUIET],
    examples: [{ words: "demo", does: "see a plan, a retry and an answer" }],
  },
  {
    name: "doctor",
    summary: "check the configuration, the store, the tools and the models",
    flags: [
      ...flags.STORE,
      ...flags.MODEL_FLAGS,
      { flag: "--offline", does: "send no request to the models" },
      flags.JSON_FLAG,
    ],
    examples: [
      { words: "doctor", does: "check everything" },
      { words: "doctor --offline", does: "check without requests" },
    ],
    note: flags.KEY_NOTE,
  },
  MODELS,
  {
    name: "trust",
    arguments: [
      {
        argument: "[folder]",
        does: "the folder (default: that of the configuration that is found here)",
        completes: "folder",
      },
    ],
    summary: "trust a folder: its configuration counts as your own, and its code runs",
    flags: [
      { flag: "--list", does: "print the folders that you trust" },
      { flag: "--remove", does: "do not trust the folder any more" },
    ],
    examples: [
      { words: "trust", does: "trust the folder of the configuration that is found here" },
      { words: "trust --list", does: "see which folders you trust" },
    ],
  },
  {
    name: "completion",
    arguments: [
      {
        argument: "<shell>",
        does: "bash, zsh or fish; runs prints the ids that the scripts complete",
        completes: ["bash", "zsh", "fish"],
      },
    ],
    summary: "print a script that completes commands, flags and runs in your shell",
    flags: flags.STORE,
    examples: [
      { words: "completion bash >> ~/.bashrc", does: "for bash" },
      { words: "completion zsh >> ~/.zshrc", does: "for zsh, after compinit" },
      { words: "completion fish > ~/.config/fish/completions/planloom.fish", does: "for fish" },
    ],
  },
];
