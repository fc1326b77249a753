// Checks the durable log of every run against the promises. In: a world and a log. Out: violations in the world's
// ledger. The rules are written from the promises: they read facts, not the kernel's state.
import type { ToolSpec } from "../../src/plan/tool-spec.js";
import type { EventOf, RunEvent, StepRef } from "../../src/run/event.js";
import type { Plan, Step } from "../../src/plan/plan.js";
import { needsOf } from "../../src/plan/graph.js";
import { AnswerAudit } from "./answer.js";
import { Hold } from "./hold.js";
import type { Ledger } from "./ledger.js";
import { agentText, dataIn } from "./models.js";
import { RoundRules } from "../run/round-rules.js";
import { answerTo, outputOf } from "./service.js";
import type { SimulatedWorld } from "./world.js";

export function auditLog(world: SimulatedWorld, log: readonly RunEvent[]): void {
  new LogAudit(world, world.ledger, log).read();
}

const nameOf = ({ step, item }: StepRef): string => `${step}/${item ?? ""}`;
const stepIn = (name: string): string => name.slice(0, name.indexOf("/"));

interface Place {
  /** started, filling: it takes a place; ended: nothing may follow; failed: nothing but in a run that goes on. */
  status: "open" | "at work" | "ended" | "failed";
  /** That have failed. */
  attempts: number;
  /** The last one that was started. */
  last: number;
  /** The run has gone on since, or has another plan: the next attempt may be any later one. */
  again: boolean;
  key?: string;
  /** The key of the call that may have acted without being heard. */
  call?: string | undefined;
  args?: string;
  given?: { readonly [name: string]: unknown };
  retryAt: number;
}

class LogAudit {
  readonly #places = new Map<string, Place>();
  readonly #lengths = new Map<string, number>();
  /** Of calls that acted and whose output cannot be used. */
  readonly #unusableKeys = new Set<string>();
  /** The definitions of tools that act and have changed since the plan. */
  readonly #changed = new Map<string, string>();
  /** By hash, the changed definitions that a request for approval shows; and by step or item, those a person approved. */
  readonly #shown = new Map<string, readonly string[]>();
  readonly #seen = new Map<string, Set<string>>();
  #steps = new Map<string, Step>();
  #plan: Plan | undefined;
  /** It is not the first plan. */
  #replaced = false;
  readonly #hold = new Hold(() =>
    [...this.#steps.keys()].some((step) => !["ended", "failed"].includes(this.#place({ step }).status)),
  );
  #atWork = 0;
  #over: string | undefined;
  /** The input that had it go on after its end. */
  #reopenedBy: string | undefined;

  constructor(
    private readonly world: SimulatedWorld,
    private readonly ledger: Ledger,
    private readonly log: readonly RunEvent[],
  ) {}

