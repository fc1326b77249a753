// The words for what a run does about a failed attempt. In: the decision and its reason. Out: a clause.
import type { EventData } from "../run/event.js";
import { reasonText } from "./reasons.js";

type Decided = Pick<EventData["step.failed"], "decision" | "reason">;

const DECISIONS: { readonly [decision in Decided["decision"]]: string } = {
  retry: "it is tried again",
  skip: "the run goes on without it",
  fail: "the step has failed",
  patch: "the plan is mended",
  replan: "the rest is planned again",
};

/** `it is tried again: attempt 1 of 4 failed`. */
export const decisionText = ({ decision, reason }: Decided): string => `${DECISIONS[decision]}: ${reasonText(reason)}`;
