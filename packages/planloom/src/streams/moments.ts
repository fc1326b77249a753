// What a front end shows of a run, moment by moment. In: the events of a run, in order. Out: plain facts with words: the
// plan, states of steps, calls, questions to a person, the answer, the end. Every protocol of a front end is made of
// these.
import { canonicalJson, type Json, type JsonObject } from "../plan/json.js";
import { asksPerson, callName } from "../plan/step-kind.js";
import { writePlan } from "../plan/write.js";
import { DOUBT_VERDICTS, UNDOING_VERDICTS, UNUSABLE_VERDICTS } from "../run/command.js";
import type { EventData, EventOf, RunEvent, StepRef, UndoneCall } from "../run/event.js";
import { refText } from "../run/step-ref.js";
import { evolve } from "../run/evolve/evolve.js";
import type { Failure } from "../run/failure.js";
import { currentPlan, findWork } from "../run/lookup.js";
import type { Reason } from "../run/reason.js";
import type { ChildWait } from "../run/event/child.js";
import { emptyRun, type Run } from "../run/state.js";
import type { Work } from "../run/work.js";
import { endOf, statusOf, type RunStatus } from "../run/status.js";
import { firstCause } from "../run/view/first-cause.js";
import { approvalReasonText } from "../words/approval-reasons.js";
import { failureText, runFailureText } from "../words/failures.js";
import { reasonText } from "../words/reasons.js";

/** A failure, in words. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
}

/** One step, or one item of it (`id[item]`). */
export interface StepMoment {
  readonly type: "step";
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly attempt: number;
  readonly summary?: string;
  readonly error?: ShownError;
  /** The run of a sub-plan. `waits`: a person answers it there, by a command to this run. */
  readonly child?: { readonly runId: string; readonly waits?: ChildWait };
}

/** A question that only a person can answer. `id` names the call that it is about, or the question itself. */
export interface AskedMoment {
  readonly type: "approval" | "question" | "doubt";
  readonly id: string;
  /** Name of the reply: what a front end hands back with the answer. */
  readonly reply: string;
  readonly tool: string;
  readonly input: JsonObject;
  readonly message: string;
  /** ISO 8601. Only an approval expires. */
  readonly expiresAt?: string;
}

export type Moment =
  | { readonly type: "plan"; readonly plan: JsonObject }
  | StepMoment
  | { readonly type: "call"; readonly id: string; readonly tool: string; readonly title: string; readonly input: Json }
  | AskedMoment
  /** The call or question `id` has its result. */
  | { readonly type: "output"; readonly id: string; readonly output: Json }
  | { readonly type: "failure"; readonly id: string; readonly error: ShownError }
  | { readonly type: "denied"; readonly id: string }
  /** Shown while it happens, and in no log. */
  | { readonly type: "progress"; readonly id: string; readonly value: number | string; readonly text?: string }
  /** A piece of the answer while it is being written. */
  | { readonly type: "delta"; readonly text: string }
  /** The answer that was being written is void. */
  | { readonly type: "answer-lost" }
  | { readonly type: "answer"; readonly answer: Json; readonly partial: boolean }
  | { readonly type: "end"; readonly status: RunStatus; readonly error?: ShownError };

const stoppedBy = (reason: Reason): ShownError => ({ code: reason.code, message: reasonText(reason) });

const errorOf = (failure: Failure): ShownError => ({ code: failure.code, message: failureText(failure) });

/** `owner`: the step or item that it belongs to; "" for a plan. */
interface Open {
  readonly owner: string;
  readonly input: Json;
}

export class Moments {
  readonly run: Run;
  /** Calls and questions without a result, by id. */
  readonly #open = new Map<string, Open>();
  /** Questions that wait for a person, by id. */
  readonly asked = new Map<string, AskedMoment>();
  /** Last state that was shown, by step or item. */
  readonly steps = new Map<string, StepMoment>();

