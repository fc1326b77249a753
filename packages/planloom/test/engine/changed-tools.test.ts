// A program that was changed while its run waited, as a library user sees it: what was approved is what runs, and a
// process that lacks something leaves the run to one that has it.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { waitingLines } from "../../src/cli/render/end.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { replayRecording } from "../../src/recording/replay-recording.js";
import type { StartOptions } from "../../src/loom/loom.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import { memoryStore } from "../../src/store/memory.js";
import type { EventStore } from "../../src/store/event-store.js";
import type { JsonObject } from "../../src/plan/json.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool, type Tool } from "../../src/tools/tool.js";
import { hasCode } from "../../src/words/planloom-error.js";
import { sound } from "./parts.js";

interface More {
  readonly effects?: "once";
  readonly description?: string;
  readonly egress?: true;
  readonly content?: readonly "n"[];
  readonly version?: string;
  readonly run?: () => never;
}

/** A tool of this name that notes its calls. */
function made(name: string, more: More = {}) {
  const calls: unknown[] = [];
  const input = z.object({ n: z.number() });
  const run = (args: unknown) => {
    calls.push(args);
    return "done";
  };
  return { calls, tool: tool({ name, description: `Does ${name}.`, input, effects: "none", run, ...more }) };
}

const ASK = { id: "q", ask: "Go on?" };
const step = (id: string, name: string, more: object = {}) => ({
  id,
  tool: name,
  with: { n: 5 },
  dependsOn: ["q"],
  ...more,
});
const planOf = (...steps: readonly object[]) => ({ steps: [ASK, ...steps], answer: { value: "over" } });

/** A run that one process has begun, and that another one, with other tools, is asked to go on with. */
async function between(
  steps: readonly object[],
  before: readonly Tool[],
  after: readonly Tool[],
  more: { readonly first?: LoomConfig; readonly second?: LoomConfig; readonly start?: StartOptions } = {},
): Promise<{ readonly run: LoomRun; readonly store: EventStore }> {
  const store = memoryStore();
  const first = await createLoom({ tools: before, store, ...more.first }, { env: {} });
  const { id } = await first.start("Do it.", { plan: planOf(...steps), ...more.start });
  await (await first.get(id)).result();
  await first.close();
  const second = await createLoom({ tools: after, store, ...more.second }, { env: {} });
  return { run: await second.get(id), store };
}

const eventsOf = async (run: LoomRun) => {
  const types: string[] = [];
  for await (const { type } of run.events()) types.push(type);
  return types;
};

