// The calls that people have agreed to, from their commands in the log alone. In: events as they come. Out: what is
// wrong where something runs that nobody agreed to. Separate from the kernel's own books because these rules are
// written from the promises; the play of properties and the simulation both keep them.
import { canonicalJson } from "../../src/plan/json.js";
import type { Plan, Step } from "../../src/plan/plan.js";
import type { ToolSpec } from "../../src/plan/tool-spec.js";
import type { EventOf, RunEvent, StepRef } from "../../src/run/event.js";
import { planOf } from "../../src/run/lookup.js";
import { type Run } from "../../src/run/state.js";

type Tools = ReadonlyMap<string, ToolSpec>;

/** Plans that the planner writes of a run; all others are given by persons. */
const PLANNERS: readonly string[] = ["goal", "rejection", "patch", "replan", "goal-change"];

export class Agreements {
  /** Calls with their arguments that a person has approved, and their steps. */
  private readonly calls = new Map<string, string>();
  /** Those of them that were made. */
  private readonly made = new Set<string>();
  /** Hashes of calls that wait for a person. */
  private readonly asked = new Map<string, string>();
  /** Hashes of undoings that wait for a person. */
  private readonly undoings = new Set<string>();
  /** Steps with a list whose items a person has approved as a whole. */
  private readonly items = new Set<string>();
  /** Acting steps as they stood in a plan that was approved, and the hashes of such plans. */
  private readonly steps = new Set<string>();
  private readonly plans = new Set<string>();
  /** Steps of the present plan whose writer had read what others wrote. */
  private flagged: ReadonlySet<string> = new Set();
  private plan: Plan | undefined;
  /** Steps that have begun and whose words a planner could read. */
  private readonly spoken = new Set<string>();
  /** It has read some. */
  private shown = false;
  /** A plan was rejected, and none was approved since. */
  private rejected = false;
  /** By the id of the input: what follows on it in the same batch is what a person wants of an ended run. */
  private retriedBy: string | undefined;

  /** `agreedIn` is what was agreed to in another run, from which this one may have been forked. */
  constructor(private readonly agreedIn: (runId: string) => Agreements | undefined = () => undefined) {}

  /** `run` stands where the event was decided. What is wrong, in words; undefined where nothing is. */
  heed(run: Run, event: RunEvent): string | undefined {
    switch (event.type) {
      case "run.started":
        return void this.begun(event);
      case "plan.proposed":
        return void this.proposed(run, event);
      case "run.reopened":
        this.retriedBy = event.inputId;
        return void this.forget(event.data.restarted);
      case "replan.requested":
        this.shown ||= this.reads(run);
        return undefined;
      case "approval.requested":
        if (event.data.undoes !== undefined) this.undoings.add(event.data.hash);
        else if (event.data.subject !== "plan")
          this.asked.set(event.data.hash, this.askedFor(run, event.data.subject, event));
        return undefined;
      case "approval.granted":
        return this.granted(run, event);
      case "approval.denied":
        if (event.data.subject === "plan" && event.data.cause === "rejected") this.rejected = true;
        return undefined;
      case "step.filling":
        return void this.spoken.add(event.data.step);
      case "step.started":
        if (hearsOthers(run, event.data.step)) this.spoken.add(event.data.step);
        return this.started(run, event);
      case "step.completed":
        if (event.data.carried !== undefined && hearsOthers(run, event.data.step)) this.spoken.add(event.data.step);
        if (this.heardNothing(run, event.data)) this.spoken.delete(event.data.step);
        return undefined;
      default:
        return undefined;
    }
  }

  /** An agent step that called no tool and was given nothing of others has only its own words to say. */
  private heardNothing(run: Run, { step, item, from, carried }: EventOf<"step.completed">["data"]): boolean {
    const state = run.execution.steps.get(step);
    if (state?.spec.kind !== "agent" || item !== undefined || carried !== undefined) return false;
    return state.fan === undefined && from.tools.length === 0 && from.steps.every((id) => !this.spoken.has(id));
  }

  /** In a fork what others wrote stays so. */
  private begun({ data }: EventOf<"run.started">): void {
    const parent = data.parent === undefined ? undefined : this.agreedIn(data.parent.runId);
    if (parent === undefined) return;
    this.flagged = parent.flagged;
    this.plan = parent.plan;
  }

  /** A planner also reads its plans, in which it may repeat what others wrote. */
  private reads({ request: { settings } }: Run): boolean {
    return this.flagged.size > 0 || (this.spoken.size > 0 && settings.replanContext !== "codes");
  }

  private askedFor(run: Run, ref: StepRef, { data }: EventOf<"approval.requested">): string {
    return callText(ref, run.execution.steps.get(ref.step)!.spec, data.args);
  }

  private proposed(run: Run, { data, inputId }: EventOf<"plan.proposed">): void {
    const { plan, cause, hash, kept = [] } = data;
    const before = new Map(this.plan?.steps.map((step) => [step.id, canonicalJson(step)]));
    const isOld = (step: Step) => before.get(step.id) === canonicalJson(step);
    const reads = PLANNERS.includes(cause) && (this.shown || this.reads(run));
    const flagged = plan.steps.filter((step) => (isOld(step) ? this.flagged.has(step.id) : reads));
    this.flagged = new Set(flagged.map(({ id }) => id));
    this.plan = plan;
    const stays = new Set(kept.map(({ step }) => step));
    for (const step of this.spoken) if (!stays.has(step)) this.spoken.delete(step);
    // It is asked for anew; a person who gives a plan to a run that has ended has made up their mind.
    this.plans.delete(hash);
    if (inputId === this.retriedBy) this.rejected = false;
  }