  constructor(runId: string) {
    this.run = emptyRun(runId);
  }

  /** Number of the last event that was taken. */
  get seq(): number {
    return this.run.log.seq;
  }

  get status(): RunStatus {
    return statusOf(this.run);
  }

  /** The plan that the run follows, as a document with its revision and hash. */
  get plan(): JsonObject | undefined {
    const plan = currentPlan(this.run);
    return plan && { ...writePlan(plan.plan), revision: plan.revision, hash: plan.hash, cause: plan.cause };
  }

  /** Folds the next event, and gives what it shows. */
  of(event: RunEvent): readonly Moment[] {
    evolve(this.run, event);
    return [...this.#said(event), ...this.#stepOf(event)];
  }

  /** The end of a stream, for a run that has ended or waits for a person. */
  end(): Moment {
    const { status, run } = this;
    const end = endOf(run);
    if (end?.how !== "failed") return { type: "end", status };
    const { error, cause } = firstCause(run, end);
    return { type: "end", status, error: { code: error.code, message: runFailureText(error, cause) } };
  }

  #said(event: RunEvent): readonly Moment[] {
    switch (event.type) {
      case "plan.proposed":
        return [{ type: "plan", plan: this.plan! }];
      case "step.started":
        return this.#called(event.data);
      case "step.completed":
        return this.#completed(event.data);
      case "step.failed":
        return event.data.decision === "retry" ? [] : this.#failed(event.data, errorOf(event.data.error));
      case "step.cancelled":
        return this.#failed(event.data, stoppedBy(event.data.reason));
      case "answer.failed":
        return [{ type: "answer-lost" }];
      case "answer.written":
        return [{ type: "answer", answer: event.data.answer, partial: event.data.partial }];
      default:
        return this.#questioned(event);
    }
  }

  /** What a person is asked, and what became of it. */
  #questioned(event: RunEvent): readonly Moment[] {
    switch (event.type) {
      case "approval.requested":
        return [this.#ask(this.#approvalOf(event))];
      case "approval.granted":
      case "approval.denied":
        return this.#decided(event);
      case "step.suspended":
        return event.data.on === "ask" ? [this.#ask(questionOf(event))] : [];
      case "step.asked":
        return [this.#ask(toolQuestionOf(event, this.run))];
      case "step.answered":
        return this.#closed(event.data, (id) => id.startsWith("ask:"), event.data.value);
      case "step.unknown":
        return event.data.reconcileAt === undefined ? [this.#ask(doubtOf(event, event.data))] : [];
      case "reconcile.failed":
        return event.data.retryAt === undefined ? this.#stillUnknown(event) : [];
      case "step.unusable":
        return [this.#ask(unusableOf(event))];
      case "step.resolved": {
        const { verdict, output } = event.data;
        const said = { verdict, ...(output === undefined ? {} : { output }) };
        return this.#closed(event.data, (id) => id.startsWith("doubt:"), said);
      }
      default:
        return this.#undoing(event);
    }
  }

  /** What became of the undoing of a call, which a person may have approved. */
  #undoing(event: RunEvent): readonly Moment[] {
    switch (event.type) {
      case "compensation.completed":
        return this.#closed(event.data, () => true, { undone: true });
      case "compensation.failed": {
        const { data } = event;
        if (data.retryAt !== undefined) return [];
        return [...this.#failed(data, errorOf(data.error)), this.#ask(failedUndoingOf(event, this.run))];
      }
      case "compensation.settled":
        return this.#closed(event.data, (id) => id.startsWith("doubt:"), { verdict: event.data.verdict });
      default:
        return [];
    }
  }

  #ask(moment: AskedMoment): Moment {
    this.asked.set(moment.id, moment);
    this.#open.set(moment.id, { owner: this.#ownerOf(moment), input: moment.input });
    return moment;
  }

  #ownerOf({ id }: AskedMoment): string {
    return id.startsWith("plan:") ? "" : id.slice(id.lastIndexOf(":") + 1);
  }

  #approvalOf({ seq, data }: EventOf<"approval.requested">): AskedMoment {
    const { subject, hash, reason, expiresAt, args, items, call, undoes } = data;
    const message = approvalReasonText(reason);
    const asked = { type: "approval", reply: `${seq}.${hash}`, message } as const;
    const until = { expiresAt: new Date(expiresAt).toISOString() };
    if (subject === "plan") {
      const plan = this.plan!;
      return { ...asked, id: `plan:${currentPlan(this.run)!.revision}`, tool: "plan", input: plan, ...until };
    }
    if (undoes !== undefined) return { ...asked, ...undoingOf(subject, undoes, args), ...until };
    const spec = this.run.execution.steps.get(subject.step)?.spec;
    const tool = call?.tool ?? (spec === undefined ? "" : callName(spec));
    const input = (args ?? (items === undefined ? {} : { items })) as JsonObject;
    const id = call === undefined ? callId(subject) : `held:${call.key}:${refText(subject)}`;
    return { ...asked, id, tool, input, ...until };
  }

  #decided({ type, data }: EventOf<"approval.granted"> | EventOf<"approval.denied">): readonly Moment[] {
    const id = [...this.asked].find(([, { reply }]) => reply.endsWith(`.${data.hash}`))?.[0];
    if (id === undefined) return [];
    this.asked.delete(id);
    if (type === "approval.denied") {
      this.#open.delete(id);
      return [{ type: "denied", id }];
    }
    return id.startsWith("plan:") ? this.#give(id, { approved: true }) : [];
  }

