// The shape of each event in today's form. In: an event that was read. Out: the first place with a wrong value. A log
// may have been edited, or written by a faulty program. Its events are checked here and trusted afterwards.
// A field that EventData gets does not compile without its line here.
import type { ChoiceFeatures } from "../../plan/choice-features.js";
import type { EvidenceFound } from "../../plan/evidence.js";
import type { Finding } from "../../plan/finding.js";
import type { InputTrust } from "../../plan/label.js";
import type { Origin } from "../../plan/origin.js";
import type { Answer, AnswerOnFailure, BudgetShare, InputSpec, Plan, Repeat, Retry, Step } from "../../plan/plan.js";
import type { Price } from "../../plan/estimate/price.js";
import type { ToolDifference } from "../../plan/tool-change.js";
import { CHILD_ACTS, CHILD_WAITS, type ChildUse, type Within } from "../event/child.js";
import type { Message } from "../message.js";
import type { TraceParent } from "../trace-parent.js";
import type { RecordedContext } from "../context.js";
import type { PlaybookChange, RecordedPlaybook, StandingGrant, StandingLost } from "../recorded-playbook.js";
import type { HoldReason } from "../reason.js";
import { EFFECT_CLASSES, type ToolReach, type ToolSpec } from "../../plan/tool-spec.js";
import type { Json, JsonObject } from "../../plan/json.js";
import { gistOf, mismatch, type Mismatch, type Type } from "../../plan/type/type.js";
import type { OtherUsage, Takeover, Usage } from "../../plan/usage.js";
import type { AfterUntrusted, CheckedPlan } from "../command.js";
import type {
  ActedRef,
  Asking,
  Change,
  EndedAs,
  Ending,
  Envelope,
  EventData,
  EventType,
  Failing,
  HeldCall,
  MadeCall,
  PassingFailure,
  RunEvent,
  StepRef,
  UndoneCall,
} from "../event.js";
import type { AnswerCritique, UnsupportedClaim } from "../event/judged.js";
import { failureShape } from "./failure-shape.js";
import type { SpecialistFacts } from "../../plan/specialist.js";
import type { ScoutCall, Scouted } from "../event/scouted.js";
import type { OwnSettings } from "../own-settings.js";
import type { ApprovalPolicy, Budget, JudgeRole, RoleNames, ScoutSettings, Settings } from "../settings.js";
import {
  anyJson,
  either,
  flag,
  list,
  map,
  number,
  oneOf,
  nullable,
  record,
  testOf,
  text,
  unchecked,
  yes,
} from "./shape.js";
import type { Shape } from "./shape.js";

// Parts

const texts = list(text);
const values = map(anyJson);
const object: Shape<JsonObject> = { type: values.type };
const count = nullable(number);

const counts = { calls: number, inputTokens: count, outputTokens: count };
const because = record<Takeover>({ model: text, code: text }, { text });
const others = map(record<OtherUsage>({ ...counts, because }, { cachedInputTokens: number }));
const usage = record<Usage>(counts, { cachedInputTokens: number, waited: map(number), others });
const origin = record<Origin>({ steps: texts, tools: texts }, {});
const ref = record<StepRef>({ step: text }, { item: number });
const subject = either(oneOf("plan"), ref);
const ending = oneOf<Ending>("tool-error", "thrown", "timeout", "abort", "in-doubt", "unusable");

/** The other fields depend on the code. Words must cope without them. */
const reason = <T extends { readonly code: string }>(): Shape<T> => ({
  type: record<{ readonly code: string; readonly text?: string }>({ code: text }, { text }).type,
});

const where = record<Finding["where"]>(
  { pointer: text },
  { line: number, column: number, unwritten: record<{ readonly step?: string }>({}, { step: text }) },
);

/** The parameters depend on the code. */
interface AnyFinding extends Pick<Finding, "code" | "severity" | "where"> {
  readonly params?: JsonObject;
  readonly text?: { readonly message: string; readonly fix: string };
}

