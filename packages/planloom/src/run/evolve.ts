// The fold: how each event changes a run's state. In: a run and its next event. Out: the same run, changed in place.
// Separate because state is only ever this. Work per event is constant: no scan over steps, items or obligations.
import { assertNever } from "../error.js";
import { needsOf } from "../plan/graph.js";
import { NO_ORIGIN } from "../plan/origin.js";
import type { Json } from "../plan/json.js";
import type { Plan, Step } from "../plan/plan.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { addUsage, NO_USAGE, type Usage } from "../plan/usage.js";
import { eventHash, type EventData, type EventOf, type RunEvent } from "./event.js";
import { Queue } from "./queue.js";
import { callKey, workOf, type ProposedPlan, type Run, type StepState, type Work } from "./state.js";
import { Timetable } from "./timetable.js";

/** Applies one event. `run` is owned by this call and changed in place; events must arrive in the order of their seq. */
export function evolve(run: Run, event: RunEvent): Run {
  if (event.seq !== run.seq + 1) throw new Error(`event ${event.seq} does not follow ${run.seq} of run ${run.id}`);
  if (run.seq === 0) run.startedAt = event.at;
  run.seq = event.seq;
  run.head = eventHash(event);
  run.updatedAt = event.at;
  if (event.by !== "engine") run.applied.add(event.inputId);
  apply(run, event);
  return run;
}

function apply(run: Run, event: RunEvent): void {
  switch (event.type) {
    case "run.started":
      return onStarted(run, event.data);
    case "run.resumed":
      return onResumed(run, event.data);
    case "run.completed":
      run.success = event.data.success;
      return end(run, "completed");
    case "run.failed":
      run.error = event.data.error;
      return end(run, "failed");
    case "run.cancelled":
      return end(run, "cancelled");
    case "cancel.requested":
      return onCancelRequested(run, event.data.reason);
    case "goal.changed":
      run.goal = event.data.goal;
      return;
    case "plan.proposed":
      return onProposed(run, event);
    case "plan.invalid":
      return onPlanInvalid(run, event.data);
    case "plan.failed":
      return onPlanFailed(run, event.data);
    case "approval.requested":
      return onApprovalRequested(run, event);
    case "approval.granted":
      return onApprovalGranted(run, event.data);
    case "approval.denied":
      return onApprovalDenied(run, event.data);
    case "step.expanded":
      return onExpanded(run, event);
    case "step.filling":
      return onFilling(run, event);
    case "step.filled":
      return onFilled(run, event.data);
    case "step.started":
      return onStepStarted(run, event);
    case "step.completed":
      return onStepCompleted(run, event);
    case "step.failed":
      return onStepFailed(run, event);
    case "step.retrying":
      return onRetrying(run, event.data);
    case "step.skipped":
      return onSkipped(run, event);
    case "step.suspended":
      return onSuspended(run, event);
    case "step.unknown":
      return onUnknown(run, event);
    case "step.resolved":
      return onResolved(run, event.data);
    case "step.cancelled":
      return onStepCancelled(run, event);
    case "execution.completed":
      return onExecuted(run);
    case "answer.written":
      run.owed.clear();
      run.answer = event.data.answer;
      run.usage.synthesizer = addUsage(run.usage.synthesizer, event.data.usage);
      return;
    case "answer.failed":
      return onAnswerFailed(run, event.data);
    // Facts for the reader, which change nothing that is owed.
    case "input.refused":
    case "plan.stepDrafted":
    case "plan.reviewed":
    case "replan.requested":
    case "run.paused":
      return;
    default:
      // An event of a later version that this one does not know changes nothing here; schema versions guard the rest.
      return assertNever(event);
  }
}

// The run

function onStarted(run: Run, data: EventData["run.started"]): void {
  run.goal = data.goal;
  run.inputs = data.inputs;
  run.settings = data.settings;
  run.models = data.models;
  run.planGiven = data.planGiven;
  if (!data.planGiven) owePlan(run, { attempt: 1, round: 0 });
}

function onResumed(run: Run, data: EventData["run.resumed"]): void {
  run.epoch = data.epoch;
  for (const effect of run.owed.values()) {
    if (effect.kind !== "call" && effect.kind !== "fill") continue;
    const work = workOf(run, effect);
    if (work !== undefined) work.crashes++;
  }
}

function onCancelRequested(run: Run, reason: string): void {
  run.cancelling = reason;
  const calls = [...run.owed.values()].filter((effect) => effect.kind === "call" || effect.kind === "fill");
  run.owed.clear();
  for (const call of calls) {
    run.owed.set(call.key, call);
    run.owed.set(`stop/${call.key}`, { kind: "stop", key: `stop/${call.key}`, target: call.key });
  }
}

