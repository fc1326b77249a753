// Short texts of an evidence card: verdicts, plans, approvals and times. In: figures and codes. Out: text. A
// figure that is not known is said so, and never shown as 0.
import { durationText } from "./phrases.js";

export const VERDICTS = { clean: "clean", found: "found", "not-checked": "not checked" } as const;

const CAUSES: { readonly [cause: string]: string } = {
  given: "as given",
  fork: "of the fork",
  goal: "for the goal",
  questions: "the questions of the planner",
  rejection: "after a rejection",
  edit: "changed by a person",
  patch: "a patch",
  replan: "planned anew",
  "goal-change": "for the new goal",
};

export const planCauseText = (cause: string): string => CAUSES[cause] ?? cause;

interface Approved {
  readonly approval: "not-asked" | "waiting" | "granted" | "denied";
  readonly by?: string;
  readonly unseen?: true;
  readonly comment?: string;
}

/** `approved by ann`. */
export function approvalText({ approval, by, unseen, comment }: Approved): string {
  const said = comment === undefined ? "" : `: ${comment}`;
  if (approval === "not-asked") return "no approval was asked for";
  if (approval === "waiting") return "waits for approval";
  if (approval === "denied") return `not approved (${by ?? "nobody"})${said}`;
  return `approved by ${by ?? "nobody"}${unseen === true ? ", by a rule that nobody looked at" : ""}${said}`;
}

/** `3.8 s`, or `not known`. */
export const spanText = (ms: number | null): string => (ms === null ? "not known" : durationText(ms));

/** A figure, or `not known`. */
export const figureText = (figure: number | null): string =>
  figure === null ? "not known" : figure.toLocaleString("en-US");

interface Refused {
  readonly seq: number;
  readonly reason: string;
}

/** A log that the kernel does not take. */
export const refusedText = ({ seq, reason }: Refused): string =>
  `event ${seq} makes no run with the events before it (${reason}); status, trace and answer are those before it`;
