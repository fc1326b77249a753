// Carries a recorded run on to its end. In: the events of its log so far. Out: the log with what follows: every effect
// succeeds, and people agree to everything.
import type { Json } from "../../src/plan/json.js";
import { planHash } from "../../src/plan/plan-hash.js";
import type { CheckedPlan } from "../../src/run/command.js";
import { failedUndoing } from "../../src/run/decide/compensation.js";
import { carriedFacts } from "../../src/run/decide/fork.js";
import { partsOf } from "../../src/run/decide/retry.js";
import { isWork, type Effect } from "../../src/run/effect.js";
import type { RunEvent, StepRef } from "../../src/run/event.js";
import { isCommand, type Input } from "../../src/run/input.js";
import { KERNEL_VERSION } from "../../src/run/kernel-version.js";
import { foldNext } from "../../src/run/log/chain.js";
import { emptyRun, type Run } from "../../src/run/state.js";
import { isEnded } from "../../src/run/status.js";
import { next, transition } from "../../src/run/log/transition.js";
import type { LooseInput } from "../../src/testing/given-when-then.js";
import { outcomeOf } from "./outcome-of.js";
import { must } from "./sound-state.js";

/** The run that a log folds into, in any version. Throws where it does not. */
export function foldLog(log: readonly RunEvent[]): Run {
  const run = emptyRun(log[0]!.runId);
  log.forEach((recorded, index) => {
    const link = foldNext(run, recorded, log[index - 1]);
    must(link.ok, `${recorded.type} is read: ${JSON.stringify(link)}`);
  });
  return run;
}

/** The plan that the run follows, as this build checks it; undefined before the first. */
export function planIn(log: readonly RunEvent[]): CheckedPlan | undefined {
  const proposed = log.findLast((event) => event.type === "plan.proposed");
  if (proposed === undefined) return undefined;
  const { plan, inputs, tools, findings } = proposed.data;
  return { plan, hash: planHash(plan, inputs, tools), inputs, tools, findings };
}

/** `plan` is what a planner answers that is asked. A run that has ended goes on only with `first`. */
export function continueLog(
  log: readonly RunEvent[],
  plan: CheckedPlan | undefined,
  ...first: LooseInput[]
): RunEvent[] {
  const run = foldLog(log);
  const all = [...log];
  let at = run.log.updatedAt;
  const say = (loose: LooseInput): void => {
    const input: Input = { id: `then-${all.length}`, at, by: "engine", ...loose };
    const events = transition(run, isCommand(input) ? { ...input, by: "ann" } : input);
    // As a store gives them back.
    all.push(...(JSON.parse(JSON.stringify(events)) as RunEvent[]));
  };
  say({ type: "recovered", epoch: run.log.epoch + 1, reason: { code: "RESUMED" } });
  first.forEach(say);
  for (let i = 0; i < 1_000 && !isEnded(run); i++) {
    const { input, after = 0 } = nextInput(run, plan, i);
    at = Math.max(at, after);
    say(input);
  }
  must(isEnded(run), "the run comes to its end");
  return all;
}

/** The log of a fork at the first step, carried on to its end. All of it is of today's version. */
export function forkOf(log: readonly RunEvent[]): readonly RunEvent[] {
  const [first] = log;
  const run = foldLog(log);
  const [at] = run.execution.steps.keys();
  const plan = planIn(log);
  if (first?.type !== "run.started" || at === undefined || plan === undefined) throw new Error("the run had a plan");
  const parts = partsOf(run, { from: at, plan });
  if (!parts.ok) throw new Error(parts.code);
  const {
    id: runId,
    request: { settings },
    log: { seq },
  } = run;
  const started = { ...first.data, settings, planGiven: true, kernel: KERNEL_VERSION, parent: { runId, seq, at } };
  const carried = carriedFacts(run, parts.kept);
  const start: Input = { id: "start", at: 1, by: "engine", type: "start", started, given: plan, carried };
  return continueLog(JSON.parse(JSON.stringify(transition(emptyRun("fork"), start))) as readonly RunEvent[], plan);
}

interface Next {
  readonly input: LooseInput;
  /** ms since 1970. */
  readonly after?: number;
}

function nextInput(run: Run, plan: CheckedPlan | undefined, serial: number): Next {
  if (run.paused) return { input: { type: "unpause", reason: "" } };
  const owed = [...next(run)];
  const work = owed.find(isWork);
  if (work !== undefined) {
    const plans =
      plan === undefined ? [] : [{ type: "start", given: plan } as Parameters<typeof outcomeOf>[2]["plans"][0]];
    return { input: outcomeOf(work, 0, { run, plans, serial })!, after: work.notBefore ?? 0 };
  }
  const person = owed.find(({ kind }) => kind === "person");
  if (person !== undefined) return { input: agreement(run, person) };
  return {
    input: { type: "clock" },
    after: Math.min(...owed.map((one) => ("until" in one ? one.until : Infinity) ?? Infinity)),
  };
}

function agreement(run: Run, { key }: Effect): LooseInput {
  const [kind, step = "", item = ""] = key.split("/");
  const ref: StepRef = { step, ...(item === "" ? {} : { item: Number(item) }) };
  if (kind === "approval") return { type: "approve", hash: step };
  if (kind === "undoing") return { type: "settle", ...failedUndoing(run)!.ref, verdict: "undone" };
  const { spec, work, fan } = run.execution.steps.get(step)!;
  const of = ref.item === undefined ? work : fan?.items[ref.item];
  const { type = spec.output } = of?.asking ?? {};
  if (kind === "ask") return { type: "respond", ...ref, value: answerOf(type) };
  if (of?.status === "unusable") return { type: "settle", ...ref, verdict: "use", output: "paid" };
  return { type: "settle", ...ref, verdict: "not-happened" };
}

/** An answer of the types that the recorded questions have. */
function answerOf(type: unknown): Json {
  if (type === "number") return 3;
  if (type === "boolean") return true;
  return typeof type === "object" && type !== null && "enum" in type ? (type.enum as readonly Json[])[0]! : "Rome";
}
