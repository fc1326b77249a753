// The commands about plans and tools. In: nothing. Out: their data.
import type { CommandData } from "./command.js";
import * as flags from "./flags.js";

export const PLANS: readonly CommandData[] = [
  {
    name: "plan",
    arguments: [{ argument: "<goal...>", does: "a goal in words", completes: "text" }],
    summary: "write a plan for a goal, and run nothing",
    flags: [
      ...flags.STORE,
      ...flags.PLANNING,
      ...flags.TOOLS,
      ...flags.modelFlags("planner"),
      {
        flag: "-o, --output <file>",
        does: "where to write it: YAML for .yaml, else JSON",
        otherwise: "stdout, as JSON",
      },
      flags.INPUT,
      { flag: "--answer-schema <file>", does: "the type that the answer must have: a JSON Schema" },
      flags.PARTIAL,
    ],
    examples: [
      { words: 'plan "Summarise the sales of May" -o plan.yaml', does: "write a plan, to read and change it" },
      { words: 'plan "Summarise @table" -i table=@sales.json', does: "print it on stdout" },
    ],
    note: flags.KEY_NOTE,
  },
  {
    name: "check",
    alias: "validate",
    arguments: [flags.PLAN_FILE],
    summary: "check a plan file; exit code 3 if it cannot run",
    // A model makes the tool summarize available.
    flags: [...flags.STORE, ...flags.TOOLS, ...flags.modelFlags("executor"), flags.JSON_FLAG],
    examples: [
      { words: "check plan.yaml", does: "show every finding with its place" },
      { words: "check plan.yaml --json", does: "print { ok, findings, quality }" },
    ],
  },
  {
    name: "estimate",
    arguments: [flags.PLAN_FILE],
    summary: "estimate a plan: calls, tokens, money, time",
    flags: [...flags.STORE, ...flags.TOOLS, ...flags.MODEL_FLAGS, flags.INPUT, flags.JSON_FLAG],
    examples: [{ words: "estimate plan.yaml -i month=May", does: "before it is paid for" }],
    note: flags.KEY_NOTE,
  },
  {
    name: "graph",
    arguments: [{ argument: "<file-or-run>", does: "a plan file, or a run", completes: "file" }],
    summary: "draw a plan",
    flags: [
      ...flags.STORE,
      ...flags.TOOLS,
      ...flags.modelFlags("executor"),
      { flag: "--format <format>", does: "how it is drawn", choices: ["ascii", "mermaid"], initial: "ascii" },
      flags.RAW,
    ],
    examples: [
      { words: "graph plan.yaml", does: "as text" },
      { words: "graph last --format mermaid > plan.mmd", does: "the plan of the last run, for Mermaid" },
    ],
  },
  {
    name: "tools",
    summary: "list the tools that plans may use, with types and effects; or show one",
    arguments: [
      { argument: "[name]", does: "the tool to show, with its arguments, output and labels", completes: "text" },
    ],
    flags: [...flags.STORE, ...flags.TOOLS, ...flags.modelFlags("executor"), flags.JSON_FLAG],
    examples: [
      { words: "tools --search docs/", does: "also with a built-in tool" },
      { words: "tools calculate", does: "all about one tool" },
    ],
  },
  {
    name: "schema",
    summary: "print the JSON Schema of a plan",
    examples: [{ words: "schema > plan.schema.json", does: "for the completion of an editor" }],
  },
];
