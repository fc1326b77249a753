// The lines of plans and of the answer in a list. In: a state and facts as data. Out: one line, which begins with the
// word of the state.
import type { EventData } from "../run/event.js";
import type { Failure } from "../run/failure.js";
import type { RowStatus } from "../run/view/row-status.js";
import { failureText } from "./failures.js";
import { andList, counted } from "./phrases.js";
import { cutLine } from "./row-lines.js";

interface PhaseFacts {
  readonly status: RowStatus;
  /** Model calls until now. */
  readonly calls: number;
  readonly attempt?: number;
  readonly error?: Failure;
}

interface PlanFacts extends PhaseFacts {
  readonly revision: number;
  readonly cause?: EventData["plan.proposed"]["cause"];
  readonly denied?: EventData["approval.denied"]["cause"];
  /** Tool calls of the planner before this plan. */
  readonly scouted?: number;
}

interface AnswerFacts extends PhaseFacts {
  /** Ids of the steps that it is made of. */
  readonly needs: readonly string[];
  /** The run failed, and the answer is made of what was done. */
  readonly partial?: true;
}

const DENIED: { readonly [cause in NonNullable<PlanFacts["denied"]>]: string } = {
  rejected: "rejected by a person",
  expired: "nobody approved in time",
  cancelled: "not approved",
  superseded: "another plan or goal took its place",
};

const joined = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== "").join(" · ");

const callsText = (calls: number): string | undefined => (calls === 0 ? undefined : counted(calls, "call"));
const attemptText = ({ attempt = 1 }: PhaseFacts): string | undefined =>
  attempt < 2 ? undefined : `attempt ${attempt}`;

/** The words of states that say the same for every phase. */
function stateLine(facts: PhaseFacts): string {
  const { status, error } = facts;
  if (status === "failed") return joined(["failed", error && cutLine(failureText(error))]);
  return joined([status, attemptText(facts), error?.code]);
}

export function planLine(facts: PlanFacts): string {
  const { status, revision, calls, denied, scouted = 0 } = facts;
  const looked = scouted === 0 ? undefined : `looked first: ${counted(scouted, "tool call")}`;
  if (status === "done") return joined([`done`, `revision ${revision}`, attemptText(facts), callsText(calls), looked]);
  if (status === "waiting") return joined(["waits for you", "approve the plan"]);
  if (status === "cancelled") return (denied && DENIED[denied]) ?? "cancelled";
  return stateLine(facts);
}

export function answerLine(facts: AnswerFacts): string {
  const { status, calls, needs, partial } = facts;
  const from = needs.length === 0 || needs.length > 3 ? undefined : `from ${andList(needs)}`;
  if (status === "done") return joined(["done", partial && "partial", attemptText(facts), callsText(calls), from]);
  if (status === "planned") return joined(["not started", from]);
  if (status === "cancelled") return joined(["cancelled", "not written"]);
  return stateLine(facts);
}
