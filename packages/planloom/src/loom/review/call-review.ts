// One call, for a person who approves it. In: a run, its log and the hash of the request. Out: plain data in sentences:
// the act, its arguments with their type and origin, what the guard found, and what has changed.
import type { Json, JsonObject } from "../../plan/json.js";
import type { Step } from "../../plan/plan.js";
import { toldBy } from "../../plan/step-kind.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { editableTool, restsOf } from "../../run/approval.js";
import type { RestOfStep } from "../../run/command.js";
import type { AfterRejection } from "../../run/decide/after-rejection.js";
import type { RunEvent, UndoneCall } from "../../run/event.js";
import { toolIn } from "../../run/lookup.js";
import type { ApprovalReason, ChangedToolReason, LegacyReason } from "../../run/reason.js";
import type { PendingApproval, Run } from "../../run/state.js";
import { isEnded, statusOf, type RunStatus } from "../../run/status.js";
import type { ShownPreview } from "../../tools/preview.js";
import { titleSentence } from "../../words/plan-sentences.js";
import { reasonText } from "../../words/reasons.js";
import { numbersIn, waitingArguments, type ReviewedArgument } from "./arguments.js";
import { isoTime } from "../view/row-context.js";
import { askedApproval, type ReviewDecision } from "./decision.js";
import { rejectingOf } from "./plan-review.js";
import { EFFECTS } from "../view/row-context.js";
import type { EffectView } from "../view/run-view.js";

export interface CallReview {
  readonly kind: "call";
  readonly runId: string;
  readonly goal: string;
  readonly status: RunStatus;
  readonly seq: number;
  readonly hash: string;
  readonly waiting: boolean;
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly decision?: ReviewDecision;
  readonly step: string;
  readonly item?: number;
  /** What the step does, as a sentence. */
  readonly says: string;
  /** Number of the step in its plan, from 1, and how many there are. */
  readonly number: number;
  readonly of: number;
  /** The tool. Absent: the items of a step, or an agent step, as a whole. */
  readonly tool?: string;
  readonly effect?: EffectView;
  readonly description?: string;
  /** All that the model of the step is told, or the tool that the step calls. */
  readonly does: Json;
  /** The request is about the undoing of this call. `arguments` are those of the call. */
  readonly undoes?: UndoneCall;
  readonly arguments: readonly ReviewedArgument[];
  /** JSON Schema of the arguments. */
  readonly schema?: JsonObject;
  /** What the call would change, as of now. Only while it waits, and if its tool gives one. */
  readonly preview?: ShownPreview;
  /** The call can get other arguments when it is approved. */
  readonly editable: boolean;
  /** Only for the items of a step as a whole: the control arguments of each. */
  readonly items?: readonly { readonly item: number; readonly args: { readonly [name: string]: Json } }[];
  readonly code: string;
  readonly reason: string;
  /** Control arguments that untrusted data chose. */
  readonly chosen: readonly string[];
  /** Private data would leave this machine. */
  readonly privateLeaves: boolean;
  readonly changes: readonly ChangedToolReason[];
  readonly rest: readonly RestOfStep[];
  readonly rejecting?: { readonly then: AfterRejection; readonly text: string };
}

/** undefined: no call was asked about under this hash. */
export function callReview(run: Run, log: readonly RunEvent[], hash: string): CallReview | undefined {
  const asked = askedApproval(log, hash);
  if (asked === undefined || asked.requested.data.subject === "plan") return undefined;
  const { data, at } = asked.requested;
  const subject = asked.requested.data.subject;
  // The step of a call that is undone may belong to an earlier plan.
  const undone = data.undoes && run.compensation.calls.get(data.undoes.call);
  const state = run.execution.steps.get(subject.step);
  const spec = undone?.spec ?? state?.spec;
  if (spec === undefined) return undefined;
  const pending = run.approvals.pending.get(hash);
  const question: PendingApproval = { ...data, requestedAt: at };
  const called = data.undoes?.tool ?? data.call?.tool;
  const tool = called === undefined ? state?.tool : toolIn(run, called);
  return {
    kind: "call",
    runId: run.id,
    goal: run.request.goal,
    status: statusOf(run),
    seq: run.log.seq,
    hash,
    waiting: pending !== undefined && !isEnded(run),
    requestedAt: isoTime(at),
    expiresAt: isoTime(data.expiresAt),
    ...(asked.decision === undefined ? {} : { decision: asked.decision }),
    ...placeOf(run, spec, data.items === undefined ? subject.item : undefined),
    ...toolPart(tool),
    does: { ...toldBy(spec) } as Json,
    ...(data.undoes === undefined ? {} : { undoes: data.undoes }),
    arguments: waitingArguments(run, spec, {
      args: data.args ?? {},
      ...(tool === undefined ? {} : { tool }),
      ...(data.call === undefined ? {} : { called: data.call.called }),
    }),
    editable: pending !== undefined && editableTool(run, question) !== undefined,
    ...(data.items === undefined ? {} : { items: data.items }),
    code: data.reason.code,
    reason: reasonText(data.reason),
    ...guardIn(data.reason),
    changes: data.reason.code === "TOOL_CHANGED" ? data.reason.changes : [],
    rest: restsOf(run, question),
    ...rejectingOf(run, pending),
  };
}

function placeOf(run: Run, spec: Step, item: number | undefined) {
  return {
    step: spec.id,
    ...(item === undefined ? {} : { item }),
    says: titleSentence(spec.title),
    number: numbersIn(run).get(spec.id) ?? 0,
    of: run.execution.steps.size,
  };
}

function toolPart(tool: ToolSpec | undefined): Pick<CallReview, "tool" | "effect" | "description" | "schema"> {
  if (tool === undefined) return {};
  const { name, effects, description, input } = tool;
  return { tool: name, effect: EFFECTS[effects], description, schema: input };
}

function guardIn(reason: ApprovalReason | LegacyReason): Pick<CallReview, "chosen" | "privateLeaves"> {
  if (reason.code === "TOOL_CHANGED" && "also" in reason && reason.also !== undefined) return guardIn(reason.also);
  if (reason.code !== "CONTROL_UNTRUSTED" && reason.code !== "PRIVATE_LEAVES")
    return { chosen: [], privateLeaves: false };
  return {
    chosen: (reason as { readonly args?: readonly string[] }).args ?? [],
    privateLeaves: reason.code === "PRIVATE_LEAVES",
  };
}