describe("a tool that has changed since its plan was recorded", () => {
  it("acts only after a person has seen the difference", async () => {
    const [was, is] = [made("charge"), made("charge", { effects: "once", description: "Charges the card." })];
    const { run } = await between([step("s", "charge")], [was.tool], [is.tool]);
    await run.respond("q", "yes");
    const waiting = await run.result();
    expect(waiting.status).toBe("awaiting-approval");
    const [approval] = waiting.waiting!.approvals;
    expect(approval!.args).toEqual({ n: 5 });
    expect(approval!.reason).toBe("charge has changed since the plan was made: effects and description");
    expect(waitingLines(run.id, waiting.waiting!).map((line) => line.trimEnd())).toEqual(
      expect.arrayContaining([
        "  changed    charge, since the plan was made",
        "    effects",
        '      was    "none"',
        '      is     "once"',
        "    description",
      ]),
    );
    expect(approval!.changes).toEqual([
      {
        tool: "charge",
        differences: [
          { field: "effects", was: "none", is: "once" },
          { field: "description", was: "Does charge.", is: "Charges the card." },
        ],
      },
    ]);
    expect(is.calls).toEqual([]);
    await run.approve(approval!.hash);
    expect(await run.result()).toMatchObject({ status: "completed" });
    expect([was.calls, is.calls]).toEqual([[], [{ n: 5 }]]);
    await sound(run);
    const played = await replayRecording(await run.recording(), {});
    expect(played.status).toBe("completed");
  });

  it("goes on without anybody if it only reads, and its difference is recorded", async () => {
    const [was, is] = [made("look"), made("look", { description: "Looks closer." })];
    const { run } = await between([step("s", "look"), step("t", "look")], [was.tool], [is.tool]);
    await run.respond("q", "yes");
    expect(await run.result()).toMatchObject({ status: "completed", steps: [{}, { attempts: 1 }, { attempts: 1 }] });
    expect(is.calls).toHaveLength(2);
    expect((await eventsOf(run)).filter((type) => type === "tool.changed")).toHaveLength(1);
    await sound(run);
  });

  it("is not asked about where nothing has changed, in another process too", async () => {
    const same = () => made("charge", { effects: "once", egress: true, content: ["n"], version: "7" });
    const [was, is] = [same(), same()];
    const { run } = await between([step("s", "charge")], [was.tool], [is.tool]);
    await run.respond("q", "yes");
    expect(await run.result()).toMatchObject({ status: "completed" });
    expect(await eventsOf(run)).not.toContain("tool.changed");
  });

  it("is called by no step before its change is in the log, however long the context is looked up", async () => {
    const [was, is] = [made("charge", { effects: "once" }), made("charge", { effects: "once", version: "2" })];
    const config = { concurrency: 2, resolveContext: (_: string, stored: JsonObject) => Promise.resolve(stored) };
    // The change of `look` lets the second charge begin while the first one tells its own change.
    const look = made("look");
    const lookNow = made("look", { version: "2" });
    const steps = [step("l", "look"), step("s", "charge"), step("t", "charge")];
    const start = { context: { tenant: "a" } };
    const more = { first: config, second: config, start };
    const { run } = await between(steps, [look.tool, was.tool], [lookNow.tool, is.tool], more);
    await run.respond("q", "yes");
    const { waiting } = await run.result();
    expect(is.calls).toEqual([]);
    expect(waiting!.approvals).toHaveLength(2);
  });

  it("is compared before a model fills in its arguments", async () => {
    const [was, is] = [made("charge", { effects: "once" }), made("charge", { effects: "once", version: "2" })];
    const model = scriptedModel(['{"n": 3}']);
    const fill = { id: "s", tool: "charge", with: {}, fill: "Choose n.", dependsOn: ["q"] };
    const config = { models: { executor: model } };
    const { run } = await between([fill], [was.tool], [is.tool], { first: config, second: config });
    await run.respond("q", "yes");
    const waiting = await run.result();
    expect(waiting.waiting!.approvals).toMatchObject([{ args: { n: 3 }, changes: [{ tool: "charge" }] }]);
    expect([model.requests.length, is.calls.length]).toEqual([1, 0]);
    await sound(run);
  });

  it("is a tool of an agent step: the step waits before its first turn, and the stricter class applies", async () => {
    const was = made("charge", { effects: "once" });
    const is = made("charge");
    const model = scriptedModel([{ toolCalls: [{ name: "charge", args: { n: 1 } }] }, "charged"]);
    const agent = { id: "s", agent: "Charge 1.", tools: ["charge"], dependsOn: ["q"] };
    const config: LoomConfig = { models: { executor: model } };
    const { run } = await between([agent], [was.tool], [is.tool], { first: config, second: config });
    await run.respond("q", "yes");
    const waiting = await run.result();
    expect(waiting.status).toBe("awaiting-approval");
    expect(model.requests).toEqual([]);
    await run.approve(waiting.waiting!.approvals[0]!.hash);
    expect(await run.result()).toMatchObject({ status: "completed" });
    expect(is.calls).toEqual([{ n: 1 }]);
    // Its call has a key and an intent, as one that acts.
    const rows = (await run.journal()).filter(({ name }) => name === "tool charge");
    expect(rows.map(({ key }) => key !== null)).toEqual([true]);
  });

  it("and a new tool of the program is none of an agent step that has all tools of its plan", async () => {
    const [look, late] = [made("look"), made("late", { effects: "once" })];
    const model = scriptedModel(["done"]);
    const agent = { id: "s", agent: "Look.", tools: "all", dependsOn: ["q"] };
    const config: LoomConfig = { models: { executor: model } };
    const { run } = await between([agent], [look.tool], [look.tool, late.tool], { first: config, second: config });
    await run.respond("q", "yes");
    expect(await run.result()).toMatchObject({ status: "completed" });
    const offered = (model.requests[0]?.tools ?? []).map(({ name }) => name);
    expect(offered).toContain("look");
    expect(offered).not.toContain("late");
  });
});

