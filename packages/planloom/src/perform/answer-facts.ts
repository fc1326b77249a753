// The facts that the synthesizer writes the answer from: outputs, the wanted form, and what is missing. In: a run. Out:
// facts for its prompt. In a run that has failed they are those of what is done.
import type { AnswerFacts } from "../agents/prompts.js";
import type { Answer, Plan } from "../plan/plan.js";
import { withValues } from "../plan/playbook/places.js";
import { answerType } from "../run/answer-type.js";
import { doneSteps, notDoneSteps } from "../run/done.js";
import { planOf } from "../run/lookup.js";
import type { Run } from "../run/state.js";
import { roundsOf, tookUnmet } from "../run/rounds.js";
import { failedWith } from "../run/status.js";
import type { FanOut, StepState } from "../run/work.js";
import { missingText } from "../words/missing.js";

type Named = Answer & { readonly kind: "from" };
type Outputs = AnswerFacts["outputs"];

export function answerFacts(run: Run): AnswerFacts {
  const { plan } = planOf(run);
  const { answer } = plan;
  const named = answer.kind === "from" ? answer : undefined;
  const form = named?.instructions && formOf(run, plan, named.instructions);
  const facts = { goal: run.request.goal, ...(form === undefined ? {} : { form }) };
  if (failedWith(run) !== undefined) return { ...facts, outputs: partialOutputs(run), missing: missingLines(run) };
  const wanted = answerType(run);
  return {
    ...facts,
    outputs: named === undefined ? [] : outputsFor(run, named),
    ...(wanted === undefined ? {} : { wanted }),
    ...reviewOf(run),
  };
}

/** The draft that is written again. */
function reviewOf({ answering: { draft } }: Run): Pick<AnswerFacts, "review"> {
  if (draft?.opinion === undefined) return {};
  const { points, unsupported } = draft.opinion;
  return { review: { draft: draft.answer, points, unsupported: unsupported.map(({ text }) => text) } };
}

/** In a run from a playbook, the places of its inputs are filled. */
function formOf({ request }: Run, plan: Plan, instructions: string): string {
  const { playbook, inputs, trust } = request;
  return playbook === undefined ? instructions : withValues(instructions, plan, inputs, trust);
}

/** The named steps. If the plan names none: all that have finished, those that nothing else waits for as a whole. */
function outputsFor(run: Run, { from, all }: Named): Outputs {
  const last = new Set(from);
  const ids = all === true ? doneSteps(run).map(({ state }) => state.spec.id) : from;
  return ids.map((id) => {
    const state = run.execution.steps.get(id)!;
    const { spec, work } = state;
    const output = { id, title: spec.title, output: work.output ?? null, ...unmetIn(state) };
    return last.has(id) ? { ...output, whole: true } : output;
  });
}

/** All that is done. The steps that no other finished step has used are shown as a whole. */
function partialOutputs(run: Run): Outputs {
  const done = doneSteps(run);
  const ids = new Set(done.map(({ state }) => state.spec.id));
  return done.map(({ state, output }) => {
    const { spec, dependents } = state;
    const shown = { id: spec.id, title: spec.title, output, ...unmetIn(state) };
    return dependents.some((later) => ids.has(later.spec.id)) ? shown : { ...shown, whole: true as const };
  });
}

/** The rounds of a step that took its last output, although `until` was not met. */
function unmetIn(state: StepState): Pick<Outputs[number], "unmet"> {
  const { repeat } = state.spec;
  if (repeat === undefined || !tookUnmet(state)) return {};
  return { unmet: { rounds: roundsOf(state)?.round ?? repeat.most, until: repeat.until } };
}

const missingLines = (run: Run): readonly string[] =>
  notDoneSteps(run).map(({ spec, work, fan }) =>
    missingText({
      id: spec.id,
      title: spec.title,
      ...(fan === undefined ? {} : { items: itemsOf(fan) }),
      ...(work.error === undefined ? {} : { error: work.error }),
    }),
  );

const itemsOf = ({ items }: FanOut) => ({
  done: items.filter(({ status }) => status === "completed").length,
  of: items.length,
});
