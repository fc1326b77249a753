// What waits in one run: for a person, or for a time. In: a run and its log. Out: one entry each, as plain data with
// sentences.
import type { Json, JsonObject } from "../../plan/json.js";
import { schemaFromType, typeOf } from "../../plan/type/schema.js";
import { typeText } from "../../plan/type/type.js";
import type { RunEvent } from "../../run/event.js";
import { DEADLINE_KEY } from "../../run/keys.js";
import type { Run } from "../../run/state.js";
import { failedUndoing } from "../../run/decide/compensation.js";
import { compensatingOf, failedWith, isEnded, isOpenDoubt } from "../../run/status.js";
import { worksOf } from "../../run/steps.js";
import { typeAsked } from "../../run/decide/tool-question.js";
import type { OpenQuestion, Work } from "../../run/work.js";
import { toolIn } from "../../run/lookup.js";
import { failureText } from "../../words/failures.js";
import { titleSentence } from "../../words/plan-sentences.js";
import { withinDocument, type WithinDocument } from "../child-document.js";
import { numbersIn, waitingArguments, type ReviewedArgument } from "../review/arguments.js";
import { callReview, type CallReview } from "../review/call-review.js";
import { planReview } from "../review/plan-review.js";
import { EFFECTS, isoTime } from "../view/row-context.js";
import type { EffectView } from "../view/run-view.js";

interface WaitingPlace {
  /** The run that takes the answer. */
  readonly runId: string;
  readonly goal: string;
  /** The run is a sub-plan: the step of another run that it is, and the topmost run. */
  readonly within?: WithinDocument;
  /** Names the entry in the list; stable while it waits. */
  readonly key: string;
  /** ISO 8601: since when it waits. */
  readonly since: string;
}

interface WaitingStep extends WaitingPlace {
  readonly step: string;
  readonly item?: number;
  /** What the step does, as a sentence; its number from 1, and how many there are. */
  readonly says: string;
  readonly number: number;
  readonly of: number;
}

export interface WaitingPlan extends WaitingPlace {
  readonly kind: "plan";
  readonly hash: string;
  readonly revision: number;
  readonly lead: string;
  readonly reason: string;
  readonly expiresAt: string;
}

export interface WaitingCall extends WaitingPlace {
  readonly kind: "call";
  readonly expiresAt: string;
  readonly call: CallReview;
}

export interface WaitingQuestion extends WaitingStep {
  readonly kind: "question";
  readonly question: string;
  readonly data?: Json;
  /** The type of the answer, as text and as JSON Schema. Absent: text. */
  readonly type?: string;
  readonly schema?: JsonObject;
  /** The tool that asks during its call. Absent: the step asks. */
  readonly tool?: string;
  /** `seq` of the event in which the tool asks, for the answer. */
  readonly asked?: number;
  /** The answer may also be `{ declined: true }`. */
  readonly declines?: true;
  /** Without an answer until then, the step fails. Only for a question of a tool. */
  readonly expiresAt?: string;
}

interface WaitingOutcome extends WaitingStep {
  readonly tool: string;
  readonly effect: EffectView;
  readonly arguments: readonly ReviewedArgument[];
  /** The key that the tool got. */
  readonly effectKey: string;
  readonly attempt: number;
  readonly error: string;
  /** JSON Schema of the output that a person can give. */
  readonly schema?: JsonObject;
}

/** Nobody knows whether the call acted. */
export interface WaitingDoubt extends WaitingOutcome {
  readonly kind: "doubt";
}

/** The call acted, and its output cannot be used. */
export interface WaitingUnusable extends WaitingOutcome {
  readonly kind: "unusable";
  readonly output: Json;
  readonly partial?: true;
}

/** The call could not be undone. `uncertain`: nobody knows whether it is undone. */
export interface WaitingUndoing extends WaitingOutcome {
  readonly kind: "undoing";
  readonly output: Json;
  readonly partial?: true;
  readonly uncertain?: true;
}