function end(run: Run, how: NonNullable<Run["ended"]>): void {
  run.ended = how;
  run.phase = "ended";
  run.owed.clear();
  run.approvals.clear();
}

// The plan

function owePlan(
  run: Run,
  request: {
    readonly attempt: number;
    readonly round: number;
    readonly notBefore?: number;
    readonly invalid?: Pick<EventData["plan.invalid"], "draft" | "findings">;
  },
): void {
  run.phase = "planning";
  const key = `plan/${run.seq}`;
  run.owed.set(key, { kind: "plan", key, rejected: run.rejected, ...request });
}

function takePlanEffect(run: Run) {
  for (const effect of run.owed.values()) {
    if (effect.kind !== "plan") continue;
    run.owed.delete(effect.key);
    return effect;
  }
  return undefined;
}

function onPlanInvalid(run: Run, data: EventData["plan.invalid"]): void {
  run.usage.planner = addUsage(run.usage.planner, data.usage);
  takePlanEffect(run);
  if (data.round < run.settings.repairRounds) {
    owePlan(run, { attempt: 1, round: data.round + 1, invalid: { draft: data.draft, findings: data.findings } });
  }
}

function onPlanFailed(run: Run, data: EventData["plan.failed"]): void {
  run.usage.planner = addUsage(run.usage.planner, data.usage);
  const effect = takePlanEffect(run);
  if (data.retryAt === undefined || effect === undefined) return;
  owePlan(run, {
    attempt: data.attempt + 1,
    round: effect.round,
    notBefore: data.retryAt,
    ...(effect.invalid === undefined ? {} : { invalid: effect.invalid }),
  });
}

function onProposed(run: Run, { data }: EventOf<"plan.proposed">): void {
  takePlanEffect(run);
  run.usage.planner = addUsage(run.usage.planner, data.usage);
  const tools = new Map(data.tools.map((tool) => [tool.name, tool]));
  const proposed: ProposedPlan = {
    revision: data.revision,
    plan: data.plan,
    hash: data.hash,
    cause: data.cause,
    tools,
  };
  run.plans.push(proposed);
  run.inputs = data.inputs;
  run.phase = "executing";
  run.ready = new Queue();
  run.retries = new Timetable();
  run.steps = stepStates(data.plan, data.revision, tools);
  run.open = run.steps.size;
  for (const state of run.steps.values()) if (state.waiting === 0) makeReady(run, state.work);
}

function stepStates(plan: Plan, revision: number, tools: ReadonlyMap<string, ToolSpec>): Map<string, StepState> {
  const states = new Map<string, StepState>();
  plan.steps.forEach((spec, index) => states.set(spec.id, stepState(spec, index, revision, tools)));
  for (const state of states.values()) {
    for (const id of needsOf(state.spec)) {
      states.get(id)?.dependents.push(state);
      state.waiting++;
    }
  }
  return states;
}

function stepState(spec: Step, index: number, revision: number, tools: ReadonlyMap<string, ToolSpec>): StepState {
  const tool = spec.kind === "tool" ? tools.get(spec.tool) : undefined;
  const state = {
    spec,
    ...(tool === undefined ? {} : { tool }),
    index,
    revision,
    dependents: [],
    waiting: 0,
    nextItem: 0,
    itemsOpen: 0,
    itemsFailed: 0,
  } as Omit<StepState, "work"> as StepState & { work: Work };
  state.work = newWork(state, null);
  return state;
}

function newWork(step: StepState, item: number | null): Work {
  return {
    step,
    item,
    status: "pending",
    errors: 0,
    crashes: 0,
    from: NO_ORIGIN,
    effects: step.tool?.effects ?? "none",
    effectKey: "",
    origin: NO_ORIGIN,
    usage: NO_USAGE,
  };
}

// Approval

const approvalKey = (hash: string) => `approval/${hash}`;

function onApprovalRequested(run: Run, { data, at }: EventOf<"approval.requested">): void {
  run.approvals.set(data.hash, {
    hash: data.hash,
    subject: data.subject,
    reason: data.reason,
    requestedAt: at,
    expiresAt: data.expiresAt,
    ...(data.args === undefined ? {} : { args: data.args }),
  });
  const key = approvalKey(data.hash);
  run.owed.set(key, { kind: "person", key, until: data.expiresAt });
  if (data.subject === "plan") run.phase = "awaiting-approval";
  else leaveFor(run, workOf(run, data.subject)!, "suspended");
}

function forgetApproval(run: Run, hash: string): void {
  run.approvals.delete(hash);
  run.owed.delete(approvalKey(hash));
}