const finding: Shape<Finding> = {
  type: record<AnyFinding>(
    { code: text, severity: oneOf("error", "warning"), where },
    { params: object, text: record<NonNullable<AnyFinding["text"]>>({ message: text, fix: text }, {}) },
  ).type,
};

const tool = record<ToolSpec>(
  { name: text, description: text, input: object, effects: oneOf(...EFFECT_CLASSES) },
  {
    output: object,
    approval: oneOf("required"),
    trusted: yes,
    public: yes,
    labels: oneOf("pass"),
    egress: yes,
    content: texts,
    version: text,
    reach: record<ToolReach>({}, { roots: texts, hosts: texts, open: texts }),
    timeoutMs: number,
    reconciles: yes,
    compensates: either(yes, oneOf("once")),
    simulated: oneOf("idempotent", "once"),
  },
);

// Plans

const policy = oneOf("fail", "skip", "patch", "replan", "compensate");
const type = either(text, values);

const common = {
  required: {
    id: text,
    title: text,
    dependsOn: texts,
    optional: flag,
    retry: record<Retry>({ attempts: number, delayMs: number, backoff: number }, {}),
    with: values,
  },
  optional: {
    description: text,
    when: text,
    forEach: text,
    as: text,
    maxParallel: number,
    repeat: record<Repeat>({ until: text, most: number, otherwise: oneOf("fail", "last") }, {}),
    output: type,
    timeoutMs: number,
    onFailure: policy,
    expect: text,
    evidence: texts,
    approval: oneOf("required"),
    model: text,
    executor: text,
  },
};

const step: Shape<Step> = either(
  either(
    record<Extract<Step, { readonly kind: "tool" }>>(
      { kind: oneOf("tool"), tool: text, ...common.required },
      { fill: text, ...common.optional },
    ),
    record<Extract<Step, { readonly kind: "agent" }>>(
      { kind: oneOf("agent"), agent: text, tools: either(oneOf("all"), texts), ...common.required },
      { turns: number, ...common.optional },
    ),
  ),
  either(
    record<Extract<Step, { readonly kind: "ask" }>>(
      { kind: oneOf("ask"), ask: text, ...common.required },
      common.optional,
    ),
    record<Extract<Step, { readonly kind: "plan" }>>(
      { kind: oneOf("plan"), plan: text, tools: either(oneOf("all"), texts), ...common.required },
      {
        budget: record<BudgetShare>({}, { modelCalls: number, tokens: number, costUsd: number }),
        ...common.optional,
      },
    ),
  ),
);

const onAnswerFailure = oneOf<AnswerOnFailure>("partial", "none");

const answer: Shape<Answer> = either(
  record<Extract<Answer, { readonly kind: "from" }>>(
    { kind: oneOf("from"), from: texts },
    { all: yes, instructions: text, critique: number, type, onFailure: onAnswerFailure },
  ),
  record<Extract<Answer, { readonly kind: "value" }>>(
    { kind: oneOf("value"), value: anyJson },
    { type, onFailure: onAnswerFailure },
  ),
);

const plan = record<Plan>(
  {
    goal: text,
    inputs: map(record<InputSpec>({}, { type, description: text, default: anyJson })),
    steps: list(step),
    answer,
  },
  {},
);

const approval = record<NonNullable<CheckedPlan["approval"]>>({ required: flag, reason: reason() }, {});

const afterUntrusted = record<AfterUntrusted>({ steps: texts }, { private: yes });

const checkedPlan = record<CheckedPlan>(
  { plan, hash: text, inputs: values, tools: list(tool), findings: list(finding) },
  { hashVersion: number, estimate: object, approval, mustApprove: texts, afterUntrusted },
);

const part = record<{ readonly tools: number; readonly of: number }>({ tools: number, of: number }, {});
const asking = record<Asking>({}, { offered: part, wanted: list(texts), schema: part, critique: unchecked() });

