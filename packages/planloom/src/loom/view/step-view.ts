// One step, item or phase for people. In: the log of its run, its journal, and its key. Out: a view as data with words.
import { typeFromSchema, typeOf } from "../../plan/type/schema.js";
import { listOf, STRING, typeText, type Type } from "../../plan/type/type.js";
import { directTool, givesText, toolNames, wordsOf } from "../../plan/step-kind.js";
import type { Step } from "../../plan/plan.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import type { Json } from "../../plan/json.js";
import type { RunEvent, StepRef } from "../../run/event.js";
import { phaseKey } from "../../run/keys.js";
import { answerNeedsOf } from "../../plan/graph.js";
import { originOfOutput } from "../../run/view/origins.js";
import type { Lane } from "../../run/view/lane.js";
import type { RunTimeline } from "../../run/view/timeline.js";
import type { StepState, Work } from "../../run/work.js";
import type { JournalRow } from "../../store/event-store.js";
import { judgedText } from "../../words/judged.js";
import { ANSWER_TITLE } from "../../words/row-titles.js";
import { argumentsOf, originView } from "./arguments.js";
import { attemptsOf } from "./attempts.js";
import { EFFECTS, type RowContext } from "./row-context.js";
import { itemView, rowKey, stepRow, type ShownStep } from "./rows.js";
import type { StepView } from "./run-view.js";
import { eventsAbout } from "./step-events.js";
import { turnsOf } from "./turns.js";

/** A step as it was found by its key, or one item of it. */
export interface FoundStep {
  readonly shown: ShownStep;
  readonly work: Work;
  readonly ref: StepRef;
}

/** By the key of a row, or by the id of a step that only an earlier plan had. undefined: there is none. */
export function findStep(steps: readonly ShownStep[], key: string, item: number | undefined): FoundStep | undefined {
  const shown = steps.find((one) => rowKey(one) === key) ?? steps.findLast(({ state }) => state.spec.id === key);
  if (shown === undefined) return undefined;
  const { work, fan, spec } = shown.state;
  if (item === undefined) return { shown, work, ref: { step: spec.id } };
  const one = fan?.items[item];
  return one === undefined ? undefined : { shown, work: one, ref: { step: spec.id, item } };
}

/** `rows`: the journal of the step or item. */
export function stepViewOf(
  { shown, work, ref }: FoundStep,
  log: readonly RunEvent[],
  rows: readonly JournalRow[],
  context: RowContext,
): StepView {
  const { run } = context;
  const { state, lanes } = shown;
  const lane = ref.item === undefined ? lanes?.own : lanes?.items.get(ref.item);
  const { text } = wordsOf(state.spec);
  const output = outputOf(state, work);
  const type = outputType(state, work);
  const attempts = lane === undefined ? [] : attemptsOf(lane, context.endMs);
  const during = spanOf(shown, context.timeline);
  return {
    row: stepRow(shown, context),
    ...(ref.item === undefined ? {} : { item: itemView(shown, work, context) }),
    ...(text === undefined ? {} : { instruction: text }),
    may: toolsOf(state, context),
    ...(output === undefined ? {} : { output }),
    ...(work.judged === undefined ? {} : { judged: judgedText(work.judged) }),
    ...(type === undefined ? {} : { outputType: type }),
    args: argumentsOf(run, work),
    labels: originView(originOfOutput(run, state)),
    attempts,
    turns: turnsOf(rowsIn(rows, lane), startOf(lane, run.log.startedAt)),
    calls: callsOf(work),
    readBy: readersOf(state.spec.id, context),
    ...questionsOf(work, run.log.startedAt),
    events: eventsAbout(log, ref, during),
  };
}

function questionsOf({ answers, asking }: Work, startedAt: number): Pick<StepView, "questions"> {
  const answered = [...(answers?.values() ?? [])]
    .flat()
    .sort((a, b) => a.at - b.at)
    .map(({ tool, question, answer, by, at }) => ({ tool, question, answer, by, afterMs: at - startedAt }));
  const open = asking === undefined ? [] : [{ tool: asking.tool, question: asking.question }];
  const questions = [...answered, ...open];
  return questions.length === 0 ? {} : { questions };
}

