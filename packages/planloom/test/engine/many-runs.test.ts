// Runs as a program keeps them: cancelled by a signal, found again after a restart, followed, deleted.
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import type { EventData } from "../../src/run/event.js";
import { memoryStore } from "../../src/store/memory.js";
import { tool } from "../../src/tools/tool.js";
import { eventsIn, latch, sound } from "./parts.js";

/** A tool that begins, and ends when the gate opens or its call is stopped. */
function slow() {
  const [gate, begun] = [latch<string>(), latch<string>()];
  const wait = tool({
    name: "wait",
    description: "Waits.",
    input: z.object({}),
    effects: "none",
    run: async (_, { signal }) => {
      begun.open("");
      const stopped = new Promise<never>((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(new Error("stopped"))),
      );
      return Promise.race([gate.passed, stopped]);
    },
  });
  return { gate, begun: begun.passed, wait };
}

const PLAN = { steps: [{ id: "a", tool: "wait", with: {} }], answer: { value: "${{ a }}" } };
const ASK = { steps: [{ id: "q", ask: "Go on?" }], answer: { value: "${{ q }}" } };
const SUM = { steps: [{ id: "a", tool: "calculate", with: { expression: "1 + 1" } }], answer: { value: "${{ a }}" } };
const LARGE = {
  steps: [{ id: "a", tool: "text", with: {} }],
  answer: { value: "${{ size(a) }}" },
};

const open = (config: LoomConfig = {}) => createLoom(config, { env: {} });