  read(): void {
    const answer = new AnswerAudit();
    const rounds = new RoundRules();
    this.log.forEach((event, index) => {
      const wrong = answer.heed(event);
      if (wrong !== undefined) this.#wrong(event, wrong);
      const misled = rounds.heed(event, (id) => this.#steps.get(id));
      if (misled !== undefined) this.#wrong(event, misled);
      if (event.seq !== index + 1) this.#wrong(event, "has the wrong seq");
      const late = event.type === "input.refused" || event.type === "run.reopened";
      if (this.#over !== undefined && !late) this.#wrong(event, `comes after ${this.#over}`);
      this.#hold.heed(event);
      this.#next(event);
    });
  }

  #wrong(event: RunEvent, what: string): void {
    const { step, item } = event.data as Partial<StepRef>;
    this.ledger.violate(`${event.type} ${step ?? ""}${item === undefined ? "" : `/${item}`} ${what}`);
  }

  #next(event: RunEvent): void {
    switch (event.type) {
      case "run.reopened":
        return this.#goesOn(event);
      case "replan.requested":
        return this.#replanned(event);
      case "plan.proposed":
        return this.#proposed(event);
      case "step.expanded":
        if (event.data.carried === undefined) this.#mayBegin(event, event.data);
        this.#lengths.set(event.data.step, event.data.list.length);
        return;
      case "step.repeated":
        if (event.data.round === 0 && event.data.carried === undefined) this.#mayBegin(event, event.data);
        return;
      case "step.filling":
        this.#enter(event, event.data);
        return;
      case "step.filled":
        this.#leave(this.#place(event.data), "open");
        return;
      case "step.suspended":
        return this.#mayBegin(event, event.data);
      case "tool.changed":
        if (event.data.waits === true) this.#changed.set(event.data.tool, JSON.stringify(event.data.present));
        else this.#changed.delete(event.data.tool);
        return;
      case "approval.granted":
        if (event.data.subject !== "plan") this.#sees(nameOf(event.data.subject), event.data.hash);
        return;
      case "step.held":
        return this.#notCalled(event);
      case "step.started":
        return this.#started(event);
      case "step.completed":
        return this.#completed(event);
      case "step.failed":
        this.#failed(event);
        return;
      case "step.retrying":
        this.#place(event.data).retryAt = event.data.retryAt;
        return;
      case "step.skipped":
        this.#leave(this.#place(event.data), "ended");
        if (event.data.cause === "failure" && event.data.item === undefined && event.data.carried === undefined)
          this.#hold.done();
        return;
      case "step.cancelled":
        this.#nothingActed(event);
        return this.#leave(this.#place(event.data), "open");
      case "step.resolved":
        return this.#resolved(event);
      case "step.unknown":
        // Where a person finds that it did not happen, the attempt goes on.
        this.#place(event.data).last = event.data.attempt - 1;
        return this.#leave(this.#place(event.data), "open");
      case "step.unusable":
        return this.#unusable(event);
      case "approval.requested":
        return this.#held(event);
      case "step.asked":
        return this.#asked(event);
      case "step.answered":
        if (event.by === "engine") this.#wrong(event, "is answered by nobody");
        return;
      case "run.completed":
      case "run.failed":
      case "run.cancelled":
        this.#over = event.type;
        return;
      default:
    }
  }

