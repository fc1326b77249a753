// The commands that read runs. In: nothing. Out: their data.
import type { CommandData } from "./command.js";
import * as flags from "./flags.js";

export const READERS: readonly CommandData[] = [
  {
    name: "runs",
    summary: "list runs, the newest first",
    flags: [
      ...flags.STORE,
      {
        flag: "--status <list>",
        does: "only these: a status, waiting (for a person) or unreadable; several with commas",
      },
      { flag: "--text <part>", does: "only those with this in their goal or id" },
      flags.TAG,
      { flag: "--playbook <name>", does: "only those of this playbook" },
      { flag: "--since <time>", does: "only those with an event since then: 30m, 12h, 2d ago, or a date" },
      { flag: "--children", does: "also the runs of sub-plans" },
      { flag: "--limit <n>", does: "maximum number", otherwise: "50" },
      { flag: "--cursor <cursor>", does: "continue the previous list" },
      flags.JSON_FLAG,
    ],
    examples: [
      { words: "runs --status waiting", does: "what waits for a person" },
      { words: "runs --since 2d --tag nightly --json", does: "for a program" },
    ],
  },
  {
    name: "show",
    arguments: [flags.RUN],
    summary: "show a run: plan, steps, answer",
    flags: [
      ...flags.STORE,
      { flag: "--trace", does: "show inputs, outputs, attempts, errors and turns of each step" },
      {
        flag: "--at <step>",
        does: "a point of the run: the start of this step, or of step[item]; shows its context",
        conflicts: ["trace"],
      },
      { flag: "--depth <n>", does: "how many levels of sub-plans are opened below their steps", otherwise: "3" },
      flags.JSON_FLAG,
    ],
    examples: [
      { words: "show last", does: "the newest run" },
      { words: "show last --trace", does: "with everything that its steps read and wrote" },
      { words: "show run_mx3 --at summary", does: "by the beginning of its id: what the step summary saw" },
    ],
  },
  {
    name: "report",
    arguments: [flags.RUN],
    summary: "print the evidence card of a run: plan, trace, failure checks, expected result",
    flags: [
      ...flags.STORE,
      {
        flag: "--expected <file>",
        does: "compare the answer with this: a value in .json or .yaml, else a text; exit 1 if it differs",
      },
      { flag: "--markdown", does: "print Markdown", conflicts: ["json"] },
      flags.JSON_FLAG,
    ],
    examples: [
      { words: "report last", does: "what happened, and what can be doubted" },
      { words: "report last --markdown > card.md", does: "to keep it" },
      { words: "report last --expected expected.json", does: "for a test: exit 1 if the answer is another one" },
    ],
  },
  {
    name: "export",
    arguments: [flags.RUN],
    summary: "write a run to one file, without secrets",
    flags: [...flags.STORE, { flag: "-o, --output <file>", does: "write to this file, not to standard output" }],
    examples: [{ words: "export last -o run.json", does: "the run, to look at elsewhere" }],
  },
  {
    name: "delete",
    arguments: [flags.RUN],
    summary: "delete a run that nobody drives, with all that the store has of it",
    flags: [...flags.STORE, flags.JSON_FLAG],
    examples: [{ words: "delete run_mx3gkgjh", does: "for good: its log, its journal and its values" }],
  },
  {
    name: "diff",
    arguments: [
      flags.RUN,
      { argument: "[from]", does: "a revision (default: the last but one)", completes: "text" },
      { argument: "[to]", does: "a revision (default: the last)", completes: "text" },
    ],
    summary: "show the difference between two plans of a run, and the reason",
    flags: [...flags.STORE, flags.JSON_FLAG],
    examples: [{ words: "diff last 1 2", does: "what the second plan changed" }],
  },
  {
    name: "replay",
    arguments: [flags.RUN],
    summary: "rebuild a run from its log; calls nothing",
    flags: [
      ...flags.STORE,
      { flag: "--strict", does: "repeat every decision of the kernel; exit 1 if one differs" },
      flags.RECORD,
      flags.JSON_FLAG,
    ],
    examples: [
      { words: "replay last --strict", does: "prove that the log gives the same run" },
      { words: "replay last --record run.json", does: "a recording, for run --from-recording" },
    ],
  },
  {
    name: "events",
    arguments: [flags.RUN],
    summary: "print the log of a run as JSON lines",
    flags: [...flags.STORE, { flag: "-f, --follow", does: "continue until the run has ended" }],
    examples: [{ words: "events last --follow | jq -r .type", does: "follow a run by its events" }],
  },
  {
    name: "watch",
    arguments: [flags.RUN],
    summary: "follow a run that another process drives; prints its answer at the end",
    flags: [...flags.STORE, flags.QUIET, flags.RAW, flags.JSON_FLAG],
    examples: [
      { words: "watch last", does: "see its table and its answer" },
      { words: "watch last -q > answer.md", does: "wait for the answer" },
    ],
  },
  {
    name: "answer",
    arguments: [flags.RUN],
    summary: "print the answer of a run",
    flags: [
      ...flags.STORE,
      flags.QUIET,
      ...flags.TOOLS,
      ...flags.modelFlags("synthesizer"),
      ...flags.BUDGET,
      flags.PARTIAL,
      flags.RAW,
      flags.JSON_FLAG,
      flags.NO_RUN,
    ],
    examples: [
      { words: "answer last > answer.md", does: "the answer alone" },
      { words: "answer last --partial", does: "of a failed run: what is done, and what is missing" },
      { words: "answer last --json", does: "the run with its answer, as one document" },
    ],
    note: flags.KEY_NOTE,
  },
];
