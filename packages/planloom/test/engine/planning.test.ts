// How a plan is asked for, over HTTP and SQLite: a part of many tools, more of them, how finely, a second look, and
// when mending ends.
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import { LIMITS } from "../../src/limits.js";
import type { Json } from "../../src/plan/json.js";
import { startFakeOpenAI } from "../../src/testing/fake-openai-server.js";
import type { ChatBody, FakeReply } from "../../src/testing/fake-reply.js";
import { ToolError } from "../../src/tools/tool.js";
import { call, eventsOf, folder, eventsIn, ONCE_TRIED, type RecordedTool, sound, toolNamed } from "./parts.js";

const look = (name = "look") => toolNamed(name, "none", () => "seen");
const plan = (...tools: readonly string[]): Json => ({ steps: tools.map((tool, at) => call(`s${at}`, tool)) as never });
const critique = (verdict: string, changed: Json = null): Json => ({ verdict, reason: "It says so.", plan: changed });

/** A planner that says these things one after the other, and a loom over a file that asks it. */
async function house(tools: readonly RecordedTool[], said: readonly (Json | FakeReply)[], config: LoomConfig = {}) {
  const left = [...said];
  const server = await startFakeOpenAI({
    reply: () => {
      const next = left.shift();
      if (next === undefined) return { status: 400, text: "asked too often" };
      if (typeof next === "string") return { text: next };
      return typeof next === "object" && next !== null && "status" in next ? next : { json: next as Json };
    },
  });
  onTestFinished(() => server.close());
  const planner = { model: "planner", baseURL: server.url, apiKey: "any" };
  const store = join(folder(), "runs.db");
  const loom = await createLoom({ tools, store, models: { planner }, ...config }, { env: {} });
  onTestFinished(() => loom.close());
  return { loom, server, bodies: () => server.requests.map(({ body }) => body) };
}

const systemOf = ({ messages }: ChatBody | { messages: [] }) => messages[0]?.content ?? "";
const lastOf = ({ messages }: ChatBody) => messages.at(-1)?.content ?? "";
const schemaOf = ({ response_format: format }: ChatBody) => JSON.stringify(format?.json_schema?.schema);

describe("500 tools", () => {
  const things = ["invoice", "ticket", "contact", "meeting", "parcel", "recipe", "song", "photo", "flight", "house"];
  const many = () => things.flatMap((thing) => Array.from({ length: 50 }, (_, at) => look(`find_${thing}_${at}`)));

  test("are narrowed to those that the goal fits, in the prompt and in the schema", async () => {
    const { loom, bodies } = await house(many(), [plan("find_invoice_7")]);
    const run = await loom.start("Find the invoices");
    expect(await run.result()).toMatchObject({ status: "completed" });
    const [body] = bodies();
    const offered = [...systemOf(body!).matchAll(/^- (\w+) \{/gm)].map(([, name]) => name);
    expect(offered).toHaveLength(LIMITS.offeredTools);
    expect(offered.filter((name) => name?.includes("invoice"))).toHaveLength(50);
    expect(systemOf(body!)).toContain("There are 421 others");
    expect(systemOf(body!)).toContain("find_house_3, ");
    expect(schemaOf(body!)).toContain('"find_invoice_49"');
    expect(schemaOf(body!)).not.toContain("find_house_3");
    const [proposed] = eventsOf(await eventsIn(run), "plan.proposed");
    expect(proposed?.data.asking).toEqual({ offered: { tools: LIMITS.offeredTools, of: 501 } });
    await sound(run);
  });

  test("can be asked for by words, in one planning also after a draft that was refused", async () => {
    const asks = (...needTools: readonly string[]): Json => ({ needTools, steps: [], answer: null });
    const { loom, bodies } = await house(many(), [
      asks("booking a flight"),
      asks("find_house_3"),
      plan("find_nobody"),
      plan("find_flight_1", "find_house_3"),
    ]);
    const run = await loom.start("Find the invoices");
    expect(await run.result()).toMatchObject({ status: "completed" });
    const [first, second, third, repair] = bodies();
    expect(schemaOf(first!)).not.toContain("find_flight_1");
    expect(lastOf(second!)).toMatch(
      /You asked for tools for: "booking a flight"\. They are among the tools now: find_flight_0, /,
    );
    expect(lastOf(third!)).toContain("They are among the tools now: find_house_3");
    for (const body of [third!, repair!]) {
      for (const name of ["find_flight_1", "find_house_3"]) expect(schemaOf(body)).toContain(`"${name}"`);
    }
    const log = await eventsIn(run);
    const wanted = [["booking a flight"], ["find_house_3"]];
    expect(eventsOf(log, "plan.invalid")[0]?.data).toMatchObject({ asking: { wanted }, usage: { calls: 3 } });
    expect(eventsOf(log, "plan.proposed")[0]?.data).toMatchObject({ asking: { wanted }, usage: { calls: 1 } });
    await sound(run);
  });

  test("are not asked for without end", async () => {
    const asks: Json = { needTools: ["quantum"], steps: [], answer: null };
    const { loom, bodies } = await house(many(), [asks, asks, asks, asks, plan("find_song_1")]);
    const run = await loom.start("Find the songs");
    expect(await run.result()).toMatchObject({ status: "completed" });
    expect(lastOf(bodies()[1]!)).toContain("No further tool fits.");
    expect(systemOf(bodies()[3]!)).toContain("you have asked for tools as often as you may");
    expect(schemaOf(bodies()[3]!)).not.toContain("needTools");
    expect(eventsOf(await eventsIn(run), "plan.invalid")).toHaveLength(1);
    await sound(run);
  });

  test("are all sent where the configuration says so, as far as the schema takes their arguments", async () => {
    const wide = (tool: number) =>
      Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`a${tool}_${at}`, { type: "string" }]));
    const large = Array.from({ length: 100 }, (_, at) => {
      const tool = look(`wide_${at}`);
      return { ...tool, spec: { ...tool.spec, input: { type: "object", properties: wide(at) } } };
    });
    const { loom } = await house(large, [plan("wide_99")], { limits: { offeredTools: 500 } });
    const run = await loom.start("Do it");
    await run.result();
    const [proposed] = eventsOf(await eventsIn(run), "plan.proposed");
    expect(proposed?.data.asking).toEqual({
      schema: { tools: expect.toSatisfy((n) => n > 40 && n < 80) as number, of: 101 },
    });
  });
});

