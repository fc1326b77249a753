// Decides about questions that tools ask during their calls. In: a question, an answer, or the end of the time. Out:
// facts. The step waits for a person; after the answer, advance.ts begins the same attempt again.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import { canonicalJson, type Json } from "../../plan/json.js";
import { nonconformity, type Misfit } from "../../plan/type/conform.js";
import { typeOf } from "../../plan/type/schema.js";
import { mismatch, STRING, type Type } from "../../plan/type/type.js";
import type { Usage } from "../../plan/usage.js";
import { fact, type AgentProgress, type Fact, type ToolQuestion } from "../event.js";
import { failWith } from "../failure.js";
import type { Outcome } from "../input.js";
import { callsOf, progressOf } from "../progress.js";
import type { Run } from "../state.js";
import type { OpenQuestion, Work } from "../work.js";
import { failed, refOf, whyStopped } from "./failure.js";

/** A tool asks. If nobody attends the run, the call fails. */
export function asked(run: Run, work: Work, input: Outcome & { type: "asked" }, at: number): Fact[] {
  const { ask, call, usage } = input;
  const stopped = stoppedWaiting(run, work, input);
  if (stopped.length > 0) return stopped;
  const { approvalMs, attended } = run.request.settings;
  if (!attended) {
    return failed(run, work, failWith("ASK_UNATTENDED", { tool: call.tool }), at, { usage, ...progressOf(input) });
  }
  const question = beginning(ask.question, LIMITS.askChars);
  const until = { expiresAt: at + approvalMs, usage, ...callsOf(input) };
  return [fact("step.asked", { ...refOf(work), attempt: work.attempt, ...call, ...ask, question, ...until })];
}

/** The run is being cancelled, so a call that would wait for a person is stopped. Empty if it is not. */
export function stoppedWaiting(run: Run, work: Work, ended: AgentProgress & { readonly usage: Usage }): Fact[] {
  const reason = whyStopped(run);
  if (reason === undefined) return [];
  const error = failWith("ABORTED", { how: "stopped" }, { retryable: true });
  const { attempt } = work;
  const { usage } = ended;
  return [
    fact("step.cancelled", { ...refOf(work), attempt, reason, usage, ending: "abort", error, ...callsOf(ended) }),
  ];
}

/** Nobody has answered in time. Nothing of the call is in doubt: its tool had not finished. */
export function unanswered(run: Run, work: Work, at: number): Fact[] {
  const { tool } = work.asking ?? { tool: "" };
  return failed(run, work, failWith("ASK_EXPIRED", { tool }), at);
}

export const answered = (work: Work, { key, number }: OpenQuestion, value: Json): Fact =>
  fact("step.answered", { ...refOf(work), key, number, value });

/** The answer of a person who declines. */
const DECLINED = canonicalJson({ declined: true });

/** Why a value does not answer the question; undefined if it does. */
export function answerMisfit({ declines, type }: ToolQuestion, value: Json): Misfit | undefined {
  if (declines === true && canonicalJson(value) === DECLINED) return undefined;
  if (type === undefined) return mismatch(value, STRING);
  if (typeof type === "object") return nonconformity(value, type);
  const parsed = typeOf(type);
  return parsed.ok ? mismatch(value, parsed.type) : undefined;
}

/** The type that the answer to the open question of this work must have; undefined if none is declared. */
export function typeAsked({ asking, step: { spec } }: Work): Type | undefined {
  const declared = asking === undefined ? spec.output : asking.type;
  const parsed = declared === undefined ? undefined : typeOf(declared);
  return parsed?.ok === true ? parsed.type : undefined;
}