/** It goes on by itself. */
export interface WaitingRetry extends WaitingStep {
  readonly kind: "retry";
  readonly attempt: number;
  readonly attempts: number;
  readonly until: string;
}

/** The time of the run is up then. */
export interface WaitingTimer extends WaitingPlace {
  readonly kind: "timer";
  readonly until: string;
}

export type WaitingEntry =
  | WaitingPlan
  | WaitingCall
  | WaitingQuestion
  | WaitingDoubt
  | WaitingUnusable
  | WaitingUndoing
  | WaitingRetry
  | WaitingTimer;

export function waitingIn(run: Run, log: readonly RunEvent[]): readonly WaitingEntry[] {
  if (isEnded(run) || failedWith(run) !== undefined) return [];
  if (compensatingOf(run) !== undefined) return [...approvalsIn(run, log), ...undoingEntries(run)];
  const works = [...run.execution.steps.values()].flatMap(worksOf);
  return [...approvalsIn(run, log), ...works.flatMap((work) => workEntries(run, work, log)), ...timersIn(run)];
}

function placeOf(run: Run, key: string, since: number): WaitingPlace {
  const within = withinDocument(run);
  return {
    runId: run.id,
    goal: run.request.goal,
    ...(within === undefined ? {} : { within }),
    key: `${run.id}/${key}`,
    since: isoTime(since),
  };
}

function approvalsIn(run: Run, log: readonly RunEvent[]): readonly (WaitingPlan | WaitingCall)[] {
  return [...run.approvals.pending.values()].flatMap(
    ({ hash, subject, requestedAt, expiresAt }): readonly (WaitingPlan | WaitingCall)[] => {
      const place = { ...placeOf(run, hash, requestedAt), expiresAt: isoTime(expiresAt) };
      if (subject !== "plan") {
        const call = callReview(run, log, hash);
        return call === undefined ? [] : [{ kind: "call", ...place, call }];
      }
      const plan = planReview(run, log, hash);
      if (plan === undefined) return [];
      const { revision, lead, reason } = plan;
      return [{ kind: "plan", ...place, hash, revision, lead, reason }];
    },
  );
}

function stepPlace(run: Run, { step: { spec }, item }: Work, since: number, kind: string): WaitingStep {
  return {
    ...placeOf(run, `${kind}/${spec.id}${item === null ? "" : `/${item}`}`, since),
    step: spec.id,
    ...(item === null ? {} : { item }),
    says: titleSentence(spec.title),
    number: numbersIn(run).get(spec.id) ?? 0,
    of: run.execution.steps.size,
  };
}

function workEntries(run: Run, work: Work, log: readonly RunEvent[]): readonly WaitingEntry[] {
  const { status, question, doubt, unusable } = work;
  if (status === "suspended" && question !== undefined) return [questionEntry(run, work, question, log)];
  if (isOpenDoubt(run, work) && doubt !== undefined) {
    const { key, tool, attempt, at, args = {} } = doubt;
    return [{ kind: "doubt", ...outcomeEntry(run, work, { key, tool, attempt, at, args }, "doubt") }];
  }
  if (status === "unusable" && unusable !== undefined) {
    const { key, tool, attempt, at, output, partial } = unusable;
    const entry = outcomeEntry(run, work, { key, tool, attempt, at, args: work.args ?? {} }, "unusable");
    return [{ kind: "unusable", ...entry, output, ...(partial === undefined ? {} : { partial }) }];
  }
  return status === "retrying" ? retryEntry(run, work, log) : [];
}

function questionEntry(run: Run, work: Work, question: string, log: readonly RunEvent[]): WaitingQuestion {
  const { asking } = work;
  const asked = log.findLast((event) => event.type === "step.suspended" && isOf(event, work));
  const type = typeAsked(work);
  const schema = asking === undefined ? schemaOfOutput(work) : asking.type;
  return {
    kind: "question",
    ...stepPlace(
      run,
      work,
      asking?.at ?? asked?.at ?? run.log.updatedAt,
      asking === undefined ? "question" : `question/${asking.seq}`,
    ),
    question,
    ...(work.data === undefined ? {} : { data: work.data }),
    ...(type === undefined
      ? {}
      : { type: typeText(type), schema: typeof schema === "object" ? schema : schemaFromType(type) }),
    ...(asking === undefined ? {} : askingEntry(asking)),
  };
}