const scouted = record<Scouted>(
  {
    calls: list(record<ScoutCall>({ tool: text, args: object, result: text }, { failed: yes })),
    tools: texts,
    turns: number,
    usage,
  },
  { text, untrusted: yes, private: yes },
);

// Settings

const price = record<Price>(
  { inputUsdPerMTok: number, outputUsdPerMTok: number },
  { cachedInputUsdPerMTok: number, readOn: text },
);

const inputTrust = map(oneOf<InputTrust>("trusted", "untrusted", "public"));
const approvalPolicy = oneOf<ApprovalPolicy>("never", "always", "effects", "function");

const judgeRole = oneOf<JudgeRole>("planner", "executor", "synthesizer");
const specialist = record<SpecialistFacts>({ model: nullable(text) }, { description: text, tools: texts });

const settings = record<Settings>(
  {
    concurrency: number,
    approval: approvalPolicy,
    approvalMs: number,
    guard: oneOf("ask", "off"),
    attended: flag,
    rejections: number,
    repairRounds: number,
    roleAttempts: number,
    crashes: number,
    turns: number,
    fanOut: number,
    onFailure: policy,
    replan: oneOf("never", "on-failure", "each-step"),
    replans: number,
    replanContext: oneOf("codes", "excerpt", "full"),
    eager: flag,
    replanTokens: count,
    replanCostUsd: count,
    granularity: oneOf("coarse", "normal", "fine"),
    critique: flag,
    answerOnFailure: onAnswerFailure,
    answerCritique: number,
    critic: nullable(judgeRole),
    judge: judgeRole,
    budget: record<Settings["budget"]>({ modelCalls: count, tokens: count, costUsd: count, wallMs: count }, {}),
    prices: map(price),
  },
  {
    executors: map(specialist),
    scout: record<ScoutSettings>({ tools: either(oneOf("read-only"), texts), turns: number }, {}),
    simulated: yes,
  },
);

const ownSettings = record<OwnSettings>(
  {},
  {
    concurrency: number,
    approval: approvalPolicy,
    approvalMs: number,
    guard: oneOf("ask", "off"),
    rejections: number,
    repairRounds: number,
    turns: number,
    onFailure: policy,
    replan: oneOf("never", "on-failure", "each-step"),
    replans: number,
    replanTokens: count,
    replanCostUsd: count,
    answerOnFailure: onAnswerFailure,
    answerCritique: number,
    critic: nullable(judgeRole),
    simulated: yes,
    budget: record<Partial<Budget>>({}, { modelCalls: count, tokens: count, costUsd: count, wallMs: count }),
  },
);

const playbookChange: Shape<PlaybookChange> = either(
  either(
    record<Extract<PlaybookChange, { readonly what: "plan" }>>({ what: oneOf("plan") }, {}),
    record<Extract<PlaybookChange, { readonly what: "tool" }>>({ what: oneOf("tool"), tool: text }, {}),
  ),
  either(
    record<Extract<PlaybookChange, { readonly what: "input" }>>({ what: oneOf("input"), input: text }, {}),
    record<Extract<PlaybookChange, { readonly what: "expired" }>>({ what: oneOf("expired"), at: number }, {}),
  ),
);
const playbook = record<RecordedPlaybook>(
  { name: text, hash: text },
  {
    standing: either(
      record<StandingGrant>({ by: text, at: number, fixed: texts }, {}),
      record<StandingLost>({ changed: list(playbookChange) }, {}),
    ),
  },
);

const role = nullable(text);
const models = record<RoleNames>({ planner: role, executor: role, synthesizer: role }, {});

// Events

const comment = { comment: text };
const modelCall = { key: text, spent: usage, model: text, inputTokens: number, outputTokens: number };
const place = { step: text };
const item = { item: number };
const childUse = record<ChildUse>(
  {
    planner: usage,
    executor: usage,
    synthesizer: usage,
    spent: record<ChildUse["spent"]>({ modelCalls: number, tokens: number, costUsd: number }, {}),
  },
  {},
);
type ItemCall = NonNullable<EventData["approval.requested"]["items"]>[number];
const heldCall = record<HeldCall>({ key: text, tool: text, called: texts }, {});
const undoes = record<UndoneCall>({ call: text, tool: text, output: anyJson }, { partial: yes });
const attempted = { ...place, attempt: number };
const evidenceList = list(
  record<EvidenceFound>({ wanted: text, found: oneOf("yes", "no", "unchecked") }, { named: texts }),
);

