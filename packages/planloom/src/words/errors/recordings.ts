// Words for errors of recordings and replays: a file that is not a recording, and a run that differs from its
// recording.
import { byCase } from "../by-case.js";
import { errorsOf, type Finding } from "../../plan/finding.js";
import { findingText } from "../findings.js";
import type { Json, JsonObject } from "../../plan/json.js";
import { readQuestion } from "../../run/keys.js";
import type { Difference } from "../../run/log/decisions.js";
import { countOf, cut, type ErrorTable } from "../error-words.js";

/** Why a document is not a recording. `reason` is the text of Node, JSON or the fold. */
export type RecordingFault =
  | { readonly problem: "version" | "no-run" | "empty" }
  | { readonly problem: "unreadable"; readonly reason: string }
  /** A person's answer that no log holds, because `expect` refused it. */
  | { readonly problem: "answer"; readonly seq: number; readonly type: string };

/**
 * Where a run differs from its recording. `name` is what is asked, by its key: `plan/2`, `call/find/1`, `ask/find/`.
 */
type Departure =
  | ({ readonly differs: "new" | "changed" | "gone"; readonly name: string } & Sides)
  | ({ readonly differs: "end" } & Sides)
  | { readonly differs: "command"; readonly command: string; readonly recorded: Json; readonly now: JsonObject }
  | { readonly differs: "plan"; readonly findings: readonly Finding[] };

/** The recorded value and the current one. null if there is none. */
interface Sides {
  readonly recorded: Json;
  readonly now: Json;
}

export interface RecordingErrors {
  RUN_NOT_STOPPED: { readonly runId: string };
  RECORDING_INVALID: { readonly file?: string } & RecordingFault;
  RECORDING_DIFFERS: Departure;
  REPLAY_DIFFERS: { readonly runId: string; readonly differences: readonly Difference[] };
}

export const RECORDING_ERRORS: ErrorTable<RecordingErrors> = {
  RUN_NOT_STOPPED: {
    kind: "refused",
    message: ({ runId }) => `Run ${runId} has not stopped: some of its calls are open.`,
    next: ({ runId }) => [
      "Record it when it has stopped. If no process drives it, continue it first with ",
      { action: "resume", runId },
      ".",
    ],
  },
  RECORDING_INVALID: {
    kind: "usage",
    message: (params) => {
      if (params.problem === "answer")
        return (
          `Event ${params.seq} (${params.type}) answers a person's message that no log holds, because \`expect\` ` +
          "refused it."
        );
      return `${params.file ?? "The document"} is not a recording that can be read: ${invalidText(params)}.`;
    },
    next: ({ problem }) =>
      problem === "answer"
        ? ["Record a run in which the person's answer is accepted."]
        : ["Record a run again with ", { action: "record" }, "."],
  },
  RECORDING_DIFFERS: {
    kind: "run",
    message: (params) => {
      const [recorded, now] = sidesOf(params);
      return `The run differs from its recording${departureText(params)}\n  recorded: ${recorded}\n  now:      ${now}`;
    },
    next: () => [
      "If the change is meant, record the run again with ",
      { action: "record" },
      ". Otherwise undo what changed in the plan, the tools or the inputs.",
    ],
  },
  REPLAY_DIFFERS: {
    kind: "run",
    message: ({ runId, differences }) => {
      const lines = differences
        .slice(0, 10)
        .map(
          ({ seq, field, recorded, replayed }) =>
            `\n  event ${seq}, ${field}: recorded ${brief(recorded)}, replayed ${brief(replayed)}`,
        );
      const more = differences.length > lines.length ? `\n  and ${differences.length - lines.length} more` : "";
      return (
        `The replay of run ${runId} differs from its log in ` +
        `${countOf(differences.length, "name")}:${lines.join("")}${more}`
      );
    },
    next: ({ runId }) => [
      "Look at these events with ",
      { action: "events", runId },
      ". A difference in `prev` means that the log was changed. Any other means that this kernel decides differently " +
        "from the one that wrote the log.",
    ],
  },
};

const invalidText: (fault: RecordingFault) => string = byCase("problem", {
  version: () => "it is not a recording of version 1",
  "no-run": () => "it does not name its run",
  empty: () => "it holds no events",
  unreadable: ({ reason }) => reason,
  answer: () => "",
});

function sidesOf(departure: Departure): readonly [recorded: string, now: string] {
  if (departure.differs === "plan")
    return ["a sound plan", errorsOf(departure.findings).map(findingText).join("\n            ")];
  return [shown(departure.recorded), shown(departure.now)];
}

const departureText: (departure: Departure) => string = byCase("differs", {
  new: ({ name }) => ` at ${questionText(name)}: it is not in the recording.`,
  changed: ({ name }) => ` at ${questionText(name)}: it is asked something else.`,
  gone: ({ name }) => ` at ${questionText(name)}: it is not asked now.`,
  end: () => ": it ends differently.",
  plan: () => ": its plan does not pass check now.",
  command: ({ command }) => `: a person's ${command} is refused.`,
});

/** `step find, attempt 1`, `item 0 of step find, attempt 2`, `planner request 1`. */
const questionText = (text: string): string => questionWords(readQuestion(text));

const questionWords: (name: ReturnType<typeof readQuestion>) => string = byCase("kind", {
  plan: ({ number }) => `planner request ${number}`,
  choose: ({ number }) => `the choice of a strategy after event ${number}`,
  review: ({ number }) => `review ${number} of the plan`,
  answer: ({ number }) => `the answer, attempt ${number}`,
  critique: ({ number }) => `critique ${number} of the answer`,
  judge: (name) => `the judgement of ${workText(name)}, attempt ${name.attempt}`,
  call: (name) => `${workText(name)}, attempt ${name.attempt}`,
  fill: (name) => `the arguments of ${workText(name)}, attempt ${name.attempt}`,
  reconcile: (name) => `what became of ${workText(name)}`,
  ask: (name) => `the question of ${workText(name)}`,
  approval: (name) => `the approval of ${workText(name)}`,
  "plan-approval": () => "the approval of the plan",
  other: ({ name }) => `"${cut(name, 200)}"`,
});

const workText = ({ step, item }: { readonly step: string; readonly item?: string }): string =>
  item === undefined ? `step ${step}` : `item ${item} of step ${step}`;

function shown(value: Json): string {
  if (value === null) return "nothing";
  return cut(typeof value === "string" ? value : JSON.stringify(value), 1_000);
}

const brief = (value: Json): string => cut(JSON.stringify(value), 200);