function onApprovalGranted(run: Run, data: EventData["approval.granted"]): void {
  forgetApproval(run, data.hash);
  run.granted.add(data.hash);
  if (data.subject === "plan") {
    run.phase = "executing";
    return;
  }
  const work = workOf(run, data.subject)!;
  work.approved = data.hash;
  makeReady(run, work);
}

function onApprovalDenied(run: Run, data: EventData["approval.denied"]): void {
  forgetApproval(run, data.hash);
  if (data.subject !== "plan" || data.cause !== "rejected") return;
  run.rejected = [...run.rejected, { plan: run.plans[run.plans.length - 1]!.plan, comment: data.comment ?? "" }];
  if (run.models.planner !== null && run.rejected.length <= run.settings.rejections) {
    owePlan(run, { attempt: 1, round: 0 });
  }
}

// Steps and items

function makeReady(run: Run, work: Work): void {
  work.status = "ready";
  run.ready.push(work);
}

/** Takes work out of whatever it was in, and gives its place under the concurrency limit back. */
function leaveFor(run: Run, work: Work, status: Work["status"]): void {
  if (work.status === "ready") {
    if (run.ready.shift() !== work) throw new Error(`step ${work.step.spec.id} was not the first in the queue`);
  } else if (work.status === "retrying") {
    if (run.retries.take() !== work) throw new Error(`step ${work.step.spec.id} was not the first to be retried`);
    oweRetryTimer(run);
  } else if (work.status === "running") {
    run.running--;
    dropCall(run, work);
  } else if (work.status === "unknown") {
    run.unknown--;
  } else if (work.status === "suspended" && work.question !== undefined) {
    run.asked--;
    run.owed.delete(askKey(work));
  }
  work.status = status;
  if (status === "running") run.running++;
}

function dropCall(run: Run, work: Work): void {
  const key = callKey(work.step.spec.id, work.item, work.errors + 1);
  for (const owed of [key, `stop/${key}`, `fill/${key}`, `stop/fill/${key}`]) run.owed.delete(owed);
}

const askKey = (work: Work) => `ask/${work.step.spec.id}/${work.item ?? ""}`;

function onExpanded(run: Run, { data, at }: EventOf<"step.expanded">): void {
  const state = run.steps.get(data.step)!;
  leaveFor(run, state.work, "pending");
  state.work.startedAt = at;
  state.list = data.list;
  state.listFrom = data.from;
  state.items = data.list.map((_, index) => newWork(state, index));
  state.itemsOpen = data.list.length;
  const width = Math.min(state.spec.maxParallel ?? data.list.length, data.list.length);
  while (state.nextItem < width) makeReady(run, state.items[state.nextItem++]!);
}

function onFilling(run: Run, { data, at }: EventOf<"step.filling">): void {
  const work = workOf(run, data)!;
  leaveFor(run, work, "running");
  work.startedAt ??= at;
  work.args = data.args;
  work.from = data.from;
  const attempt = work.errors + 1;
  const key = `fill/${callKey(data.step, work.item, attempt)}`;
  run.owed.set(key, { kind: "fill", key, step: data.step, item: work.item, attempt, given: data.args });
}

function onFilled(run: Run, data: EventData["step.filled"]): void {
  const work = workOf(run, data)!;
  work.filled = data.args;
  spend(run, work, data.usage);
  dropCall(run, work);
}

function onStepStarted(run: Run, { data, at }: EventOf<"step.started">): void {
  const work = workOf(run, data)!;
  leaveFor(run, work, "running");
  work.startedAt ??= at;
  work.args = data.args;
  work.from = data.from;
  work.effects = data.effects;
  work.effectKey = data.key;
  const key = callKey(data.step, work.item, data.attempt);
  run.owed.set(key, {
    kind: "call",
    key,
    step: data.step,
    item: work.item,
    attempt: data.attempt,
    effectKey: data.key,
    effects: data.effects,
    args: data.args,
  });
}

function onStepCompleted(run: Run, { data, at }: EventOf<"step.completed">): void {
  const work = workOf(run, data)!;
  const whole = work.item === null && work.step.items !== undefined;
  finish(run, work, "completed", whole ? work.step.items!.map((item) => item.output ?? null) : data.output, at);
  work.origin = { steps: [data.step], tools: data.from.tools };
  if (data.summary !== undefined) work.summary = data.summary;
  spend(run, work, data.usage);
}