describe("start({ signal })", () => {
  it("cancels the run when the signal is aborted", async () => {
    const { wait, begun } = slow();
    const loom = await open({ tools: [wait], store: memoryStore() });
    const stop = new AbortController();
    const run = await loom.start("Wait.", { plan: PLAN, signal: stop.signal });
    await begun;
    stop.abort(new Error("the user left the page"));
    expect(await run.result({ untilEnd: true })).toMatchObject({ status: "cancelled" });
    const cancelled = (await eventsIn(run)).find(({ type }) => type === "cancel.requested");
    expect(cancelled).toMatchObject({ by: "signal", data: { comment: "the user left the page" } });
    await sound(run);
    await loom.close();
  });

  it("starts nothing if it is aborted already, and changes nothing after the end", async () => {
    const loom = await open({ store: memoryStore() });
    await expect(loom.start("Add.", { plan: SUM, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "START_ABORTED",
    });
    await expect(loom.start("Add.", { plan: SUM, signal: {} as AbortSignal })).rejects.toMatchObject({
      code: "SIGNAL_INVALID",
    });
    expect((await loom.list()).runs).toEqual([]);
    const stop = new AbortController();
    const run = await loom.start("Add.", { plan: SUM, signal: stop.signal });
    await run.result();
    const before = await eventsIn(run);
    stop.abort();
    expect(await eventsIn(run)).toEqual(before);
    await loom.close();
  });
});

describe("recover", () => {
  it("takes what nobody drives, and says why it left the others", async () => {
    const store = memoryStore();
    const first = slow();
    const one = await open({ tools: [first.wait], store });
    const { id: begun } = await one.start("Wait.", { plan: PLAN });
    const { id: asks } = await one.start("Ask.", { plan: ASK });
    const { id: answered } = await one.start("Ask.", { plan: ASK });
    const { id: done } = await one.start("Add.", { plan: SUM });
    await (await one.get(done)).result();
    await first.begun;
    for (const id of [asks, answered]) await (await one.get(id)).result();
    await one.close();

    const lacking = await open({ store });
    expect(await lacking.recover()).toMatchObject({
      taken: [],
      left: expect.arrayContaining([
        { runId: begun, status: "running", error: expect.objectContaining({ code: "PROCESS_LACKS" }) as Error },
      ]) as unknown[],
    });
    await lacking.close();

    const second = slow();
    const two = await open({ tools: [second.wait], store });
    await (await two.get(answered)).respond("q", "yes", { record: "only" });
    const { taken, left } = await two.recover();
    expect(new Set(taken)).toEqual(new Set([begun, answered]));
    expect(left).toEqual([{ runId: asks, status: "needs-attention" }]);
    expect(await (await two.get(answered)).result()).toMatchObject({ status: "completed", answer: "yes" });
    second.gate.open("waited");
    expect(await (await two.get(begun)).result()).toMatchObject({ status: "completed", answer: "waited" });
    await two.close();
  });
});

describe("delete", () => {
  it("takes away a run and keeps its forks", async () => {
    const text = tool({
      name: "text",
      description: "A long text.",
      input: z.object({}),
      output: z.string(),
      effects: "none",
      run: () => "x".repeat(100_000),
    });
    const loom = await open({ store: memoryStore(), tools: [text] });
    const run = await loom.start("Read.", { plan: LARGE });
    expect(await run.result()).toMatchObject({ answer: 100_000 });
    const fork = await run.fork({ at: "a" });
    await fork.result();
    await loom.delete(run.id);
    await expect(loom.get(run.id)).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    await expect(loom.delete(run.id)).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    expect((await loom.list()).runs.map(({ runId }) => runId)).toEqual([fork.id]);
    expect(await (await fork.fork({ at: "a" })).result()).toMatchObject({ status: "completed", answer: 100_000 });
    await loom.close();
  });

  it("is refused while a process drives the run", async () => {
    const { wait, begun } = slow();
    const store = memoryStore();
    const loom = await open({ tools: [wait], store });
    const run = await loom.start("Wait.", { plan: PLAN });
    await begun;
    const other = await open({ store });
    for (const one of [loom, other]) await expect(one.delete(run.id)).rejects.toMatchObject({ code: "RUN_OWNED" });
    await loom.close();
    await other.delete(run.id);
    expect((await other.list()).runs).toEqual([]);
    await other.close();
  });
});

describe("runs({ follow })", () => {
  it("gives the present runs, then each head as it changes, until the loom is closed", async () => {
    const { wait, gate, begun } = slow();
    const loom = await open({ tools: [wait], store: memoryStore() });
    await (await loom.start("Add.", { plan: SUM, runId: "sum", tags: ["a"] })).result();
    const seen: string[] = [];
    const follower = (async () => {
      for await (const run of loom.runs({ follow: true })) {
        seen.push(`${run.runId} ${run.unreadable === undefined ? run.status : ""}`);
        if (seen.at(-1) === "sum completed") void loom.start("Wait.", { plan: PLAN, runId: "wait" });
        if (seen.at(-1) === "wait running") gate.open("waited");
        if (seen.at(-1) === "wait completed") await loom.close();
      }
    })();
    await begun;
    await follower;
    expect(seen).toEqual(["sum completed", "wait running", "wait completed"]);
  });

  it("ends at the signal, keeps to the filters, and ends by itself without follow", async () => {
    const loom = await open({ store: memoryStore() });
    for (const tag of ["a", "b"]) await (await loom.start("Add.", { plan: SUM, runId: tag, tags: [tag] })).result();
    const ids: string[] = [];
    for await (const { runId } of loom.runs({ tag: "b" })) ids.push(runId);
    const stop = new AbortController();
    for await (const { runId } of loom.runs({ follow: true, signal: stop.signal })) {
      ids.push(runId);
      stop.abort();
    }
    expect(ids).toEqual(["b", "a"]);
    expect(() => loom.runs({ status: "odd" as never })).toThrow(expect.objectContaining({ code: "QUERY_INVALID" }));
    await loom.close();
  });
});

it("events are typed by their type", async () => {
  const loom = await open({ store: memoryStore() });
  const run = await loom.start("Add.", { plan: SUM });
  await run.result();
  const outputs: unknown[] = [];
  for await (const event of run.events()) {
    switch (event.type) {
      case "step.completed":
        expectTypeOf(event.data).toEqualTypeOf<EventData["step.completed"]>();
        outputs.push(event.data.output);
        break;
      case "run.failed":
        expectTypeOf(event.data.error.code).toExtend<string>();
        break;
      default:
        expectTypeOf(event.type).not.toEqualTypeOf<"step.completed">();
    }
  }
  expect(outputs).toEqual([2]);
  await loom.close();
});
