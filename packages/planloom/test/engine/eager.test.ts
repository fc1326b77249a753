// Plans that are carried out while they are still being written, over HTTP and SQLite: what begins early, what does
// not, and what becomes of it when the plan turns out otherwise.
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { Json } from "../../src/plan/json.js";
import type { RunEvent } from "../../src/run/event.js";
import { startFakeOpenAI } from "../../src/testing/fake-openai-server.js";
import type { FakeReply } from "../../src/testing/fake-reply.js";
import { ToolError } from "../../src/tools/tool.js";
import { call, eventsOf, folder, latch, eventsIn, type RecordedTool, sound, toolNamed, until } from "./parts.js";

async function house(tools: readonly RecordedTool[], replies: readonly FakeReply[], config: LoomConfig = {}) {
  const left = [...replies];
  const server = await startFakeOpenAI({ reply: () => left.shift() ?? { status: 400, text: "asked too often" } });
  onTestFinished(() => server.close());
  const planner = { model: "planner", baseURL: server.url, apiKey: "any" };
  const loom = await createLoom(
    { tools, store: join(folder(), "runs.db"), models: { planner }, ...config },
    { env: {} },
  );
  onTestFinished(() => loom.close());
  return { loom, server };
}

const typesOf = (log: readonly RunEvent[]) => log.map(({ type }) => type);
const plan = (...steps: readonly object[]): Json => ({ steps: steps as never, answer: { value: "done" } });
const look = () => toolNamed("look", "none", ({ x }) => `saw ${JSON.stringify(x ?? null)}`);

