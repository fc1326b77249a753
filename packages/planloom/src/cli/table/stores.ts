// The commands about the store as a whole. In: nothing. Out: their data.
import type { CommandData } from "./command.js";
import * as flags from "./flags.js";

const COMMON = [...flags.STORE, flags.JSON_FLAG];

export const STORES: readonly CommandData[] = [
  {
    name: "store",
    summary: "check, back up and prune the store",
    flags: COMMON,
    examples: [{ words: "store", does: "the same as store info" }],
    commands: [
      {
        name: "info",
        summary: "show the size of the store and what it holds",
        flags: COMMON,
        examples: [{ words: "store info", does: "sizes and counts" }],
      },
      {
        name: "check",
        summary: "read every run and verify it; exit 1 if anything is damaged",
        flags: COMMON,
        examples: [{ words: "store check", does: "all checksums, hash chains and large values" }],
      },
      {
        name: "backup",
        arguments: [{ argument: "<file>", does: "the copy; it must not exist yet", completes: "file" }],
        summary: "copy the whole store into one file, while runs are driven",
        flags: COMMON,
        examples: [{ words: "store backup runs-monday.db", does: "a complete store in one file" }],
      },
      {
        name: "prune",
        summary: "remove old runs for good, after a question",
        description:
          "Removes ended runs whose last event is old enough, with all that the store has of them. It shows what it would remove and asks. Child runs go with the run above them. A run that a live process drives stays.",
        flags: [
          ...flags.STORE,
          {
            flag: "--older-than <duration>",
            does: "runs whose last event is older: 30d, 12h",
            otherwise: "retention in the configuration",
          },
          { flag: "--status <list>", does: "runs with these statuses", otherwise: "completed,failed,cancelled" },
          { flag: "-y, --yes", does: "do not ask" },
          flags.JSON_FLAG,
        ],
        examples: [
          { words: "store prune --older-than 30d", does: "see what is old, and answer" },
          { words: "store prune --older-than 90d --status completed --yes", does: "in a nightly job" },
        ],
      },
      {
        name: "vacuum",
        summary: "give the free space of the store back to the disk",
        flags: COMMON,
        examples: [{ words: "store vacuum", does: "after a large prune" }],
      },
      {
        name: "accept-loss",
        summary: "use a store that has lost its write-ahead log, without what was only there",
        flags: COMMON,
        examples: [{ words: "store accept-loss --store copy.db", does: "what the file holds can be used again" }],
      },
    ],
  },
];