  #called(data: EventData["step.started"]): readonly Moment[] {
    const spec = this.run.execution.steps.get(data.step)?.spec;
    if (spec === undefined || asksPerson(spec)) return [];
    const id = callId(data);
    // A call that was shown when a person was asked about it, or that is tried again, is the same call.
    const known = this.#open.get(id);
    if (known !== undefined && canonicalJson(known.input) === canonicalJson(data.args)) return [];
    this.#open.set(id, { owner: refText(data), input: data.args });
    return [{ type: "call", id, tool: callName(spec), title: spec.title, input: data.args }];
  }

  /** The calls that a person approved inside an agent step get their outputs, too: these stand at its end. */
  #completed(data: EventData["step.completed"]): readonly Moment[] {
    const held = [...this.#open].filter(([id, { owner }]) => id.startsWith("held:") && owner === refText(data));
    const inside = held.flatMap(([id]) => {
      const made = data.calls?.find(({ key }) => id.startsWith(`held:${key}:`));
      return this.#give(id, made?.output ?? null);
    });
    return [...inside, ...this.#closed(data, () => true, data.output)];
  }

  #closed(ref: StepRef, which: (id: string) => boolean, output: Json): readonly Moment[] {
    const ids = [...this.#open].filter(([id, { owner }]) => owner === refText(ref) && which(id));
    return ids.flatMap(([id]) => this.#give(id, output));
  }

  #give(id: string, output: Json): readonly Moment[] {
    this.#open.delete(id);
    this.asked.delete(id);
    return [{ type: "output", id, output }];
  }

  #failed(ref: StepRef, error: ShownError): readonly Moment[] {
    const ids = [...this.#open].filter(([, { owner }]) => owner === refText(ref));
    return ids.map(([id]) => {
      this.#open.delete(id);
      this.asked.delete(id);
      return { type: "failure", id, error };
    });
  }

  /** The tool could not tell what became of its call. */
  #stillUnknown(event: EventOf<"reconcile.failed">): readonly Moment[] {
    const doubt = findWork(this.run, event.data)?.doubt;
    return doubt === undefined ? [] : [this.#ask(doubtOf(event, { ...event.data, ...doubt }))];
  }

  /** The state of the step after the event, if it has changed. */
  #stepOf(event: RunEvent): readonly Moment[] {
    const ref = refOf(event);
    const work = ref && findWork(this.run, ref);
    if (ref === undefined || work === undefined) return [];
    const id = refText(ref);
    const { status, attempt, summary, error, step } = work;
    const failed = status === "failed" && error !== undefined ? { error: errorOf(error) } : {};
    const told = summary === undefined ? {} : { summary };
    const below = childOf(work);
    const moment: StepMoment = {
      type: "step",
      id,
      title: step.spec.title,
      status,
      attempt,
      ...told,
      ...failed,
      ...below,
    };
    const known = this.steps.get(id);
    this.steps.set(id, moment);
    const isKnown = known?.status === status && known.attempt === attempt && known.child?.waits === below.child?.waits;
    return isKnown && known.child?.runId === below.child?.runId ? [] : [moment];
  }
}

