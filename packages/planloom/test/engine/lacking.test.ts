// A process that lacks what a run still needs: every way to go on with the run is refused, and the log stays as it is.
// Each row is a way to go on, each column is a lack.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toolsIn } from "../../src/loom/config-tools.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import type { Loom } from "../../src/loom/loom.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";

const input = z.object({ n: z.number() });
const SECRETS = { KEY: "a long secret" };

/** The tools of the first process. `onCall` tells that `hang` or `pay` was called; both end with their process. */
function toolsOf(onCall: () => void) {
  const hang = (_: unknown, { signal }: { readonly signal: AbortSignal }) => {
    onCall();
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
  };
  const broken = () => {
    throw new Error("no network");
  };
  return [
    tool({ name: "look", description: "Looks.", input, effects: "none", run: () => "seen" }),
    tool({ name: "charge", description: "Charges.", input, effects: "once", run: () => "charged" }),
    tool({ name: "hang", description: "Hangs.", input, effects: "none", run: hang }),
    tool({ name: "pay", description: "Pays.", input, effects: "once", run: hang }),
    tool({ name: "broken", description: "Breaks.", input, effects: "none", run: broken }),
  ];
}

const call = (id: string, name: string, more: object = {}) => ({ id, tool: name, with: { n: 1 }, ...more });
const after = (id: string) => ({ dependsOn: [id] });

const SYNTHESIZED = { from: ["h"], instructions: "Say what was seen." };

/** What the process lacks, the steps and the answer that need it, and the parameters of the error. */
const LACKS = {
  "a tool of a later step": {
    tail: [call("t", "look", after("h")), call("u", "charge", after("t"))],
    lacks: { tools: ["charge"] },
  },
  "a tool of an agent step": {
    tail: [{ id: "u", agent: "Charge 1.", tools: ["charge"], ...after("h") }],
    lacks: { tools: ["charge"] },
  },
  "a secret": {
    tail: [call("u", "look", { with: { n: { secret: "KEY" } }, ...after("h") })],
    lacks: { secrets: ["KEY"] },
  },
  "the model of the executor": { tail: [{ id: "u", agent: "Think.", ...after("h") }], lacks: { models: ["executor"] } },
  "the model of the synthesizer": { tail: [], answer: SYNTHESIZED, lacks: { models: ["synthesizer"] } },
} as const;

type Lack = (typeof LACKS)[keyof typeof LACKS] & { readonly answer?: object };

const models = () => ({
  planner: scriptedModel([]),
  executor: scriptedModel([]),
  synthesizer: scriptedModel(["the answer"]),
});

/** The same configuration without what is lacking. */
function lacking(whole: LoomConfig, { lacks }: { readonly lacks: object }): LoomConfig {
  const { tools = [], secrets = [], models: roles = [] } = lacks as { readonly [of: string]: readonly string[] };
  const kept = Object.entries(whole.models as object).filter(([role]) => !roles.includes(role));
  return {
    ...whole,
    tools: toolsIn(whole.tools).filter(({ spec }) => !tools.includes(spec.name)),
    secrets: secrets.length > 0 ? {} : SECRETS,
    models: Object.fromEntries(kept),
  };
}

interface Way {
  readonly head: object;
  readonly first?: Partial<LoomConfig>;
  /** The first process is closed while it calls the tool of the first step. */
  readonly interrupted?: true;
  readonly go: (run: LoomRun, loom: Loom) => Promise<unknown>;
}

const ASK = { id: "h", ask: "Go on?" };

const WAYS: { readonly [name: string]: Way } = {
  resume: { head: ASK, go: (run) => run.resume() },
  respond: { head: ASK, go: (run) => run.respond("h", "yes") },
  pause: { head: ASK, go: (run) => run.pause() },
  approve: {
    head: call("h", "look"),
    first: { approval: "always" },
    go: async (run) => run.approve((await run.document()).waiting!.approvals[0]!.hash),
  },
  settle: { head: call("h", "pay"), interrupted: true, go: (run) => run.settle("h", "not-happened") },
  retry: { head: call("h", "broken", { retry: { attempts: 1 } }), go: (run) => run.retry() },
  fork: { head: call("h", "broken", { retry: { attempts: 1 } }), go: (run) => run.fork({ at: "h" }) },
  recover: {
    head: call("h", "hang"),
    interrupted: true,
    go: async (run, loom) => {
      const { left } = await loom.recover();
      const [found] = left.filter(({ runId }) => runId === run.id);
      throw found?.error ?? new Error("the run was taken");
    },
  },
};

async function begun({ head, first, interrupted }: Way, { tail, answer = { value: "over" } }: Lack) {
  const store = memoryStore();
  let called = () => undefined as void;
  const reached = new Promise<void>((resolve) => (called = resolve));
  const whole: LoomConfig = { tools: toolsOf(() => called()), secrets: SECRETS, models: models(), store };
  const loom = await createLoom({ ...whole, approval: "never", ...first }, { env: {} });
  const run = await loom.start("Do it.", { plan: { steps: [head, ...tail], answer } });
  await (interrupted === true ? reached : run.result());
  await loom.close();
  return { store, whole, id: run.id };
}

