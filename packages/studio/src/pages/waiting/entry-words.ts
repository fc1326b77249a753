// The words of entries in the inbox. In: an entry. Out: its kind, what it is about, and its state.
import type { WaitingEntry } from "../../api/people.js";
import type { Shape } from "../../parts/state.js";

export const KIND_WORDS: { readonly [kind in WaitingEntry["kind"]]: string } = {
  doubt: "Unknown outcome",
  unusable: "Unusable output",
  undoing: "Failed undoing",
  plan: "Approve a plan",
  call: "Approve a call",
  question: "Question",
  retry: "Retry",
  timer: "Time limit",
};

export const goesByItself = ({ kind }: WaitingEntry): boolean => kind === "retry" || kind === "timer";

export function shapeOf({ kind }: WaitingEntry): Shape {
  if (kind === "doubt") return "unknown";
  if (kind === "unusable" || kind === "undoing") return "unusable";
  if (kind === "retry") return "retrying";
  return kind === "timer" ? "queued" : "waiting";
}

/** What the entry is about, in a line. */
export function shortName(entry: WaitingEntry): string {
  switch (entry.kind) {
    case "plan":
      return `${entry.goal}, revision ${entry.revision}`;
    case "call":
      return withoutStop(entry.call.says);
    case "question":
      return entry.question;
    case "timer":
      return entry.goal;
    default:
      return withoutStop(entry.says);
  }
}

export const withoutStop = (text: string): string => text.replace(/\.$/u, "");