const calls = list(
  record<MadeCall>(
    { tool: text, args: values, effects: oneOf("idempotent", "once"), key: text },
    { output: anyJson, partial: yes, error: failureShape, uncertain: yes },
  ),
);

const change = {
  mode: oneOf("patch", "full"),
  cause: oneOf("failure", "goal", "review", "feedback"),
  failed: list(ref),
  reason: reason<Change["reason"]>(),
};
const replan = record<EventData["replan.requested"]>(
  {
    ...change,
    estimate: record<EventData["replan.requested"]["estimate"]>({ tokens: count, costUsd: count }, {}),
  },
  { untrusted: yes, private: yes },
);

const passing = {
  required: {
    attempt: number,
    error: failureShape,
    decision: oneOf("retry", "fail"),
    reason: reason<PassingFailure["reason"]>(),
  },
  optional: { retryAt: number, unpaid: yes },
};
const passingFailure = record<PassingFailure>({ ...passing.required, usage }, passing.optional);

const choiceFeatures = record<ChoiceFeatures>(
  {
    possible: list(oneOf("plan", "react", "tools")),
    words: number,
    steps: number,
    items: number,
    each: flag,
    form: oneOf("question", "command", "other"),
    structure: texts,
    unknowns: texts,
    approves: texts,
    saves: texts,
    acts: texts,
    fits: texts,
    approval: approvalPolicy,
    budget: flag,
  },
  { playbook: text },
);

const failing = record<Failing>({ error: failureShape }, { cause: unchecked() });

const acted = { ...place, key: text, tool: text };
const undoing = { ...place, call: text, tool: text, attempt: number };
type LeftCall = EventData["compensation.requested"]["left"][number];
type Ends<How extends EndedAs["how"]> = Extract<EndedAs, { readonly how: How }>;
const endedAs: Shape<EndedAs> = either(
  either(
    record<Ends<"completed">>({ how: oneOf("completed"), success: flag }, {}),
    record<Ends<"failed">>({ how: oneOf("failed"), error: failureShape }, { cause: unchecked() }),
  ),
  record<Ends<"cancelled">>({ how: oneOf("cancelled"), comment: text }, {}),
);

const opinion = { points: texts, unsupported: list(record<UnsupportedClaim>({ at: text, text }, {})) };