  /** What a person has approved was to be done once: what has been begun since is asked about again. */
  private forget(anew: readonly string[]): void {
    for (const [call, step] of this.calls)
      if (anew.includes(step) && this.made.has(call)) for (const calls of [this.calls, this.made]) calls.delete(call);
    for (const step of anew) {
      this.spoken.delete(step);
      this.items.delete(step);
    }
  }

  private granted(run: Run, { data }: EventOf<"approval.granted">): string | undefined {
    const { subject, hash } = data;
    if (this.undoings.has(hash)) return undefined;
    if (subject !== "plan") {
      const call = this.asked.get(hash);
      if (call !== undefined) this.calls.set(call, subject.step);
      if (subject.item === undefined) this.items.add(subject.step);
      return call === undefined ? "is of a call that nobody asked about" : undefined;
    }
    const { plan, hash: present, tools } = planOf(run);
    this.plans.add(hash);
    this.rejected = false;
    for (const step of plan.steps) {
      if (acts(step, tools)) this.steps.add(canonicalJson(step));
      if (data.calls?.includes(step.id) === true && standsInPlan(step))
        this.calls.set(callText({ step: step.id }, step, step.with), step.id);
    }
    return present === hash ? undefined : "is of another plan than the present one";
  }

  private started(run: Run, { data }: EventOf<"step.started">): string | undefined {
    const { spec, tool } = run.execution.steps.get(data.step)!;
    const { hash, tools } = planOf(run);
    const acting = acts(spec, tools);
    const wrong: string[] = [];
    const must = (holds: boolean, what: string) => void (holds || wrong.push(what));
    const asks = spec.approval === "required" || tool?.approval === "required";
    const marked = acting && this.flagged.has(data.step);
    const whole = callText(spec.repeat === undefined ? data : { step: data.step }, spec, data.args);
    if (asks || marked) {
      const call = callText(data, spec, data.args);
      // A person who saw the arguments of all rounds in the plan has approved them all.
      const approved = this.calls.has(call) || this.calls.has(whole);
      this.made.add(this.calls.has(call) ? call : whole);
      must(
        approved,
        asks ? "begins without its approval" : "was written after untrusted text was read, and acts unapproved",
      );
    }
    if (acting && run.request.settings.guard === "ask" && isChosenByTools(run, spec)) {
      const seen = this.calls.has(callText(data, spec, data.args)) || this.items.has(data.step);
      must(seen, "acts on arguments that a tool chose, and nobody has seen them");
    }
    must(!this.rejected, "begins although a plan was rejected, and none approved since");
    const { approval } = run.request.settings;
    must(approval !== "always" || this.plans.has(hash), "begins under a plan whose hash nobody approved");
    const seen = approval !== "effects" || !acting || this.steps.has(canonicalJson(spec));
    must(seen, "acts, and stood in no plan that was approved");
    return wrong[0];
  }
}

/** Whether an argument of the call comes straight from a tool that nobody has declared as trusted. */
function isChosenByTools({ execution: { steps } }: Run, spec: Step): boolean {
  if (spec.kind !== "tool") return false;
  const { text: _content, ...control } = spec.with;
  const [, ...names] = canonicalJson(control).split("${{");
  return names.some((expression) => {
    const [, name = ""] = /^\s*(\w+)/.exec(expression) ?? [];
    const source = steps.get(spec.repeat !== undefined && name === "previous" ? spec.id : name);
    // A step that was skipped has said nothing.
    if (source?.work.status === "skipped") return false;
    return source?.spec.kind === "tool" && source.tool?.trusted !== true && source.tool?.labels === undefined;
  });
}

/** A tool has spoken. A model without tools only says again what it was given. */
function hearsOthers({ execution: { steps } }: Run, id: string): boolean {
  const spec = steps.get(id)?.spec;
  return spec?.kind === "tool" || (spec?.kind === "agent" && spec.tools.length > 0);
}

/** What decides what a call does: for an agent also its instruction and its tools. */
function callText({ step, item }: StepRef, spec: Step, args: unknown): string {
  const deed = spec.kind === "tool" ? spec.tool : spec.kind === "agent" ? [spec.agent, spec.tools] : "ask";
  return canonicalJson([step, item ?? null, deed, args]);
}

function standsInPlan(step: Step): boolean {
  if (step.kind !== "tool" || step.fill !== undefined || step.forEach !== undefined) return false;
  return !canonicalJson(step.with).includes("${{");
}

function acts(step: Step, tools: Tools): boolean {
  if (step.kind === "ask") return false;
  const names = step.kind === "tool" ? [step.tool] : step.tools === "all" ? [...tools.keys()] : step.tools;
  return names.some((name) => (tools.get(name)?.effects ?? "none") !== "none");
}
