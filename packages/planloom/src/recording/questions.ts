// Lists what a run asks of models, tools and people, by name, so that two runs can be compared. In: a run and its open
// effects. Out: the places, with each question as data; and the error for a difference. The recorded run and the played
// run are read in the same way.
import { canonicalJson, type Json, type JsonObject } from "../plan/json.js";
import {
  isWork,
  type CallEffect,
  type Effect,
  type FillEffect,
  type PlanEffect,
  type WorkEffect,
} from "../run/effect.js";
import type { RunEvent } from "../run/event.js";
import { evolve } from "../run/evolve/evolve.js";
import {
  approvalQuestion,
  askQuestion,
  callKey,
  fillKey,
  isPlanKey,
  planKey,
  reconcileKey,
  renumbered,
} from "../run/keys.js";
import { planOf, reviewOf, workOf } from "../run/lookup.js";
import { emptyRun, type Run } from "../run/state.js";
import { directTool, ownFields } from "../plan/step-kind.js";

interface Question {
  /** `plan/2`, `review/1`, `call/find/1`, `reconcile/pay//1`, `answer/1`, `ask/find/`, `approval/pay/`. */
  readonly name: string;
  readonly what: Json;
}

/** Reads the questions of one run as they arise. */
export class QuestionReader {
  /** Planner requests have no names, so they are counted. */
  readonly #plans = new Map<string, number>();
  /** Numbers of the attempts of each work, in their order. */
  readonly #attempts = new Map<string, readonly string[]>();

  /** Number of questions about calls inside each agent step, and of questions of its tools. */
  readonly #held = new Map<string, number>();

  /** A question for a person. */
  forPerson(event: RunEvent): Question | undefined {
    if (event.type === "step.suspended") {
      const { question, data } = event.data;
      return { name: askQuestion(event.data), what: { question, data } };
    }
    if (event.type === "step.asked") {
      const { question, tool, type = null } = event.data;
      return { name: this.#next(askQuestion(event.data)), what: { tool, question, type } };
    }
    if (event.type !== "approval.requested") return undefined;
    const { subject, args, items, call } = event.data;
    const what = subject === "plan" ? "the plan" : ((items as Json | undefined) ?? args ?? {});
    const name = approvalQuestion(subject);
    return { name: call === undefined ? this.latest(name) : this.#next(name), what };
  }

  #next(name: string): string {
    this.#held.set(name, (this.#held.get(name) ?? 0) + 1);
    return this.latest(name);
  }

  /** The name of the latest question with this name. An agent step asks about one call after the other. */
  latest(name: string): string {
    const held = this.#held.get(name) ?? 1;
    return held === 1 ? name : `${name}/${held}`;
  }

  /** A question for a model or a tool. */
  of(run: Run, effect: WorkEffect): Question {
    switch (effect.kind) {
      case "plan":
        return { name: this.nameOf(effect.key), what: planQuestion(run, effect) };
      case "choose":
        return { name: effect.key, what: { goal: run.request.goal, inputs: run.request.inputs } };
      case "review":
        return { name: effect.key, what: { goal: run.request.goal, steps: [...run.execution.steps.keys()] } };
      case "fill":
      case "call":
        return { name: this.nameOf(effect.key), what: stepQuestion(run, effect) };
      case "reconcile":
        return { name: effect.key, what: { tool: effect.tool, key: effect.callKey } };
      case "compensate":
        return { name: effect.key, what: { tool: effect.tool, key: effect.effectKey } };
      case "judge": {
        const { expect = null } = run.execution.steps.get(effect.step)!.spec;
        return { name: this.nameOf(effect.key), what: { expect, judge: effect.role } };
      }
      case "critique":
        return { name: effect.key, what: { goal: run.request.goal, critic: effect.role } };
      case "answer":
        return { name: effect.key, what: { goal: run.request.goal, answer: planOf(run).plan.answer } };
    }
  }

  /** The questions that an event causes. Planner requests get their numbers here, whether they are answered or not. */
  begunBy(run: Run, event: RunEvent): readonly Question[] {
    return [...begunBy(run, event)].flatMap((effect) => (isWork(effect) ? [this.of(run, effect)] : []));
  }

  /** The name of an effect by its key. */
  nameOf(key: string): string {
    if (!isPlanKey(key)) return renumbered(key, (work, attempt) => this.#numberOf(work, attempt));
    const number = this.#plans.get(key) ?? this.#plans.size + 1;
    this.#plans.set(key, number);
    return planKey(number);
  }

  /** Attempts are counted, because kernels have numbered them with gaps. */
  #numberOf(work: string, attempt: string): number {
    const known = this.#attempts.get(work) ?? [];
    if (!known.includes(attempt)) this.#attempts.set(work, [...known, attempt]);
    return known.includes(attempt) ? known.indexOf(attempt) + 1 : known.length + 1;
  }
}

function planQuestion(run: Run, { rejected, replan }: PlanEffect): Json {
  const asked = {
    goal: run.request.goal,
    inputs: run.request.inputs,
    rejected: rejected.map(({ comment }) => comment),
  };
  if (replan === undefined) return asked;
  const { mode, cause, failed } = replan;
  return { ...asked, replan: { mode, cause, failed: failed.map((ref) => ({ ...ref })) } };
}

/** Leaves out titles and descriptions, which are for people. Keeps all that the tool or the model gets. */
function stepQuestion(run: Run, effect: FillEffect | CallEffect): Json {
  const { spec } = run.execution.steps.get(effect.step)!;
  if (effect.kind === "fill") return { ...(ownFields(spec) as JsonObject), args: effect.given };
  const tool = directTool(spec);
  if (tool !== undefined) return { tool, args: effect.args };
  return { ...(ownFields(spec) as JsonObject), output: spec.output ?? null, args: effect.args };
}

export const sameQuestion = (a: Json, b: Json): boolean => canonicalJson(a) === canonicalJson(b);

/** A recorded run, and all its questions, by name. */
export function readQuestions(events: readonly RunEvent[]): {
  readonly run: Run;
  readonly asked: ReadonlyMap<string, Json>;
  readonly questions: QuestionReader;
} {
  const run = emptyRun(events[0]!.runId);
  const asked = new Map<string, Json>();
  const questions = new QuestionReader();
  for (const event of events) {
    evolve(run, event);
    const person = questions.forPerson(event);
    if (person !== undefined) asked.set(person.name, person.what);
    for (const { name, what } of questions.begunBy(run, event)) asked.set(name, what);
  }
  return { run, asked, questions };
}

/** The effects that an event opens. Steps are looked up, because a wide run has many open effects at once. */
function begunBy(run: Run, { type, data }: RunEvent): Iterable<Effect> {
  if (type === "step.started" || type === "step.filling") {
    const work = workOf(run, data);
    const effect = run.owed.get(type === "step.started" ? callKey(work) : fillKey(work));
    return effect === undefined ? [] : [effect];
  }
  if (type === "step.judging" || type === "judge.failed") {
    const effect = run.owed.get(workOf(run, data).judging?.request ?? "");
    return effect === undefined ? [] : [effect];
  }
  if (type === "step.unknown" || type === "reconcile.failed") {
    const effect = run.owed.get(reconcileKey(workOf(run, data)));
    return effect === undefined ? [] : [effect];
  }
  if (!type.startsWith("step.")) return run.owed.values();
  const review = reviewOf(run);
  return review === undefined ? [] : [run.owed.get(review)!];
}