const SHAPES: { readonly [T in EventType]: Shape<EventData[T]> } = {
  "run.started": record(
    {
      goal: text,
      inputs: values,
      strategy: oneOf("plan-and-execute", "react", "tools", "auto"),
      settings,
      models,
      inventory: text,
      kernel: text,
      planGiven: flag,
    },
    {
      parent: record<NonNullable<EventData["run.started"]["parent"]>>(
        { runId: text, seq: number, at: text },
        { undone: texts },
      ),
      tags: texts,
      trust: inputTrust,
      messages: list(
        record<Message>({ role: oneOf("user", "assistant"), content: text, trust: oneOf("trusted", "untrusted") }, {}),
      ),
      context: record<RecordedContext>({ stored: object }, { lookedUp: texts }),
      answerSchema: object,
      ownSettings,
      requestHash: text,
      within: record<Within>(
        { step: text, runId: text, root: text, depth: number, goals: texts },
        { item: number, untrusted: yes, private: yes },
      ),
      tools: texts,
      playbook,
      traceContext: record<TraceParent>({ traceparent: text }, { tracestate: text }),
    },
  ),
  "strategy.chosen": record<EventData["strategy.chosen"]>(
    {
      strategy: oneOf("plan", "react", "tools"),
      wanted: oneOf("plan", "react", "tools", "auto"),
      rule: text,
      features: choiceFeatures,
      reason: reason(),
      usage,
    },
    {},
  ),
  "strategy.failed": passingFailure,
  "run.paused": record(comment, {}),
  "run.unpaused": record(comment, {}),
  "run.resumed": record({ epoch: number, reason: reason() }, { released: yes, kernel: text }),
  "run.reopened": record(
    { from: nullable(text), restarted: texts, stage: oneOf("execution", "plan", "answer"), settings, models },
    {
      comment: text,
      requestedApproval: approvalPolicy,
      given: texts,
      trust: inputTrust,
      kernel: text,
      change: record<Change>(change, {}),
    },
  ),
  "run.completed": record({ success: flag }, {}),
  "run.failed": failing,
  "run.cancelled": record(comment, {}),
  "goal.changed": record({ goal: text, ...comment }, { change: record<Change>(change, {}), replan }),
  "cancel.requested": record(comment, { compensate: flag }),
  "compensation.requested": record(
    {
      cause: oneOf("failure", "cancel", "person"),
      calls: list(record<ActedRef>(acted, item)),
      left: list(record<LeftCall>({ ...acted, because: oneOf("no-compensate", "unknown", "unusable") }, item)),
      end: endedAs,
    },
    { comment: text, hash: text, unseen: yes, kernel: text },
  ),
  "compensation.started": record({ ...undoing, key: text, effects: oneOf("idempotent", "once") }, item),
  "compensation.completed": record(undoing, item),
  "compensation.failed": record(
    { ...undoing, error: failureShape, ending, decision: oneOf("retry", "ask"), reason: reason() },
    { ...item, retryAt: number, uncertain: yes },
  ),
  "compensation.settled": record(
    { ...undoing, verdict: oneOf("again", "undone", "leave") },
    { ...item, comment: text },
  ),
  "compensation.ended": record(
    { how: oneOf("done", "cancelled", "expired", "unattended"), undone: number, kept: number },
    {},
  ),
  "input.refused": record({ code: text, command: unchecked() }, { params: object, text }),
  "plan.stepDrafted": record(
    { request: text, index: number, step: anyJson, begins: flag },
    { tools: list(tool), needs: texts },
  ),
  "plan.proposed": record(
    {
      revision: number,
      plan,
      hash: text,
      program: text,
      hashVersion: number,
      inputs: values,
      tools: list(tool),
      needs: map(texts),
      cause: oneOf(
        "given",
        "strategy",
        "fork",
        "goal",
        "questions",
        "rejection",
        "edit",
        "patch",
        "replan",
        "goal-change",
      ),
      written: texts,
      findings: list(finding),
      usage,
    },
    {
      kept: list(ref),
      dropped: texts,
      added: texts,
      changed: texts,
      reason: reason(),
      replaces: number,
      adopts: yes,
      mustApprove: texts,
      afterUntrusted,
      estimate: object,
      approval,
      asking,
      scouted,
    },
  ),
  "plan.invalid": record(
    { round: number, draft: text, findings: list(finding), usage, decision: oneOf("repair", "ask", "give-up") },
    { asking, scouted, refused: checkedPlan },
  ),
  "plan.failed": record({ ...passing.required, usage }, { ...passing.optional, scouted }),
  "plan.reviewed": record(
    { verdict: oneOf("go on", "replan"), decision: oneOf("go on", "replan"), text, usage },
    { reason: reason(), again: yes },
  ),
  "review.failed": passingFailure,
  "tool.changed": record(
    {
      tool: text,
      present: tool,
      differences: list(record<ToolDifference>({ field: text, was: anyJson, is: anyJson }, {})),
    },
    { applies: tool, waits: yes },
  ),
  "approval.requested": record(
    { subject, hash: text, reason: reason(), expiresAt: number },
    {
      args: values,
      items: list(record<ItemCall>({ item: number, args: values }, {})),
      call: heldCall,
      undoes,
      usage,
      calls,
    },
  ),
  "approval.granted": record(
    { subject, hash: text },
    {
      comment: text,
      calls: texts,
      unseen: yes,
      args: values,
      rest: oneOf("values", "host"),
      standing: record<NonNullable<EventData["approval.granted"]["standing"]>>({ playbook: text, by: text }, {}),
    },
  ),
  "approval.denied": record(
    { subject, hash: text, cause: oneOf("rejected", "expired", "cancelled", "superseded") },
    { comment: text, again: yes, replan },
  ),
  "step.expanded": record({ step: text, list: list(anyJson), from: origin }, { carried: text }),
  "step.repeated": record({ step: text, round: number, met: flag }, { again: yes, since: number, carried: text }),
  "step.filling": record({ ...place, args: values, from: origin }, item),
  "step.filled": record({ ...place, args: values, usage }, { ...item, held: yes }),
  "step.started": record(
    {
      ...attempted,
      key: text,
      effects: oneOf(...EFFECT_CLASSES),
      args: values,
      from: origin,
      allowance: anyJson,
    },
    item,
  ),
  "step.delegated": record(
    { ...attempted, run: text, used: childUse },
    { ...item, waits: oneOf(...CHILD_WAITS), acted: oneOf(...CHILD_ACTS) },
  ),
  "step.completed": record(
    { ...place, output: anyJson, from: origin, usage },
    { ...item, summary: text, evidence: evidenceList, carried: text, review: yes, calls },
  ),
  "step.failed": record(
    {
      ...attempted,
      error: failureShape,
      decision: oneOf("retry", "skip", "fail", "patch", "replan"),
      reason: reason(),
      usage,
    },
    {
      ...item,
      ending,
      output: anyJson,
      tools: texts,
      summary: text,
      change: record<Change>(change, {}),
      sameAttempt: yes,
      goesOn: yes,
      turn: number,
      turns: number,
      calls,
      unpaid: yes,
    },
  ),
  "step.judging": record(
    { ...attempted, output: anyJson, from: origin, usage, judge: judgeRole },
    { ...item, summary: text, evidence: evidenceList, carried: text, turns: number, calls },
  ),
  "step.judged": record({ ...attempted, verdict: oneOf("met", "not-met"), text, usage }, item),
  "judge.failed": record({ ...place, ...passing.required, usage }, { ...item, ...passing.optional }),
  "turn.failed": record(
    {
      ...attempted,
      turn: number,
      error: failureShape,
      decision: oneOf("retry"),
      reason: reason(),
      retryAt: number,
      usage,
    },
    { ...item, unpaid: yes },
  ),
  "step.held": record(
    { ...attempted, reason: record<HoldReason>({ code: oneOf("TOOL_CHANGED", "ITEMS_TOGETHER"), tools: texts }, {}) },
    { ...item, args: values },
  ),
  "step.retrying": record({ ...attempted, retryAt: number }, item),
  "step.skipped": record(
    { ...place, reason: reason(), cause: oneOf("when", "failure", "null-reference") },
    { ...item, carried: text, review: yes },
  ),
  "step.suspended": record({ ...place, on: oneOf("ask", "run"), question: text, data: anyJson, from: origin }, item),
  "step.asked": record(
    { ...attempted, key: text, tool: text, number, question: text, expiresAt: number, usage },
    { ...item, type: either(text, object), declines: yes, state: anyJson, args: values, calls },
  ),
  "step.answered": record({ ...place, key: text, number, value: anyJson }, item),
  "step.unknown": record(
    { ...attempted, key: text, tool: text, error: failureShape, ending, usage },
    { ...item, args: values, unpaid: yes, reconciles: yes, reconcileAt: number, calls },
  ),
  "step.unusable": record(
    { ...attempted, key: text, tool: text, error: failureShape, output: anyJson, usage },
    { ...item, partial: yes, ending: oneOf("unusable"), earlier: ref, args: values, from: origin },
  ),
  "step.resolved": record(
    { ...place, key: text, verdict: oneOf("happened", "not-happened", "abort", "use", "skip", "fail", "again") },
    { ...item, output: anyJson, doubt: number },
  ),
  "reconcile.failed": record({ ...place, ...passing.required }, { ...item, ...passing.optional, output: anyJson }),
  "step.cancelled": record(
    { ...attempted, reason: reason(), usage },
    { ...item, ending, error: failureShape, unpaid: yes, calls },
  ),
  "replan.requested": replan,
  "budget.reserved": record({ ...modelCall, costUsd: count }, {}),
  "budget.awaited": record(modelCall, {}),
  "budget.exhausted": record(
    { limit: oneOf("modelCalls", "tokens", "costUsd", "wallMs"), allowed: number, wanted: number },
    { stops: yes, call: record<NonNullable<EventData["budget.exhausted"]["call"]>>(modelCall, {}) },
  ),
  "log.full": record({ limit: number }, {}),
  "execution.completed": record(
    {
      total: number,
      completed: number,
      failed: number,
      skipped: number,
      replans: number,
      answer: oneOf("synthesizer", "plan", "none"),
    },
    {},
  ),
  "answer.requested": failing,
  "answer.drafted": record({ round: number, answer: anyJson, critic: judgeRole, usage }, {}),
  "answer.reviewed": record(
    { ...opinion, round: number, decision: oneOf("rewrite", "give"), verdict: oneOf("fine", "wanting"), usage },
    {},
  ),
  "critique.failed": passingFailure,
  "answer.written": record(
    { answer: anyJson, partial: flag, usage },
    {
      critique: record<AnswerCritique>(
        { ...opinion, rounds: number, agreed: flag },
        { unreviewed: failureShape, unwritten: failureShape },
      ),
    },
  ),
  "answer.failed": record({ ...passing.required, usage }, { ...passing.optional, answer: anyJson }),
};

