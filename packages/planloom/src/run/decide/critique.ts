// Decides about the critique of an answer: its drafts, what the critic says, and which draft is given. In: a run and an
// outcome. Out: facts. An answer that was written is never lost: whatever fails, the last draft is given.
import { LIMITS } from "../../limits.js";
import { placeInAnswer } from "../answer-text.js";
import { fact, type Fact } from "../event.js";
import type { AnswerCritique, AnswerOpinion, UnsupportedClaim } from "../event/judged.js";
import type { Failure } from "../failure.js";
import type { Outcome } from "../input.js";
import { critiqueRounds, criticOf } from "../judge-role.js";
import { owedAs } from "../lookup.js";
import type { Run } from "../state.js";
import { failedWith } from "../status.js";
import type { Json } from "../../plan/json.js";
import { NO_USAGE } from "../../plan/usage.js";
import { roleFailure } from "./failure.js";

/** The fact that puts a written answer before its critic; undefined if it has none. A partial answer has none. */
export function answerDrafted(run: Run, { answer, usage }: Outcome & { type: "answered" }): Fact | undefined {
  const critic = failedWith(run) === undefined ? criticOf(run) : undefined;
  if (critic === undefined) return undefined;
  return fact("answer.drafted", { round: (run.answering.draft?.round ?? 0) + 1, answer, critic, usage });
}

/** Facts after the critic's verdict: the synthesizer writes again, or the draft is given. */
export function critiqued(run: Run, input: Outcome & { type: "critiqued" }): Fact[] {
  const { draft } = run.answering;
  if (draft === undefined) return [];
  const { verdict, points, usage } = input;
  const opinion = { verdict, points, unsupported: placed(draft.answer, input.unsupported) };
  const again = verdict === "wanting" && draft.round <= critiqueRounds(run);
  const { round } = draft;
  const said = fact("answer.reviewed", { round, ...opinion, decision: again ? "rewrite" : "give", usage });
  return again ? [said] : [said, ...given(run, { ...draft, opinion })];
}

/** The claims that the answer has word for word, each once. */
function placed(answer: Json, texts: readonly string[]): readonly UnsupportedClaim[] {
  const claims = [...new Set(texts)].flatMap((text) => {
    const at = text.trim() === "" ? undefined : placeInAnswer(answer, text);
    return at === undefined ? [] : [{ at, text }];
  });
  return claims.slice(0, LIMITS.critiquePoints);
}

/** Facts after the critic gave no verdict: it is asked again while that may help. Then the draft is given unreviewed. */
export function notCritiqued(run: Run, input: Outcome & { type: "critique-failed" }, at: number): Fact[] {
  const { attempt } = owedAs(run, input.key, "critique");
  const data = roleFailure(run, attempt, input, at);
  const said = fact("critique.failed", data);
  return data.decision === "retry" ? [said] : [said, ...(lastDraft(run, input.error) ?? [])];
}

/** Facts that give the last draft of an answer that cannot be reviewed or written again; undefined if there is none. */
export function lastDraft(run: Run, because: Failure): Fact[] | undefined {
  const { draft } = run.answering;
  return draft === undefined ? undefined : given(run, draft, because);
}

function given(
  run: Run,
  { answer, round, opinion }: NonNullable<Run["answering"]["draft"]>,
  because?: Failure,
): Fact[] {
  const critique = { rounds: round - 1, ...standing(opinion, because) };
  return [
    fact("answer.written", { answer, partial: false, usage: NO_USAGE, critique }),
    fact("run.completed", { success: !run.execution.starved }),
  ];
}

function standing(opinion: AnswerOpinion | undefined, because: Failure | undefined): Omit<AnswerCritique, "rounds"> {
  if (opinion === undefined)
    return { agreed: false, points: [], unsupported: [], ...(because === undefined ? {} : { unreviewed: because }) };
  const { verdict, points, unsupported } = opinion;
  const unwritten = because === undefined ? {} : { unwritten: because };
  return { agreed: verdict === "fine", points, unsupported, ...unwritten };
}