describe.each(Object.entries(WAYS))("%s", (_, way) => {
  it.each(Object.entries(LACKS))("is refused in a process that lacks %s", async (__, lack) => {
    const { store, whole, id } = await begun(way, lack);
    const second = await createLoom(lacking(whole, lack), { env: {} });
    const [log, inbox, runs] = [await store.read(id), await store.take(id, 0), (await second.list()).runs.length];
    await expect(way.go(await second.get(id), second)).rejects.toMatchObject({
      code: "PROCESS_LACKS",
      params: { tools: [], secrets: [], models: [], ...lack.lacks },
    });
    await second.close();
    expect(await store.read(id)).toEqual(log);
    expect(await store.take(id, 0)).toEqual(inbox);
    expect((await store.list({})).runs).toHaveLength(runs);
  });
});

const COLUMN = LACKS["a tool of a later step"];

describe("a plan that the run goes on with", () => {
  const failedIn = async () => {
    const { store, whole, id } = await begun(WAYS["retry"]!, COLUMN);
    const second = await createLoom(lacking(whole, COLUMN), { env: {} });
    return { run: await second.get(id), log: () => store.read(id) };
  };
  const own = { steps: [call("h", "look"), call("u", "charge", after("h"))], answer: { value: "over" } };

  it.each<readonly [string, (run: LoomRun) => Promise<unknown>]>([
    ["retry", (run) => run.retry({ plan: own })],
    ["retry with inputs", (run) => run.retry({ inputs: { a: 1 } })],
    ["preview of a fork", (run) => run.previewFork({ at: "h" })],
    ["fork", (run) => run.fork({ at: "h", plan: own })],
  ])("%s: a tool that the run had is lacking, and no mistake of the plan", async (_, go) => {
    const { run, log } = await failedIn();
    const before = await log();
    const lacks = { code: "PROCESS_LACKS", params: { tools: ["charge"] } };
    await expect(go(run)).rejects.toMatchObject({ ...lacks, next: expect.stringMatching(/^Retry it with/) as string });
    expect(await log()).toEqual(before);
  });

  it("a tool that the run never had is a mistake of the plan", async () => {
    const { run } = await failedIn();
    const plan = { ...own, steps: [call("h", "chrage")] };
    await expect(run.retry({ plan })).rejects.toMatchObject({ code: "PLAN_INVALID" });
  });

  it("an edited plan may leave out the tool that is lacking, not name it", async () => {
    const { store, whole, id } = await begun(WAYS["approve"]!, COLUMN);
    const second = await createLoom({ ...lacking(whole, COLUMN), approval: "never" }, { env: {} });
    const run = await second.get(id);
    const before = await store.read(id);
    await expect(run.edit(own)).rejects.toMatchObject({ code: "PROCESS_LACKS", params: { tools: ["charge"] } });
    expect(await store.read(id)).toEqual(before);
    expect(await run.edit({ ...own, steps: [call("h", "look")] })).toEqual({ ok: true });
    await second.close();
  });
});

it("a changed goal needs the planner, and the rest of the run does not", async () => {
  const { store, whole, id } = await begun(WAYS["respond"]!, { tail: [], lacks: {} } as never);
  const second = await createLoom(lacking(whole, { lacks: { models: ["planner"] } }), { env: {} });
  const run = await second.get(id);
  const before = await store.read(id);
  const lacks = { code: "PROCESS_LACKS", params: { models: ["planner"] } };
  await expect(run.changeGoal("Do that.")).rejects.toMatchObject(lacks);
  expect(await store.read(id)).toEqual(before);
  expect(await store.take(id, 0)).toEqual([]);
  await run.respond("h", "yes");
  expect(await run.result()).toMatchObject({ status: "completed" });
});

it("a partial answer needs the synthesizer only", async () => {
  const { store, whole, id } = await begun({ ...WAYS["retry"]!, head: call("h", "look") }, {
    tail: [call("t", "broken", { retry: { attempts: 1 }, ...after("h") })],
    answer: SYNTHESIZED,
  } as never);
  const before = await store.read(id);
  for (const models of [["synthesizer"], ["planner", "executor"]]) {
    const second = await createLoom({ ...lacking(whole, { lacks: { models } }), tools: [] }, { env: {} });
    const answered = (await second.get(id)).answerPartly();
    if (models[0] === "planner") expect(await answered).toEqual({ ok: true });
    else await expect(answered).rejects.toMatchObject({ code: "PROCESS_LACKS", params: { models } });
    if (models[0] !== "planner") expect(await store.read(id)).toEqual(before);
    await second.close();
  }
});