describe("granularity", () => {
  test.each([
    ["coarse", "Use 1 to 4 steps"],
    [undefined, "Use 3 to 10 steps"],
    ["fine", "Use 8 to 20 steps"],
  ] as const)("%s is told to the planner, whatever its instructions are, and recorded", async (granularity, words) => {
    const { loom, server, bodies } = await house([look()], [plan("look"), plan("look")], {
      ...(granularity === undefined ? {} : { planner: { granularity } }),
    });
    const run = await loom.start("Look");
    await run.result();
    expect(systemOf(bodies()[0]!)).toContain(words);
    expect((await eventsIn(run))[0]?.data).toMatchObject({ settings: { granularity: granularity ?? "normal" } });
    expect(server.requests).toHaveLength(1);
  });

  test("is one of three words, and a critique is yes or no", async () => {
    const wrong = [{ granularity: "tiny" }, { critique: "often" }, { steps: 3 }] as never[];
    for (const planner of wrong) await expect(createLoom({ planner, store: "memory" })).rejects.toThrow("planner.");
    const both = { planner: { critique: true }, models: { planner: async () => plan("look") }, store: "memory" };
    await expect(createLoom(both)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("a critique", () => {
  const config = { planner: { critique: true } };
  const proposedIn = async (run: LoomRun) => eventsOf(await eventsIn(run), "plan.proposed")[0]!.data;

  test("of a plan that is fine is one request more, and recorded with what it took", async () => {
    const { loom, bodies } = await house([look()], [plan("look"), critique("fine")], config);
    const run = await loom.start("Look");
    expect(await run.result()).toMatchObject({ status: "completed", stepsTotal: 1 });
    expect(await proposedIn(run)).toMatchObject({
      ...{ asking: { critique: { verdict: "fine", text: "It says so." } }, usage: { calls: 2 } },
    });
    const [first, second] = bodies();
    expect(second!.messages.slice(0, first!.messages.length)).toEqual(first!.messages);
    expect(second!.messages.at(-2)?.content).toContain('"tool": "look"');
    expect(second!.response_format?.json_schema?.schema["properties"]).toHaveProperty("verdict");
    await sound(run);
  });

  test("may change it: the changed plan is what runs", async () => {
    const changed = critique("changed", plan("look", "look"));
    const { loom } = await house([look()], [plan("look"), changed], config);
    const run = await loom.start("Look");
    expect(await run.result()).toMatchObject({ status: "completed", stepsTotal: 2 });
    expect(await proposedIn(run)).toMatchObject({ asking: { critique: { verdict: "changed" } } });
    await sound(run);
  });

  test("that changes it into an unsound one is mended as every draft is, and not judged again", async () => {
    const said = [plan("look"), critique("changed", plan("look", "nobody")), plan("look", "look")];
    const { loom, server } = await house([look()], said, config);
    const run = await loom.start("Look");
    expect(await run.result()).toMatchObject({ status: "completed", stepsTotal: 2 });
    expect(server.requests).toHaveLength(3);
    const [invalid] = eventsOf(await eventsIn(run), "plan.invalid");
    expect(invalid?.data).toMatchObject({
      ...{ findings: [{ code: "UNKNOWN_TOOL" }], usage: { calls: 2 }, asking: { critique: { verdict: "changed" } } },
    });
    await sound(run);
  });

  test.each<[string, Json | FakeReply, object]>([
    ["prose", "It is fine, I think.", { problem: { code: "NOT_AN_OBJECT" } }],
    ["another word", critique("perfect"), { problem: { code: "NO_VERDICT" } }],
    ["a change without a plan", critique("changed"), { problem: { code: "NO_PLAN" }, text: "It says so." }],
    ["no answer at all", { status: 503, text: "busy" }, { error: { code: "PROVIDER_FAILED" } }],
  ])("that is %s is none: the plan is as check found it, and the log says so", async (_, said, why) => {
    const { loom } = await house([look()], [plan("look"), said], config);
    const run = await loom.start("Look");
    expect(await run.result()).toMatchObject({ status: "completed", stepsTotal: 1 });
    expect(await proposedIn(run)).toMatchObject({
      asking: { critique: { verdict: "none", ...why } },
    });
    await sound(run);
  });

  test("of a patch may change the patch", async () => {
    const broken = toolNamed("broken", "none", () => {
      throw new ToolError("it is broken", { code: "BROKEN", retryable: false });
    });
    const patch = (n: number): Json => ({
      operations: [{ op: "replace", id: "b", step: call("b", "look", { ...ONCE_TRIED, with: { n } }) as never }],
    });
    const seen = look();
    const { loom } = await house([seen, broken], [patch(1), critique("changed", patch(2))], config);
    const run = await loom.start("Look", { plan: { steps: [call("a", "look"), call("b", "broken", ONCE_TRIED)] } });
    expect(await run.result()).toMatchObject({ status: "completed", replanCount: 1 });
    expect(seen.calls.map(({ args }) => args)).toEqual([{}, { n: 2 }]);
    await sound(run);
  });

  test("is sent within the budget only", async () => {
    const { loom, server } = await house([look()], [plan("look")], { ...config, budget: { modelCalls: 1 } });
    const run = await loom.start("Look");
    expect(await run.result()).toMatchObject({ status: "failed", error: { code: "BUDGET_EXHAUSTED" } });
    expect(server.requests).toHaveLength(1);
  });
});

describe("mending", () => {
  test("goes on while it gets somewhere, and tells all findings at once", async () => {
    const drafts = [plan("nobody", "missing", "look"), plan("nobody", "look", "look"), plan("look", "look", "look")];
    const { loom, bodies } = await house([look()], drafts);
    const run = await loom.start("Look");
    expect(await run.result()).toMatchObject({ status: "completed" });
    expect(lastOf(bodies()[1]!).match(/error UNKNOWN_TOOL/g)).toHaveLength(2);
    expect(lastOf(bodies()[2]!).match(/error UNKNOWN_TOOL/g)).toHaveLength(1);
    await sound(run);
  });

  test("ends early where nothing improves, and says so", async () => {
    const { loom, server } = await house([look()], [plan("nobody"), plan("nobody"), plan("nobody"), plan("look")]);
    const run = await loom.start("Look");
    const { error } = await run.result();
    expect(error).toMatchObject({ code: "PLAN_INVALID" });
    expect(error?.message).toContain(
      "in 3 rounds; repair stopped early, because nothing improved; the last one: UNKNOWN_TOOL",
    );
    expect(server.requests).toHaveLength(3);
    await sound(run);
  });

  test("outside of a run is told round by round, and ends in the same way", async () => {
    const { loom } = await house([look()], [plan("nobody"), plan("look")]);
    const told: unknown[] = [];
    const made = await loom.plan("Look", { onInvalid: ({ round, findings }) => told.push([round, findings[0]?.code]) });
    expect(made.plan.steps).toHaveLength(1);
    expect(told).toEqual([[0, "UNKNOWN_TOOL"]]);
    const stuck = await house([look()], [plan("nobody"), plan("nobody"), plan("nobody")]);
    await expect(stuck.loom.plan("Look")).rejects.toMatchObject({ code: "PLAN_INVALID" });
    expect(stuck.server.requests).toHaveLength(3);
  });
});