describe("a process that lacks something", () => {
  const refusal = async (work: Promise<unknown>) => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!hasCode(error, "PROCESS_LACKS")) throw new Error(`expected PROCESS_LACKS: ${String(error)}`);
    return error;
  };

  it.each([
    ["a tool", {}, { tools: ["charge"] }],
    ["a secret", { secrets: { KEY: "a long secret" } }, { secrets: ["KEY"] }],
    ["a model", { models: { executor: scriptedModel([]) } }, { models: ["executor"] }],
  ] as const)("%s records nothing, and the right one goes on", async (what, config, lacks) => {
    const charge = made("charge");
    const args = what === "a secret" ? { n: { secret: "KEY" } } : { n: 1 };
    const steps =
      what === "a model" ? [{ id: "s", agent: "Do it.", dependsOn: ["q"] }] : [{ ...step("s", "charge"), with: args }];
    const there = what === "a tool" ? [] : [charge.tool];
    const { run, store } = await between(steps, [charge.tool], there, { first: config });
    const count = async () => (await store.read(run.id)).length;
    const before = await count();
    for (const work of [run.respond("q", "yes"), run.resume(), run.pause()]) {
      const error = await refusal(work);
      expect(error.params).toMatchObject({ tools: [], secrets: [], models: [], ...lacks });
    }
    expect(await count()).toBe(before);
    expect(await store.take(run.id, 0)).toEqual([]);
    // A person can give the run up from anywhere, and record a command for the right process.
    expect(await run.respond("q", "yes", { record: "only" })).toEqual({ ok: true });
    if (what === "a tool") {
      const right = await createLoom({ tools: [charge.tool], store }, { env: {} });
      const again = await right.get(run.id);
      await again.resume();
      expect(await again.result()).toMatchObject({ status: "completed" });
      expect(charge.calls).toEqual([{ n: 1 }]);
    }
  });

  it("may still cancel the run", async () => {
    const { run } = await between([step("s", "charge")], [made("charge").tool], []);
    expect(await run.cancel("enough")).toEqual({ ok: true });
    expect(await run.result()).toMatchObject({ status: "cancelled" });
  });

  it("may go on with a run that does not need it any more", async () => {
    const store = memoryStore();
    const charge = made("charge");
    const first = await createLoom({ tools: [charge.tool], store }, { env: {} });
    const plan = {
      steps: [
        { id: "s", tool: "charge", with: { n: 1 } },
        { ...ASK, dependsOn: ["s"] },
      ],
    };
    const { id } = await first.start("Do it.", { plan: { ...plan, answer: { value: "over" } } });
    await (await first.get(id)).result();
    await first.close();
    const second = await createLoom({ store }, { env: {} });
    const run = await second.get(id);
    await run.respond("q", "yes");
    expect(await run.result()).toMatchObject({ status: "completed" });
  });

  it("cannot retry an ended run, and one that has all can", async () => {
    const store = memoryStore();
    const broken = made("charge", {
      run: () => {
        throw new Error("no network");
      },
    });
    const plan = {
      steps: [{ id: "s", tool: "charge", with: { n: 1 }, retry: { attempts: 1 } }],
      answer: { value: "over" },
    };
    const first = await createLoom({ tools: [broken.tool], store }, { env: {} });
    const { id } = await first.start("Do it.", { plan });
    expect(await (await first.get(id)).result()).toMatchObject({ status: "failed" });
    await first.close();
    const second = await createLoom({ store }, { env: {} });
    const error = await refusal((await second.get(id)).retry());
    expect(error.message).toMatch(/lacks the tool charge\. Nothing was changed\.$/);
    expect(error.next).toMatch(/run\.retry\(\)/);
    await second.close();
    const third = await createLoom({ tools: [made("charge").tool], store }, { env: {} });
    const run = await third.get(id);
    await run.retry();
    expect(await run.result()).toMatchObject({ status: "completed" });
  });

  it("is not given the plan of another process to act on", async () => {
    const store = memoryStore();
    const [a, b] = [made("charge"), made("other")];
    const first = await createLoom({ tools: [a.tool], store, approval: "always" }, { env: {} });
    const second = await createLoom({ tools: [a.tool, b.tool], store }, { env: {} });
    const run = await first.start("Do it.", { plan: { steps: [{ id: "s", tool: "charge", with: { n: 1 } }] } });
    const stopped = run.result({ untilEnd: true }).then(
      () => undefined,
      (error: unknown) => error,
    );
    const from = await second.get(run.id);
    expect(await from.edit({ steps: [{ id: "s", tool: "other", with: { n: 1 } }] })).toEqual({ ok: true });
    expect(await stopped).toMatchObject({ code: "PROCESS_LACKS", params: { tools: ["other"] } });
    const hash = (await from.document()).waiting!.approvals[0]!.hash;
    await from.approve(hash);
    expect(await from.result()).toMatchObject({ status: "completed" });
    expect([a.calls, b.calls]).toEqual([[], [{ n: 1 }]]);
  });
});