function childOf({ child }: Work): Pick<StepMoment, "child"> {
  if (child === undefined) return {};
  return { child: { runId: child.run, ...(child.waits === undefined ? {} : { waits: child.waits }) } };
}

const callId = (ref: StepRef): string => `step:${refText(ref)}`;

/** The step or item that the event is about. */
function refOf({ data }: RunEvent): StepRef | undefined {
  const ref = "subject" in data && data.subject !== "plan" ? data.subject : data;
  return "step" in ref && typeof ref.step === "string" ? (ref as StepRef) : undefined;
}

function questionOf({ seq, data }: EventOf<"step.suspended">): AskedMoment {
  const id = `ask:${seq}:${refText(data)}`;
  const input = { question: data.question, data: data.data };
  return { type: "question", id, reply: id, tool: "ask", input, message: data.question };
}

function toolQuestionOf({ seq, data }: EventOf<"step.asked">, run: Run): AskedMoment {
  const { question, tool, type, declines } = data;
  const id = `ask:${seq}:${refText(data)}`;
  const args = findWork(run, data)?.asking?.args ?? {};
  const wants = { ...(type === undefined ? {} : { type }), ...(declines === undefined ? {} : { declines }) };
  return {
    type: "question",
    id,
    reply: id,
    tool: "ask",
    input: { question, tool, data: args, ...wants },
    message: question,
  };
}

function doubtOf(
  { seq }: RunEvent,
  { tool, args, error, ...ref }: StepRef & Pick<EventData["step.unknown"], "tool" | "args" | "error">,
): AskedMoment {
  const id = `doubt:${seq}:${refText(ref)}`;
  const message = failureText(error);
  const input = { step: refText(ref), tool, ...(args && { args }), error: message, verdicts: DOUBT_VERDICTS };
  return { type: "doubt", id, reply: id, tool: "settle", input, message };
}

/** It has a name of its own: the call that is undone has its result already. */
function undoingOf(
  ref: StepRef,
  { call, tool, output }: UndoneCall,
  args: JsonObject = {},
): Pick<AskedMoment, "id" | "tool" | "input"> {
  return { id: `undo:${call}:${refText(ref)}`, tool: "compensate", input: { step: refText(ref), tool, args, output } };
}

function failedUndoingOf({ seq, data }: EventOf<"compensation.failed">, run: Run): AskedMoment {
  const { tool, call, error } = data;
  const id = `doubt:${seq}:${refText(data)}`;
  const message = failureText(error);
  const { args = {}, output = null } = run.compensation.calls.get(call) ?? {};
  const input = { step: refText(data), tool, args, output, error: message, verdicts: UNDOING_VERDICTS };
  return { type: "doubt", id, reply: id, tool: "settle", input, message };
}

function unusableOf({ seq, data }: EventOf<"step.unusable">): AskedMoment {
  const { tool, output, error } = data;
  const id = `doubt:${seq}:${refText(data)}`;
  const message = failureText(error);
  const input = { step: refText(data), tool, output, error: message, verdicts: UNUSABLE_VERDICTS };
  return { type: "doubt", id, reply: id, tool: "settle", input, message };
}
