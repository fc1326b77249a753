// The commands about playbooks. In: nothing. Out: their data.
import type { CommandData } from "./command.js";
import * as flags from "./flags.js";

const NAME = { argument: "<name>", does: "the name of the playbook", completes: "text" } as const;

const YES = { flag: "-y, --yes" } as const;

export const PLAYBOOKS: readonly CommandData[] = [
  {
    name: "save",
    arguments: [flags.RUN],
    summary: "save the plan of a run as a playbook, with the goal's data as inputs",
    description:
      "Saves the approved or completed plan of a run in the folder playbooks. A rule proposes inputs: literals that the goal names, or that several steps use. You confirm each in the terminal, or by flags.",
    flags: [
      ...flags.STORE,
      { flag: "--as <name>", does: "the name of the playbook", isRequired: true },
      { ...YES, does: "take all proposed inputs" },
      {
        flag: "--as-input <name>",
        does: "take this proposal; NEW=NAME renames it, NEW=/steps/0/with/week takes a literal by its place",
        isRepeatable: true,
        conflicts: ["yes", "fixed"],
      },
      { flag: "--fixed", does: "take no proposal: every literal stays", conflicts: ["yes"] },
      { flag: "--force", does: "replace a playbook of this name" },
      flags.JSON_FLAG,
    ],
    examples: [
      { words: "save last --as weekly-report", does: "confirm each proposed input in the terminal" },
      { words: "save last --as weekly-report --as-input week", does: "only the week changes" },
    ],
  },
  {
    name: "playbooks",
    summary: "list the playbooks of the project: inputs, last runs, standing approval, whether each can still run",
    flags: [...flags.STORE, ...flags.TOOLS, ...flags.modelFlags("executor"), flags.JSON_FLAG],
    examples: [
      { words: "playbooks", does: "see what can run without a planner" },
      { words: "playbooks --json", does: "for a program" },
    ],
    commands: [
      {
        name: "approve",
        arguments: [NAME],
        summary: "give a playbook a standing approval: its runs then need no person",
        description:
          "Approves the program of a playbook: its plan and the definitions of its tools. Each input is fixed to one value, unless it is free. The approval stands in your own list, outside of the project.",
        flags: [
          ...flags.STORE,
          ...flags.TOOLS,
          ...flags.modelFlags("executor"),
          { flag: "--free <name>", does: "an input that may have other values", isRepeatable: true },
          { ...flags.INPUT, does: "the value to which an input is fixed", otherwise: "its default" },
          { flag: "--until <time>", does: "when it expires: 30d, or a date", otherwise: "never" },
          { flag: "--revoke", does: "take the standing approval back", conflicts: ["free", "input", "until"] },
          { ...YES, does: "do not ask" },
          flags.JSON_FLAG,
        ],
        examples: [
          { words: "playbooks approve weekly-report --free week", does: "any week, the same recipient" },
          { words: "playbooks approve weekly-report --revoke", does: "each run asks again" },
        ],
      },
    ],
  },
];