function onStepFailed(run: Run, event: EventOf<"step.failed">): void {
  const { data, at } = event;
  const work = workOf(run, data)!;
  work.error = data.error;
  work.reason = data.reason;
  spend(run, work, data.usage);
  if (data.decision === "retry" || data.decision === "skip") {
    // The event that follows in the same append (step.retrying, step.skipped) moves it on.
    leaveFor(run, work, "pending");
    work.errors++;
    return;
  }
  finish(run, work, "failed", undefined, at);
  work.errors++;
  if (work.item === null) {
    run.failing ??= { ...data.error, message: `step ${data.step}: ${data.error.message}` };
  }
}

function onRetrying(run: Run, data: EventData["step.retrying"]): void {
  const work = workOf(run, data)!;
  work.crashes = 0;
  work.status = "retrying";
  run.retries.add(data.retryAt, work);
  oweRetryTimer(run);
}

function oweRetryTimer(run: Run): void {
  const first = run.retries.first();
  if (first === undefined) run.owed.delete("wait/retry");
  else run.owed.set("wait/retry", { kind: "wait", key: "wait/retry", until: first.at });
}

function onSkipped(run: Run, { data, at }: EventOf<"step.skipped">): void {
  const work = workOf(run, data)!;
  work.reason = data.reason;
  finish(run, work, "skipped", null, at);
  work.origin = { steps: [data.step], tools: [] };
  if (data.cause === "null-reference" && work.item === null && !work.step.spec.optional) run.starved = true;
}

function onSuspended(run: Run, { data, at }: EventOf<"step.suspended">): void {
  const work = workOf(run, data)!;
  leaveFor(run, work, "suspended");
  work.startedAt ??= at;
  work.question = data.question;
  work.from = data.from;
  run.asked++;
  run.owed.set(askKey(work), { kind: "person", key: askKey(work) });
}

function onUnknown(run: Run, { data }: EventOf<"step.unknown">): void {
  const work = workOf(run, data)!;
  leaveFor(run, work, "unknown");
  work.error = data.error;
  spend(run, work, data.usage);
  run.unknown++;
  const key = `unknown/${data.step}/${work.item ?? ""}`;
  run.owed.set(key, { kind: "person", key });
}

function onResolved(run: Run, data: EventData["step.resolved"]): void {
  const work = workOf(run, data)!;
  run.owed.delete(`unknown/${data.step}/${work.item ?? ""}`);
  leaveFor(run, work, "pending");
  work.crashes = 0;
  if (data.verdict === "not-happened") makeReady(run, work);
}

function onStepCancelled(run: Run, { data, at }: EventOf<"step.cancelled">): void {
  const work = workOf(run, data)!;
  leaveFor(run, work, "cancelled");
  work.finishedAt = at;
  work.reason = data.reason;
  spend(run, work, data.usage);
}

/** Work has ended: its item or step counts, and what waited for it may go on. */
function finish(
  run: Run,
  work: Work,
  status: "completed" | "failed" | "skipped",
  output: Json | undefined,
  at: number,
): void {
  leaveFor(run, work, status);
  work.finishedAt = at;
  if (output !== undefined) work.output = output;
  const state = work.step;
  if (work.item !== null) {
    state.itemsOpen--;
    if (status === "failed") state.itemsFailed++;
    const next = state.items![state.nextItem];
    if (next !== undefined) {
      state.nextItem++;
      makeReady(run, next);
    }
    return;
  }
  run.open--;
  run.counts[status]++;
  if (status === "failed") return;
  for (const dependent of state.dependents) if (--dependent.waiting === 0) makeReady(run, dependent.work);
}

function spend(run: Run, work: Work, usage: Usage): void {
  if (usage.calls === 0) return;
  run.usage.executor = addUsage(run.usage.executor, usage);
  work.usage = addUsage(work.usage, usage);
  if (work.item !== null) work.step.work.usage = addUsage(work.step.work.usage, usage);
}

// The answer

function onExecuted(run: Run): void {
  run.executed = true;
  if (run.failing !== undefined) return;
  run.phase = "answering";
  const { answer } = run.plans[run.plans.length - 1]!.plan;
  if (answer.kind === "from" && run.models.synthesizer !== null) oweAnswer(run, 1);
}

function oweAnswer(run: Run, attempt: number, notBefore?: number): void {
  const key = `answer/${attempt}`;
  run.owed.set(key, { kind: "answer", key, attempt, ...(notBefore === undefined ? {} : { notBefore }) });
}

function onAnswerFailed(run: Run, data: EventData["answer.failed"]): void {
  run.usage.synthesizer = addUsage(run.usage.synthesizer, data.usage);
  run.owed.clear();
  if (data.retryAt !== undefined) oweAnswer(run, data.attempt + 1, data.retryAt);
}
