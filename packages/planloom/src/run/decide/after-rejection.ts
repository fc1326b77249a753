// Tells what will follow if a person rejects what waits for approval. In: a run and a pending approval. Out: a code.
// The question shows it. It is decided again when the person answers.
import { failWith } from "../failure.js";
import { findWork } from "../lookup.js";
import type { PendingApproval, Run } from "../state.js";
import { verdictOn } from "./policy.js";

/**
 * plan, patch: the planner reads the comment and writes another plan, or mends this one. model: the model of the agent
 * step reads it and goes on. skip, fail: the step is skipped, or fails. end: the run ends. left: the call is
 * not undone.
 */
export type AfterRejection = "plan" | "patch" | "model" | "skip" | "fail" | "end" | "left";

export function afterRejection(run: Run, { subject, call, undoes }: PendingApproval): AfterRejection {
  const { models, settings } = run.request;
  if (undoes !== undefined) return "left";
  if (subject === "plan")
    return models.planner !== null && run.planning.rejections < settings.rejections ? "plan" : "end";
  if (call !== undefined) return "model";
  const work = findWork(run, subject);
  if (work === undefined) return "fail";
  const error = failWith("CALL_REJECTED", { comment: "" });
  const { decision } = verdictOn(run, work.step, error, { code: "NOT_RETRYABLE" });
  return decision === "replan" ? "plan" : decision;
}
