// An agent step that acts, with a model that fails in between: as a library user sees it. It acts once, and people and
// planner are shown what it did.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel, type ScriptedReply } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { traceOf } from "../../src/loom/trace.js";
import { eventsIn, sound } from "./parts.js";

function booking() {
  const booked: string[] = [];
  const book = tool({
    name: "book",
    description: "Books a room.",
    input: z.object({ note: z.string() }),
    output: z.object({ number: z.number() }),
    effects: "once",
    run: ({ note }) => ({ number: booked.push(note) }),
  });
  return { book, booked };
}

const busy = (): ScriptedReply => ({
  error: new PlanloomError("PROVIDER_FAILED", { model: "m", problem: "status", status: 500, text: "busy" }),
});
const books = (note: string): ScriptedReply => ({ toolCalls: [{ name: "book", args: { note } }] });

const open = (tools: LoomConfig["tools"], script: readonly ScriptedReply[], more: LoomConfig = {}) => {
  const model = scriptedModel([...script]);
  const config = { tools: tools ?? [], store: memoryStore(), models: { executor: model }, guard: "off" as const };
  return createLoom({ ...config, ...more }, { env: {} }).then((loom) => ({ loom, model }));
};

const planOf = (more: object = {}) => ({
  steps: [{ id: "stay", agent: "Book the room.", tools: ["book"], retry: { attempts: 3, delay: "1ms" }, ...more }],
  answer: { value: "${{ stay }}" },
});

describe("an agent step that has acted", () => {
  it("sends a failed turn again, and neither pays nor acts twice", async () => {
    const { book, booked } = booking();
    const { loom, model } = await open([book], [books("a"), busy(), busy(), { text: "booked" }]);
    const run = await loom.start("Book it.", { plan: planOf() });
    expect(await run.result()).toMatchObject({ status: "completed", answer: "booked" });
    expect(booked).toEqual(["a"]);
    expect(model.requests).toHaveLength(4);
    const log = await eventsIn(run);
    expect(log.filter(({ type }) => type === "turn.failed").map(({ data }) => data)).toMatchObject([
      { turn: 2, attempt: 1 },
      { turn: 2, attempt: 1 },
    ]);
    expect(log.filter(({ type }) => type === "step.started")).toHaveLength(1);
    const { steps, usage } = await run.document();
    expect(steps[0]).toMatchObject({
      attempts: 1,
      calls: [{ tool: "book", args: { note: "a" }, output: { number: 1 } }],
    });
    expect(usage.executor.calls).toBe(2);
    const [entry] = traceOf(log, await run.journal());
    expect(entry?.attempts[0]?.turnsFailed).toMatchObject([{ turn: 2 }, { turn: 2 }]);
    await sound(run);
  });

  it("fails when the turn has no tries left; a retry of the run sends the turn again", async () => {
    const { book, booked } = booking();
    const { loom, model } = await open([book], [books("a"), busy(), busy(), busy(), { text: "booked" }]);
    const run = await loom.start("Book it.", { plan: planOf() });
    const failed = await run.result();
    expect(failed).toMatchObject({ status: "failed", error: { code: "PROVIDER_FAILED" } });
    expect(failed.report?.notDone[0]).toMatch(/it has acted through book, and nothing of that is repeated/);
    expect(await run.previewRetry()).toMatchObject({
      runs: ["stay"],
      actAgain: [],
      calls: [{ step: "stay", tool: "book" }],
    });
    await run.retry();
    expect(await run.result()).toMatchObject({ status: "completed", answer: "booked" });
    expect([booked, model.requests.length]).toEqual([["a"], 5]);
    await sound(run);
  });

  it("goes on in its conversation when `expect` refuses its result", async () => {
    const { book, booked } = booking();
    const { loom, model } = await open([book], [books("a"), { text: "" + "no" }, { text: "yes" }]);
    const run = await loom.start("Book it.", { plan: planOf({ expect: "${{ output == 'yes' }}" }) });
    expect(await run.result()).toMatchObject({ status: "completed", answer: "yes" });
    expect([booked, model.requests.length]).toEqual([["a"], 3]);
    expect(JSON.stringify(model.requests[2]?.messages)).toContain("The step is not done yet");
    expect((await run.document()).usage.executor.calls).toBe(3);
    await sound(run);
  });

  it("goes on after its last turn, with turns of its own, and uses an attempt for it", async () => {
    const { book, booked } = booking();
    const script = [books("a"), books("b"), books("c"), { text: "booked" }];
    const { loom } = await open([book], script, { limits: { turns: 2 } });
    const run = await loom.start("Book it.", { plan: planOf() });
    expect(await run.result()).toMatchObject({ status: "completed", answer: "booked" });
    expect(booked).toEqual(["a", "c"]);
    expect((await run.document()).steps[0]).toMatchObject({ attempts: 2 });
    await sound(run);
  });

  it("starts from the beginning only where a person orders it", async () => {
    const { book, booked } = booking();
    const { loom } = await open([book], [books("a"), { text: "one" }, books("b"), { text: "two" }]);
    const run = await loom.start("Book it.", { plan: planOf() });
    await run.result();
    expect(await run.previewRetry({ from: "stay" })).toMatchObject({
      actAgain: ["stay"],
      calls: [{ step: "stay", tool: "book", args: { note: "a" }, output: { number: 1 } }],
    });
    await run.retry({ from: "stay" });
    expect(await run.result()).toMatchObject({ answer: "two" });
    expect(booked).toEqual(["a", "b"]);
    await sound(run);
  });

  it("is reported to the planner with arguments and outputs", async () => {
    const { book, booked } = booking();
    const asked: string[] = [];
    const planner = {
      name: "planner",
      call: async (request: { readonly messages: readonly { readonly role: string }[] }) => {
        asked.push(JSON.stringify(request.messages));
        const step = { id: "other", agent: "Say that it is booked.", tools: [] };
        const text = JSON.stringify({ operations: [{ op: "replace", id: "stay", step: { ...step, id: "stay" } }] });
        return { text, toolCalls: [], finish: "stop", usage: { calls: 1, inputTokens: 1, outputTokens: 1 } } as const;
      },
    };
    const { loom } = await open([book], [books("suite 9"), { text: "STEP FAILED: no receipt." }, { text: "it is" }], {
      models: {
        planner: planner,
        executor: scriptedModel([books("suite 9"), { text: "STEP FAILED: no receipt." }, { text: "it is" }]),
      },
      replan: "on-failure",
      replanContext: "excerpt",
    });
    const run = await loom.start("Book it.", { plan: planOf({ onFailure: "patch" }) });
    await run.result();
    expect(booked).toEqual(["suite 9"]);
    expect(asked[0]).toContain("it made these calls, which have acted");
    expect(asked[0]).toContain("suite 9");
    expect(asked[0]).toContain("number");
  });
});