const askingEntry = ({ tool, declines, expiresAt, seq }: OpenQuestion) => ({
  tool,
  asked: seq,
  ...(declines === undefined ? {} : { declines }),
  expiresAt: isoTime(expiresAt),
});

/** JSON Schema of the output of a step: as the plan declares it, or as its tool does. */
function schemaOfOutput({ step: { spec, tool } }: Work): JsonObject | undefined {
  if (spec.output === undefined) return tool?.output;
  if (typeof spec.output !== "string") return spec.output;
  const parsed = typeOf(spec.output);
  return parsed.ok ? schemaFromType(parsed.type) : undefined;
}

interface EndedCall {
  readonly key: string;
  readonly tool: string;
  readonly attempt: number;
  readonly at: number;
  readonly args: JsonObject;
}

function outcomeEntry(run: Run, work: Work, call: EndedCall, kind: string): WaitingOutcome {
  const spec = toolIn(run, call.tool) ?? work.step.tool;
  const isOwn = work.step.tool?.name === call.tool;
  const schema = isOwn ? schemaOfOutput(work) : spec?.output;
  return {
    ...stepPlace(run, work, call.at, kind),
    tool: call.tool,
    effect: EFFECTS[spec?.effects ?? "once"],
    arguments: waitingArguments(run, work.step.spec, {
      args: call.args,
      ...(spec === undefined ? {} : { tool: spec }),
    }),
    effectKey: call.key,
    attempt: call.attempt,
    error: work.error === undefined ? "" : failureText(work.error),
    ...(schema === undefined ? {} : { schema }),
  };
}

function undoingEntries(run: Run): readonly WaitingUndoing[] {
  const call = failedUndoing(run);
  if (call === undefined) return [];
  const { key, tool, args, spec, ref, output = null, partial, undoing } = call;
  const definition = toolIn(run, tool);
  const { attempt = 0, at = call.at, error } = undoing ?? {};
  return [
    {
      kind: "undoing",
      ...placeOf(run, `undoing/${key}`, at),
      ...ref,
      says: titleSentence(spec.title),
      number: numbersIn(run).get(spec.id) ?? 0,
      of: run.execution.steps.size,
      tool,
      effect: EFFECTS[definition?.effects ?? "once"],
      arguments: waitingArguments(run, spec, { args, ...(definition === undefined ? {} : { tool: definition }) }),
      effectKey: key,
      attempt,
      error: error === undefined ? "" : failureText(error),
      output,
      ...(partial === undefined ? {} : { partial }),
      ...(undoing?.status === "unknown" ? { uncertain: true as const } : {}),
    },
  ];
}

function retryEntry(run: Run, work: Work, log: readonly RunEvent[]): readonly WaitingRetry[] {
  const planned = log.findLast((event) => isOf(event, work) && "retryAt" in event.data);
  const until = planned === undefined ? undefined : (planned.data as { readonly retryAt?: number }).retryAt;
  if (planned === undefined || until === undefined) return [];
  const { attempts } = work.step.spec.retry;
  const place = stepPlace(run, work, planned.at, "retry");
  return [{ kind: "retry", ...place, attempt: work.attempt, attempts, until: isoTime(until) }];
}

/** Whether the event tells of this step or item. */
function isOf({ data }: RunEvent, { step: { spec }, item }: Work): boolean {
  const of = data as { readonly step?: string; readonly item?: number };
  return of.step === spec.id && (of.item ?? null) === item;
}

function timersIn(run: Run): readonly WaitingTimer[] {
  const { deadline } = run.spending;
  if (deadline === undefined || !run.owed.has(DEADLINE_KEY)) return [];
  return [{ kind: "timer", ...placeOf(run, "deadline", run.log.startedAt), until: isoTime(deadline) }];
}