  /** Its tool asks before it acts. After the answer the same attempt goes on. */
  #asked(event: EventOf<"step.asked">): void {
    const { key, attempt, tool } = event.data;
    const place = this.#place(event.data);
    if (place.status !== "at work" || attempt !== place.last) this.#wrong(event, "asks, and is not at work");
    const actedAt = this.world.service.firstAct.get(key) ?? Infinity;
    // A restarted step puts once more.
    if (tool !== "put" && actedAt < this.ledger.durableAt.get(event)!) this.#wrong(event, "asks after it acted");
    place.last--;
    this.#leave(place, "open");
  }

  /** A call inside an agent step waits for a person. Then the same attempt goes on. */
  #held(event: EventOf<"approval.requested">): void {
    const { subject, call, hash, reason } = event.data;
    if (reason.code === "TOOL_CHANGED")
      this.#shown.set(
        hash,
        reason.changes.map(({ tool }) => this.#changed.get(tool) ?? ""),
      );
    if (subject === "plan" || call === undefined) return;
    const madeAt = this.ledger.outcomes.get(call.key) ?? Infinity;
    if (madeAt < this.ledger.durableAt.get(event)!)
      this.#wrong(event, `asks about a call of ${call.tool} that was made`);
    const place = this.#place(subject);
    place.last--;
    this.#leave(place, "open");
  }

  /** What has finished stays so; the rest begins under the new plan. */
  #proposed(event: EventOf<"plan.proposed">): void {
    const { plan, revision, tools, kept = [] } = event.data;
    const { approval } = this.world.scenario;
    const before = this.#steps;
    this.#changed.clear();
    this.#plan = plan;
    this.#steps = new Map(plan.steps.map((step) => [step.id, step]));
    // What of a later plan must be approved, agreements.ts knows.
    this.#hold.awaiting = approval === "always" || (revision === 1 && approval === "effects" && this.#mayAct(tools));
    if (revision === 1) return;
    this.#replaced = true;
    const names = new Set(kept.map(nameOf));
    const isKept = (name: string) => names.has(name) || names.has(`${stepIn(name)}/`);
    const byPerson = event.inputId === this.#reopenedBy;
    for (const [name, place] of this.#places) {
      if (!isKept(name)) {
        if (place.status === "ended" && !byPerson) this.#mayLose(event, name, before, isKept);
        this.#places.set(name, { ...this.#newPlace(), last: place.last });
      } else if (place.status !== "ended") Object.assign(place, { status: "open", again: true, retryAt: 0 });
    }
    const keptSteps = new Set(kept.map(({ step }) => step));
    for (const step of this.#lengths.keys()) if (!keptSteps.has(step)) this.#lengths.delete(step);
  }

  /** Finished items may go where the fan-out is made for another list. */
  #mayLose(event: RunEvent, name: string, before: ReadonlyMap<string, Step>, isKept: (name: string) => boolean): void {
    const id = stepIn(name);
    const [was, is] = [before.get(id), this.#steps.get(id)];
    if (name !== `${id}/`) {
      if (was?.repeat !== undefined && JSON.stringify(was) !== JSON.stringify(is)) return;
      if (was?.forEach !== is?.forEach || was?.as !== is?.as || is === undefined) return;
      if (needsOf(is).some((need) => !isKept(`${need}/`) || this.#place({ step: need }).status !== "ended")) return;
    }
    this.#wrong(event, `loses ${name}, which has finished`);
  }

  #replanned(event: EventOf<"replan.requested">): void {
    if (this.#atWork > 0) this.#wrong(event, `comes while ${this.#atWork} calls are at work`);
    const tooMany = this.#hold.tooMany(event);
    if (tooMany !== undefined) this.#wrong(event, tooMany);
  }

  #goesOn({ data, seq, type, inputId }: RunEvent & { type: "run.reopened" }): void {
    if (this.#over === undefined) this.ledger.violate(`${type} (${seq}) of a run that had not ended`);
    this.#over = undefined;
    // Only its answer is written.
    if (data.stage === "answer") return;
    this.#reopenedBy = inputId;
    for (const [name, place] of this.#places) {
      const restarted = data.restarted.includes(name.split("/")[0]!);
      if (restarted) place.call = undefined;
      if (restarted || place.status === "failed") place.status = "open";
      place.again = true;
      place.retryAt = 0;
    }
  }

  /** What another run has done does not act in this one. */
  #mayAct(tools: readonly ToolSpec[]): boolean {
    const done = new Set(
      this.log.flatMap(({ type, data }) =>
        (type === "step.completed" || type === "step.skipped") && data.carried !== undefined && data.item === undefined
          ? [data.step]
          : [],
      ),
    );
    const acting = tools.filter(({ effects }) => effects !== "none").map(({ name }) => name);
    const uses = (step: Step) =>
      step.kind === "tool"
        ? acting.includes(step.tool)
        : step.kind === "agent" &&
          (step.tools === "all" ? acting.length > 0 : step.tools.some((name) => acting.includes(name)));
    return this.#plan!.steps.some((step) => !done.has(step.id) && uses(step));
  }

  #place(ref: StepRef): Place {
    const name = nameOf(ref);
    let place = this.#places.get(name);
    if (place === undefined) this.#places.set(name, (place = this.#newPlace()));
    return place;
  }

  #newPlace(): Place {
    const again = this.#reopenedBy !== undefined || this.#replaced;
    return { status: "open", attempts: 0, last: 0, again, retryAt: 0 };
  }

  #mayBegin(event: RunEvent, ref: StepRef): void {
    const step = this.#steps.get(ref.step);
    if (step === undefined) return this.#wrong(event, "is no step of the plan");
    for (const why of this.#hold.why(event.at)) this.#wrong(event, `begins ${why}`);
    if (this.#place(ref).status === "ended") this.#wrong(event, "has ended already");
    for (const need of needsOf(step)) {
      if (this.#place({ step: need }).status !== "ended") this.#wrong(event, `begins before ${need} has ended`);
    }
  }

  #enter(event: RunEvent, ref: StepRef): void {
    this.#mayBegin(event, ref);
    const place = this.#place(ref);
    if (place.status === "at work") this.#wrong(event, "is at work already");
    if (event.at < place.retryAt) this.#wrong(event, "begins before its time");
    place.status = "at work";
    this.#atWork++;
    if (this.#atWork > this.world.scenario.concurrency) this.#wrong(event, "exceeds the concurrency");
    const limit = this.#steps.get(ref.step)?.maxParallel;
    const alike = [...this.#places].filter(
      ([name, { status }]) => name.startsWith(`${ref.step}/`) && status === "at work",
    );
    if (limit !== undefined && alike.length > limit) this.#wrong(event, "exceeds maxParallel");
  }

  #leave(place: Place, status: "open" | "ended" | "failed"): void {
    if (place.status === "at work") this.#atWork--;
    place.status = status;
  }

  #started(event: RunEvent & { type: "step.started" }): void {
    const { data } = event;
    this.#enter(event, data);
    const place = this.#place(data);
    const step = this.#steps.get(data.step);
    const args = JSON.stringify(data.args);
    if (!this.#isSeen(data, step)) this.#wrong(event, "calls a tool that has changed, and nobody saw it");
    if (this.#unusableKeys.has(data.key)) this.#wrong(event, "is called again, although it acted");
    if (place.args === args && place.key !== data.key) this.#wrong(event, "has another key than before");
    if (place.again) this.#beginsAgain(event, place, step?.kind === "agent");
    place.last = data.attempt;
    if (data.attempt !== place.attempts + 1)
      this.#wrong(event, `is attempt ${data.attempt} after ${place.attempts} failed`);
    place.args = args;
    place.key = place.call = data.key;
    place.given = data.args;
  }

  #sees(name: string, hash: string): void {
    this.#seen.set(name, new Set([...(this.#seen.get(name) ?? []), ...(this.#shown.get(hash) ?? [])]));
  }

  /**
   * Whether a person approved the call with each changed tool that it may use. When a tool changes to what was approved
   * before, by another release or under another plan, nobody is asked again.
   */
  #isSeen(ref: StepRef, step: Step | undefined): boolean {
    const seen = this.#seen.get(nameOf(ref));
    const tools = step?.kind === "tool" ? [step.tool] : step?.kind === "agent" ? step.tools : [];
    return [...tools].every((name) => {
      const changed = this.#changed.get(name);
      return changed === undefined || seen?.has(changed) === true;
    });
  }

  /** Its tools have changed. The same attempt is started again, or what is to be filled in is asked for. */
  #notCalled(event: RunEvent & { type: "step.held" }): void {
    const place = this.#place(event.data);
    if (place.status !== "at work") this.#wrong(event, "was not to be called");
    place.last--;
    this.#leave(place, "open");
  }

  /** Under a later attempt; an agent step that was stopped goes on in the one that has its journal. */
  #beginsAgain(event: RunEvent & { type: "step.started" }, place: Place, agent: boolean): void {
    const { attempt } = event.data;
    if (attempt < place.last || (attempt === place.last && !agent)) this.#wrong(event, "begins again as it was before");
    place.attempts = attempt - 1;
    place.again = false;
  }

  #failed(event: RunEvent & { type: "step.failed" }): void {
    const { data } = event;
    const place = this.#place(data);
    place.attempts++;
    this.#nothingActed(event);
    if (data.turn !== undefined && data.reason.code === "ATTEMPTS_LEFT")
      this.#wrong(event, "uses an attempt for a turn");
    if (data.error.code === "CRASHED") this.#wrong(event, "counts a crash as an attempt");
    this.#leave(place, data.decision === "retry" ? "open" : data.decision === "skip" ? "ended" : "failed");
  }

  /** What ended without an output must not have acted: a tool's own error says so, all else is a doubt. */
  #nothingActed(event: RunEvent & { type: "step.failed" | "step.cancelled" }): void {
    const { call } = this.#place(event.data);
    const step = this.#steps.get(event.data.step);
    const acted = this.world.service.firstAct.get(call ?? "") ?? Infinity;
    if (step?.kind !== "tool" || acted > this.ledger.durableAt.get(event)!) return;
    if (event.type === "step.cancelled" || step.tool !== "put") this.#wrong(event, "has acted, which is not in doubt");
  }

  /** What the engine settled by itself is so. */
  #resolved(event: RunEvent & { type: "step.resolved" }): void {
    if (event.by !== "engine") return;
    const { firstAct } = this.world.service;
    const acted = (firstAct.get(event.data.key) ?? Infinity) <= this.ledger.durableAt.get(event)!;
    const { verdict } = event.data;
    if (verdict !== (acted ? "happened" : "not-happened")) this.#wrong(event, `says ${verdict}, which is not so`);
  }

  /** It acted, and is not called any more. */
  #unusable(event: RunEvent & { type: "step.unusable" }): void {
    const { key, earlier, attempt, args } = event.data;
    const place = this.#place(event.data);
    if (args !== undefined) place.given = args;
    if (earlier === undefined && !this.world.service.acts.has(key)) this.#wrong(event, "has not acted");
    this.#unusableKeys.add(key);
    place.last = attempt;
    place.call = undefined;
    this.#leave(place, "open");
  }

  #completed(event: RunEvent & { type: "step.completed" }): void {
    const { data } = event;
    const place = this.#place(data);
    if (place.status === "ended") this.#wrong(event, "has ended already");
    this.#leave(place, "ended");
    if (data.carried !== undefined) return this.#carried(event, data.carried);
    if (data.item === undefined) this.#hold.done();
    const step = this.#steps.get(data.step);
    const length = this.#lengths.get(data.step);
    if (data.item === undefined && length !== undefined) {
      for (let item = 0; item < length; item++) {
        if (this.#place({ step: data.step, item }).status !== "ended")
          this.#wrong(event, `ends before its item ${item}`);
      }
      return;
    }
    // The rounds have the outputs of calls, and the step that of its last round.
    if (data.item === undefined && step?.repeat !== undefined) return;
    const wanted = step === undefined ? undefined : wantedOf(step, place.given ?? {});
    if (JSON.stringify(data.output) !== JSON.stringify(wanted)) {
      this.#wrong(event, `gives ${JSON.stringify(data.output)} where the world gave ${JSON.stringify(wanted)}`);
    }
  }

  /** This run before it went on, or the one that it was forked from, has done it and got the same. */
  #carried(event: RunEvent & { type: "step.completed" }, from: string): void {
    const { step, item, output } = event.data;
    const isIt = ({ type, data, runId, seq }: RunEvent) =>
      type === "step.completed" &&
      (runId !== event.runId || seq < event.seq) &&
      data.step === step &&
      data.item === item &&
      (data.output === null || JSON.stringify(data.output) === JSON.stringify(output));
    if (this.ledger.known.get(from)?.log.some(isIt) !== true) this.#wrong(event, `was not done by ${from}`);
  }
}

/** What the world gives for a step with these arguments. */
function wantedOf(step: Step, args: { readonly [name: string]: unknown }): unknown {
  if (step.kind === "ask") return answerTo(step.id);
  if (step.kind === "tool") return outputOf(step.tool, args as Parameters<typeof outputOf>[1]);
  return agentText(step.id, dataIn(String(args["data"])));
}
