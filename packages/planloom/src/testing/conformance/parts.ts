// Building blocks of stories about engines: tools that wait for a latch, services, and runs with them. In: short
// descriptions. Out: the parts. Planloom's own tests of single files use them too.
import type { Services } from "../../perform/services.js";
import type { Engine, Listener, StartRequest } from "../../engine/engine.js";
import { LIMITS } from "../../limits.js";
import type { Json, JsonObject } from "../../plan/json.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import { eventHash, type EventOf, type EventType, type RunEvent } from "../../run/event.js";
import type { EventStore } from "../../store/event-store.js";
import type { FakeClock } from "../fake-clock.js";
import { start, type StartFacts } from "../given-when-then.js";
import { createInventory } from "../../tools/inventory.js";
import { tool, type Tool, type ToolContext, type ToolDefinition } from "../../tools/tool.js";

export interface Latch<T> {
  readonly passed: Promise<T>;
  open(value: T): void;
}

export function latch<T = void>(): Latch<T> {
  let open!: (value: T) => void;
  const passed = new Promise<T>((resolve) => (open = resolve));
  return { passed, open };
}

/**
 * The longest a story waits for anything, in ms of this machine. A safety net for a busy machine, not a measurement.
 */
const PATIENCE_MS = 120_000;

/** Resolves when `holds` returns true. Throws if it never does. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it never came to this: ${what}`);
    await turn();
  }
}

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Enough event-loop turns for an engine to do something that it must not do. */
export async function turns(count = 50): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

/** Waits for a promise while the clock moves on, one inbox interval at a time. */
export async function asTimePasses<T>(clock: FakeClock, promise: Promise<T>, looks = 1_000): Promise<T> {
  let settled = false;
  const done = (): void => void (settled = true);
  promise.then(done, done);
  const deadline = performance.now() + PATIENCE_MS;
  for (let i = 0; !settled; i++) {
    if (i >= looks && performance.now() > deadline) throw new Error(`nothing came of it in ${i} looks`);
    await clock.advance(LIMITS.inboxPollMs);
    await turns(5);
  }
  return promise;
}

/** The first events that `drive` and `start` announce, and a list that grows. */
export function hearing(): Listener & { readonly heard: RunEvent[] } {
  const heard: RunEvent[] = [];
  return { heard, event: (event) => void heard.push(event) };
}

export interface RecordedTool extends Tool {
  readonly calls: { readonly args: JsonObject; readonly key: string; readonly attempt: number }[];
  /** Calls that have not ended. */
  open(): number;
}

const INPUT: JsonObject = {
  type: "object",
  properties: { x: {}, n: { type: "number" } },
  additionalProperties: false,
};

/** A tool that takes `x` and `n`, and keeps its calls. */
export function storyTool(
  name: string,
  effects: EffectClass,
  run: (args: JsonObject, context: ToolContext) => unknown = () => name,
  more: Pick<ToolDefinition<JsonObject, undefined>, "timeout" | "approval" | "reconcile"> = {},
): RecordedTool {
  const calls: RecordedTool["calls"] = [];
  let open = 0;
  const made = tool({
    name,
    description: `Does ${name}.`,
    input: INPUT,
    effects,
    ...more,
    run: async (args, context) => {
      calls.push({ args, key: context.key, attempt: context.attempt });
      open++;
      try {
        return await run(args, context);
      } finally {
        open--;
      }
    },
  });
  return { ...made, calls, open: () => open };
}

/** The services of a story. Services that are not given do not exist. */
export function servicesOf(
  parts: Partial<Omit<Services, "inventory" | "limits">> & {
    readonly store: EventStore;
    readonly clock: FakeClock;
    readonly tools?: readonly Tool[];
  },
): Services {
  const { tools = [], ...rest } = parts;
  return {
    planner: null,
    executor: null,
    synthesizer: null,
    modelNamed: (name) => {
      throw new Error(`no step of these stories names a model, least of all ${name}`);
    },
    instructions: {},
    ...rest,
    inventory: createInventory(tools),
    secrets: {},
    limits: { steps: LIMITS.steps, planBytes: LIMITS.planBytes, offeredTools: LIMITS.offeredTools },
  };
}

/** The input that starts a run with these services. A plan without an answer gives its outputs, by value. */
export function requestOf(services: Services, facts: StartFacts, runId?: string): StartRequest {
  const { planner, executor, synthesizer, inventory } = services;
  const plannerName = planner === null ? null : typeof planner === "function" ? "function" : planner.name;
  const models = { planner: plannerName, executor: executor?.name ?? null, synthesizer: synthesizer?.name ?? null };
  const input = start({ tools: inventory.specs, models, ...facts });
  if (input.type !== "start") throw new Error("start makes a start");
  const { started, given } = input;
  return { started, ...(given === undefined ? {} : { given }), ...(runId === undefined ? {} : { runId }) };
}

export const call = (id: string, tool: string, more: object = {}) => ({ id, tool, with: {}, ...more });

/** One attempt: a failed step is not retried. */
export const ONCE_TRIED = { retry: { attempts: 1 } };

export async function logOf(store: EventStore, runId: string): Promise<readonly RunEvent[]> {
  return store.read(runId);
}

export function eventsOf<T extends EventType>(log: readonly RunEvent[], type: T): readonly EventOf<T>[] {
  return log.filter((event): event is EventOf<T> => event.type === type);
}

/** Throws unless seqs have no gaps and each event holds the hash of the one before. */
export function soundChain(log: readonly RunEvent[]): true {
  log.forEach((event, index) => {
    if (event.seq !== index + 1) throw new Error(`event ${index + 1} has the seq ${event.seq}`);
    const prev = index === 0 ? "" : eventHash(log[index - 1]!);
    if (event.prev !== prev) throw new Error(`event ${event.seq} (${event.type}) does not follow from the one before`);
  });
  return true;
}

/** Status and output of each step, in short form. */
export async function outcomeOf(engine: Engine, runId: string): Promise<{ readonly [step: string]: Json }> {
  const run = await engine.load(runId);
  const steps = [...run.execution.steps.values()].map(
    ({ spec, work }) => [spec.id, [work.status, work.output ?? null]] as const,
  );
  return Object.fromEntries(steps);
}