const ENVELOPE = record<Omit<Envelope, "v">>(
  { runId: text, seq: number, at: number, inputId: text, by: text, prev: text },
  {},
);

/** Compiled on first use: a log has few types of events. */
const tests = new Map<Type, (value: unknown) => boolean>();

/** The first place where an event does not have today's shape. */
export function misfitIn(event: RunEvent): Mismatch | undefined {
  const around = misfit(event, ENVELOPE.type, "");
  if (around !== undefined) return around;
  const { type, data } = event;
  if (!Object.hasOwn(SHAPES, type)) return { path: "/type", expected: "a type of event", found: gistOf(type) };
  return misfit(data, SHAPES[type].type, "/data") ?? misfitBetween(event);
}

/** A value whose form depends on another value of the event. */
function misfitBetween({ type, data }: RunEvent): Mismatch | undefined {
  // A sound step comes with its tools, in canonical form. Any other step is the planner's text.
  if (type === "plan.stepDrafted" && data.tools !== undefined) return misfit(data.step, step.type, "/data/step");
  return type === "plan.invalid" ? misfitInQuestions(data.findings) : undefined;
}

/** The questions of a planner are asked of a person. The parameters of other findings are only read by words. */
function misfitInQuestions(findings: readonly Finding[]): Mismatch | undefined {
  for (const [index, found] of findings.entries()) {
    if (found.code !== "QUESTIONS" || !("params" in found)) continue;
    const wrong = misfit(found.params.questions, texts.type, `/data/findings/${index}/params/questions`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Whether a value has the shape of a checked plan. It says nothing of whether the plan passes check. */
export const isCheckedPlan = (value: unknown): value is CheckedPlan =>
  misfit(value, checkedPlan.type, "") === undefined;

export const isSettings = (value: unknown): value is Settings => misfit(value, settings.type, "") === undefined;

function misfit(value: unknown, type: Type, path: string): Mismatch | undefined {
  let test = tests.get(type);
  if (test === undefined) tests.set(type, (test = testOf(type)));
  if (test(value)) return undefined;
  const found = mismatch(value as Json, type);
  return found && { ...found, path: `${path}${found.path}` };
}