describe("a plan that is still being written", () => {
  test.each<[string, Partial<FakeReply>, object]>([
    ["as the text of the reply", {}, {}],
    ["as the input of a tool", {}, { refuse: ["json_schema"] }],
  ])("has its first step finished before its last token is sent: %s", async (_, __, features) => {
    const [held, tool] = [latch(), look()];
    const reply = {
      json: plan(call("a", "look"), { ...call("b", "look"), with: { x: "${{ a }}" } }),
      waitLast: held.passed,
    };
    const server = await startFakeOpenAI({ reply: () => reply, ...features });
    onTestFinished(() => server.close());
    const models = { planner: { model: "planner", baseURL: server.url, apiKey: "any" } };
    const loom = await createLoom({ tools: [tool], store: join(folder(), "runs.db"), models }, { env: {} });
    onTestFinished(() => loom.close());
    const seen: RunEvent[] = [];
    const run = await loom.start("Look", { listener: { event: (event) => void seen.push(event) } });
    await until("both steps have finished", () => eventsOf(seen, "step.completed").length === 2);
    expect(typesOf(seen)).not.toContain("plan.proposed");
    expect((await run.document()).status).toBe("planning");
    held.open();
    expect(await run.result()).toMatchObject({ status: "completed", answer: "done" });
    expect(tool.calls.map(({ args }) => args)).toEqual([{}, { x: "saw null" }]);
    expect(eventsOf(await eventsIn(run), "plan.proposed")[0]?.data.kept).toEqual([{ step: "a" }, { step: "b" }]);
    await sound(run);
  });

  test("does not start a step whose state is missing: the whole plan is refused and repaired", async () => {
    const looks = { ...look(), precheck: ({ x }: { readonly x?: Json }) => missing(x) };
    const missing = (x: Json | undefined) => Promise.resolve(x === "gone" ? { what: "it", argument: "x" } : undefined);
    const first = plan(call("a", "look"), { ...call("b", "look"), with: { x: "gone" } });
    const { loom } = await house([looks], [{ json: first }, { json: plan(call("a", "look")) }]);
    const run = await loom.start("Look");
    expect(await run.result()).toMatchObject({ status: "completed" });
    const log = await eventsIn(run);
    expect(eventsOf(log, "plan.invalid")[0]?.data.findings[0]).toMatchObject({ code: "STATE_MISSING" });
    expect(eventsOf(log, "step.started").map(({ data }) => data.step)).not.toContain("b");
    await sound(run);
  });

  test("tells of each step, and begins none that acts", async () => {
    const [held, pay] = [latch(), toolNamed("pay", "once")];
    const { loom } = await house(
      [look(), pay],
      [
        {
          json: plan(call("a", "look"), call("p", "pay"), { ...call("b", "look"), dependsOn: ["p"] }),
          waitLast: held.passed,
        },
      ],
    );
    const seen: RunEvent[] = [];
    const run = await loom.start("Pay", { listener: { event: (event) => void seen.push(event) } });
    await until("all are drafted", () => eventsOf(seen, "plan.stepDrafted").length === 3);
    await until("the first has finished", () => eventsOf(seen, "step.completed").length === 1);
    expect(eventsOf(seen, "plan.stepDrafted").map(({ data }) => data.begins)).toEqual([true, false, false]);
    expect(pay.calls).toEqual([]);
    held.open();
    expect(await run.result()).toMatchObject({ status: "completed" });
    expect(pay.calls).toHaveLength(1);
    await sound(run);
  });

  test("has no step that escapes the review after each step", async () => {
    const verdict = { json: { verdict: "go on", reason: "It fits." } };
    const first = { json: plan(call("a", "look"), call("b", "look"), { ...call("c", "look"), dependsOn: ["a", "b"] }) };
    const settings = { replan: "each-step", concurrency: 1 } as const;
    const { loom } = await house([look()], [first, verdict, verdict], settings);
    const run = await loom.start("Look");
    expect(await run.result()).toMatchObject({ status: "completed" });
    const log = await eventsIn(run);
    expect(eventsOf(log, "plan.reviewed")).toHaveLength(2);
    await sound(run);
  });

  test.each<[string, LoomConfig]>([
    ["a person could be asked to approve it", { approval: "always" }],
    ["tools have effects and plans with effects are approved", { approval: "effects" }],
    ["it may still be criticised", { planner: { critique: true } }],
    ["each finished step is to be reviewed with the whole plan", { replan: "each-step" }],
    ["that is not wanted", { eager: false }],
  ])("begins nothing where %s", async (_, config) => {
    const held = latch();
    const tools = [look(), toolNamed("pay", "once")];
    const { loom } = await house(
      tools,
      [{ json: plan(call("a", "look"), call("b", "look")), waitLast: held.passed }],
      config,
    );
    const seen: RunEvent[] = [];
    await loom.start("Look", { listener: { event: (event) => void seen.push(event) } });
    await until("both are drafted", () => eventsOf(seen, "plan.stepDrafted").length === 2);
    expect(eventsOf(seen, "plan.stepDrafted").map(({ data }) => data.begins)).toEqual([false, false]);
    expect(typesOf(seen)).not.toContain("step.started");
    held.open();
  });

  test("that turns out invalid has what runs stopped, says so, and is mended", async () => {
    const aborted = latch();
    const slow = toolNamed("slow", "none", ({ n }, { signal }) => {
      if (n === 1) return "done";
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          aborted.open();
          reject(new Error("stopped"));
        }),
      );
    });
    const { loom } = await house(
      [slow],
      [
        { json: plan(call("a", "slow"), call("b", "nothing_such")) },
        { json: plan({ ...call("a", "slow"), with: { n: 1 } }) },
      ],
    );
    const run = await loom.start("Go slowly");
    expect(await run.result()).toMatchObject({ status: "completed" });
    await aborted.passed;
    const log = await eventsIn(run);
    expect(eventsOf(log, "step.cancelled")[0]?.data).toMatchObject({
      step: "a",
      reason: { code: "DRAFT_DROPPED", because: "refused" },
    });
    expect(eventsOf(log, "step.started").map(({ data }) => data.attempt)).toEqual([1, 2]);
    await sound(run);
  });

  test("whose first step fails early begins it once more when it is whole", async () => {
    let calls = 0;
    const held = latch();
    const flaky = toolNamed("flaky", "none", () => {
      if (++calls === 1) throw new ToolError("not yet", { code: "NOT_YET", retryable: false });
      return "seen";
    });
    const { loom } = await house(
      [flaky],
      [{ json: plan(call("a", "flaky"), call("b", "flaky")), waitLast: held.passed }],
      {
        concurrency: 1,
      },
    );
    const seen: RunEvent[] = [];
    const run = await loom.start("Try", { listener: { event: (event) => void seen.push(event) } });
    await until("the first has failed", () => eventsOf(seen, "step.failed").length === 1);
    held.open();
    expect(await run.result()).toMatchObject({ status: "completed" });
    await sound(run);
  });

  test("continues in another process: finished calls are not repeated", async () => {
    const tool = look();
    const store = join(folder(), "runs.db");
    const held = latch();
    const json = plan(call("a", "look"), call("b", "look"));
    const replies: FakeReply[] = [{ json, waitLast: held.passed }, { json }];
    const server = await startFakeOpenAI({ reply: () => replies.shift()! });
    onTestFinished(() => server.close());
    const models = { planner: { model: "planner", baseURL: server.url, apiKey: "any" } };
    const first = await createLoom({ tools: [tool], store, models }, { env: {} });
    const seen: RunEvent[] = [];
    const { id } = await first.start("Look", { listener: { event: (event) => void seen.push(event) } });
    await until("both have finished", () => eventsOf(seen, "step.completed").length === 2);
    await first.close();
    held.open();
    const second = await createLoom({ tools: [tool], store, models }, { env: {} });
    onTestFinished(() => second.close());
    const run = await second.get(id);
    await run.resume();
    expect(await run.result()).toMatchObject({ status: "completed" });
    expect(tool.calls).toHaveLength(2);
    await run.replay({ strict: true });
  });
});