/** Events of its id before and after belong to steps of other plans. */
function spanOf({ state, lanes }: ShownStep, { earlier }: RunTimeline): { readonly from: number; readonly to: number } {
  const own = earlier.findIndex((one) => one.lanes === lanes);
  const others = earlier.filter((one, index) => one.state.spec.id === state.spec.id && (own === -1 || index < own));
  return { from: others.at(-1)?.until.seq ?? 0, to: own === -1 ? Infinity : (earlier[own]?.until.seq ?? Infinity) };
}

function toolsOf({ spec, revision }: StepState, context: RowContext): StepView["may"] {
  const tools = context.planOf(revision)?.tools;
  const names = toolNames(spec);
  const all = names === "all" ? [...(tools?.keys() ?? [])] : names;
  return all.map((tool) => ({ tool, effect: EFFECTS[tools?.get(tool)?.effects ?? UNKNOWN_EFFECT] }));
}

/** Of a tool that no plan tells of, the worst is taken. */
const UNKNOWN_EFFECT: EffectClass = "once";

/** Of a fan-out that has not ended: the outputs of its items so far, the others null. Of rounds: the last output. */
function outputOf({ fan }: StepState, work: Work): Json | undefined {
  if (work.item !== null || fan === undefined || work.output !== undefined) return work.output;
  if (fan.rounds !== undefined) return fan.items.findLast(({ output }) => output !== undefined)?.output;
  return fan.items.some(({ output }) => output !== undefined)
    ? fan.items.map(({ output = null }) => output)
    : undefined;
}

/** As the step declares it, or else its tool. */
function outputType({ spec, tool }: StepState, { item }: Work): string | undefined {
  const declared = spec.output === undefined ? undefined : typeOf(spec.output);
  const own =
    declared?.ok === true ? declared.type : (undeclared(spec) ?? (tool?.output && typeFromSchema(tool.output)));
  if (own === undefined) return undefined;
  return typeText(spec.forEach !== undefined && item === null ? listOf(own) : own);
}

const undeclared = (spec: Step): Type | undefined => (givesText(spec) ? STRING : undefined);

/** Attempts of its id under other plans have other numbers. */
function rowsIn(rows: readonly JournalRow[], lane: Lane | undefined): readonly JournalRow[] {
  const attempts = new Set(lane?.bars.map(({ attempt }) => attempt));
  return rows.filter(({ attempt }) => attempts.has(attempt));
}

const startOf =
  (lane: Lane | undefined, runStartedAt: number) =>
  (attempt: number): number | undefined => {
    const bar = lane?.bars.find((one) => one.kind === "attempt" && one.attempt === attempt);
    return bar === undefined ? undefined : runStartedAt + bar.from.ms;
  };

/** Calls inside an agent step, and the call of a step with a tool that acts. */
function callsOf({ calls, step: { spec, tool }, status, args = {}, output, effectKey }: Work): readonly Json[] {
  const inside = [...(calls?.values() ?? [])].map(({ error, ...call }) => ({
    ...call,
    ...(error === undefined ? {} : { error: error.code }),
  }));
  const name = directTool(spec);
  const acted = name !== undefined && status === "completed" && tool !== undefined && tool.effects !== "none";
  const own = acted ? [{ tool: name, args, effects: tool.effects, key: effectKey, output: output ?? null }] : [];
  return [...inside, ...own];
}

function readersOf(id: string, { plan, run, waves }: RowContext): StepView["readBy"] {
  if (plan === undefined) return [];
  const readers = [...run.execution.steps.values()].filter(({ spec }) => waves(plan).needs.get(spec.id)?.includes(id));
  const answer = answerNeedsOf(plan.plan).includes(id) ? [{ key: phaseKey.answer, title: ANSWER_TITLE }] : [];
  return [...readers.map(({ spec }) => ({ key: spec.id, title: spec.title })), ...answer];
}
