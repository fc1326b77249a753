// Tests of tools that ask a person during their call. In: runs of plans and of agent steps. Out: what was asked, what
// was called, what the log says.
import { expect, onTestFinished, test } from "vitest";
import { join } from "node:path";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool, type Tool, type ToolContext } from "../../src/tools/tool.js";
import { eventsIn, folder, sound } from "./parts.js";

const PLAN = { steps: [{ id: "book", tool: "book", with: { room: "blue" } }], answer: { value: "${{ book }}" } };

/** A tool with effects that asks; `calls` are its performances. */
function booking(ask: (context: ToolContext) => Promise<unknown>, effects: "none" | "idempotent" | "once" = "once") {
  const calls: { readonly key: string; readonly attempt: number }[] = [];
  const book = tool({
    name: "book",
    description: "Books a room.",
    input: z.object({ room: z.string() }),
    effects,
    run: async (_args, context) => {
      calls.push({ key: context.key, attempt: context.attempt });
      return ask(context);
    },
  });
  return { book, calls };
}

/** Looms over one store, as processes are. */
function processes(tools: readonly Tool[], config: LoomConfig = {}) {
  const path = join(folder(), "planloom.db");
  return async () => {
    const store = await openSqliteStore({ path });
    const loom = await createLoom({ store, tools, guard: "off", approval: "never", ...config }, { env: {} });
    onTestFinished(async () => {
      await loom.close();
      await store.close();
    });
    return loom;
  };
}

test("a call waits for the answer, and goes on with the same key and attempt in another process", async () => {
  const { book, calls } = booking(async ({ ask }) => {
    const people = await ask({ question: "How many people?", type: "number" });
    const when = await ask({ question: "When?" });
    return `${JSON.stringify(people)} at ${JSON.stringify(when)}`;
  });
  const open = processes([book]);
  const first = await open();
  const run = await first.start("Book.", { plan: PLAN });
  const waits = await run.result();
  expect(waits).toMatchObject({
    status: "needs-attention",
    waiting: { questions: [{ step: "book", question: "How many people?", type: "number", tool: "book" }] },
  });
  expect(await run.respond("book", "four")).toMatchObject({ ok: false, code: "ANSWER_TYPE" });
  expect(await run.respond("book", 4)).toMatchObject({ ok: true });
  expect(await run.result()).toMatchObject({ waiting: { questions: [{ question: "When?" }] } });
  await first.close();
  const again = await (await open()).get(run.id);
  await again.respond("book", "noon");
  expect(await again.result()).toMatchObject({ status: "completed", answer: '4 at "noon"' });
  expect(calls.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
  const told = (await eventsIn(again)).filter(({ type }) => type === "step.asked" || type === "step.answered");
  expect(told.map(({ type, data }) => [type, (data as { number: number }).number])).toEqual([
    ["step.asked", 1],
    ["step.answered", 1],
    ["step.asked", 2],
    ["step.answered", 2],
  ]);
  await sound(again);
});

test("a call inside an agent step asks, and the conversation goes on after the answer", async () => {
  const { book, calls } = booking(async ({ ask }) => `booked for ${JSON.stringify(await ask({ question: "Who?" }))}`);
  const executor = scriptedModel(({ messages }) => {
    const results = messages.flatMap((message) => (message.role === "tool" ? message.results : []));
    if (results.length === 0) return { toolCalls: [{ name: "book", args: { room: "blue" } }] };
    return { text: results.at(-1)!.text };
  });
  const loom = await processes([book], { models: { executor } })();
  const plan = { steps: [{ id: "work", agent: "Book.", tools: ["book"] }], answer: { value: "${{ work }}" } };
  const run = await loom.start("Book.", { plan });
  const waits = await run.result();
  expect(waits.waiting?.questions).toMatchObject([
    { step: "work", question: "Who?", tool: "book", data: { room: "blue" } },
  ]);
  await run.respond("work", "Ann");
  const ended = await run.result();
  expect(ended).toMatchObject({ status: "completed" });
  expect(ended.answer).toContain('booked for "Ann"');
  expect([calls.length, executor.requests.length]).toEqual([2, 2]);
  await sound(run);
});
