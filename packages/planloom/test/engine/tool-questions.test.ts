// Tests of tools that ask a person during their call. In: runs of plans and of agent steps. Out: what was asked, what
// was called, what the log says.
import { expect, onTestFinished, test } from "vitest";
import { join } from "node:path";
import { z } from "zod";
import { answerValue } from "../../src/cli/inputs.js";
import { questionLines } from "../../src/cli/render/end.js";
import { linesOf } from "../../src/cli/render/lines.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { evolve } from "../../src/run/evolve/evolve.js";
import type { RunEvent } from "../../src/run/event.js";
import { emptyRun, type Run } from "../../src/run/state.js";
import type { EventStore } from "../../src/store/event-store.js";
import { memoryStore } from "../../src/store/memory.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { Moments } from "../../src/streams/moments.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import type { Json } from "../../src/plan/json.js";
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

/** Runs one booking until it ends, with these answers in turn. */
async function booked(
  ask: (context: ToolContext) => Promise<unknown>,
  answers: readonly Json[],
  config: LoomConfig = {},
) {
  const { book, calls } = booking(ask, "none");
  const loom = await createLoom({ store: "memory", tools: [book], ...config }, { env: {} });
  onTestFinished(() => loom.close());
  const plan = { ...PLAN, steps: [{ ...PLAN.steps[0], retry: { attempts: 1 } }] };
  const run = await loom.start("Book.", { plan });
  for (const answer of answers) {
    await run.result();
    await run.respond("book", answer);
  }
  return { ended: await run.result(), calls, run };
}

const foldAll = (events: readonly RunEvent[]): Run => events.reduce(evolve, emptyRun(events[0]!.runId));

const question = "Which room?";

test.each<[string, string, (context: ToolContext) => Promise<unknown>, readonly Json[], LoomConfig?]>([
  ["nobody attends the run", "ASK_UNATTENDED", ({ ask }) => ask({ question }), [], { attended: false }],
  ["two questions at once", "ASK_AT_ONCE", ({ ask }) => Promise.all([ask({ question }), ask({ question })]), []],
  [
    "two questions at once after an answer",
    "ASK_AT_ONCE",
    async ({ ask }) => [await ask({ question }), await Promise.all([ask({ question }), ask({ question })])],
    ["blue"],
  ],
  ["a question without a text", "ASK_INVALID", ({ ask }) => ask({ question: " \u0007" }), []],
  ["a type that is none", "ASK_INVALID", ({ ask }) => ask({ question, type: "a nice room" }), []],
  ["a state that is no JSON", "ASK_INVALID", ({ ask }) => ask({ question, state: (() => 1) as never }), []],
  [
    "a tool that returns although its question is open",
    "ASK_IGNORED",
    ({ ask }) => ask({ question }).catch(() => "any room"),
    [],
  ],
])("%s fails the call with %s", async (_, code, ask, answers, config) => {
  const { ended } = await booked(ask, answers, config);
  expect(ended).toMatchObject({ status: "failed", error: { code } });
});

test("another question than the one that was answered fails the call, and it does not act", async () => {
  const acted: Json[] = [];
  let room = 0;
  const { ended } = await booked(
    async ({ ask }) => {
      acted.push(await ask({ question: `Room ${++room}?` }));
      return null;
    },
    ["yes"],
  );
  expect(ended).toMatchObject({ status: "failed", error: { code: "ASK_CHANGED" } });
  expect(acted).toEqual([]);
});

test("a tool may go on after the last answer, with its state; a question is cleaned and cut", async () => {
  const rounds: Json[] = [];
  const { ended, run } = await booked(
    async ({ ask, answered }) => {
      const before = answered();
      rounds.push(before.map(({ answer, state = null }) => [answer, state]));
      if (before.length === 2) return "done";
      return ask({ question: `\u001bRoom ${before.length}?${"x".repeat(5_000)}`, state: { round: before.length } });
    },
    ["a", "b"],
  );
  expect(ended).toMatchObject({ status: "completed", answer: "done" });
  expect(rounds).toEqual([
    [],
    [["a", { round: 0 }]],
    [
      ["a", { round: 0 }],
      ["b", { round: 1 }],
    ],
  ]);
  const asked = (await eventsIn(run)).flatMap(({ type, data }) => (type === "step.asked" ? [data.question] : []));
  expect(asked[0]).toMatch(/^Room 0\?x+$/);
  expect(asked[0]).toHaveLength(2_000);
  await sound(run);
});

test("the trace, the evidence and the view of the step show the question, the answer and who gave it", async () => {
  const { run } = await booked(({ ask }) => ask({ question }), ["blue"]);
  const [entry] = await run.trace();
  expect(entry!.attempts).toMatchObject([{ attempt: 1, waited: [{ tool: "book", question, answer: "blue" }] }]);
  const { by } = entry!.attempts[0]!.waited![0]!;
  expect((await run.evidence()).trace).toMatchObject([{ asked: [`book asked "${question}"; ${by} answered "blue"`] }]);
  expect(await run.stepView("book")).toMatchObject({ questions: [{ tool: "book", question, answer: "blue", by }] });
});

test("an idempotent call inside an agent step that asks is in doubt neither before nor after its answer", async () => {
  const { book, calls } = booking(async ({ ask }) => ask({ question }), "idempotent");
  const executor = scriptedModel(({ messages }) => {
    const results = messages.flatMap((message) => (message.role === "tool" ? message.results : []));
    if (results.length < 2) return { toolCalls: [{ name: "book", args: { room: "blue" } }] };
    return { text: results.map(({ text }) => text).join() };
  });
  const loom = await processes([book], { models: { executor } })();
  const plan = { steps: [{ id: "work", agent: "Book.", tools: ["book"] }], answer: { value: "${{ work }}" } };
  const run = await loom.start("Book.", { plan });
  for (const answer of ["first", "second"]) {
    expect((await run.result()).waiting?.questions).toHaveLength(1);
    await run.respond("work", answer);
  }
  const ended = await run.result();
  expect([ended.status, ended.answer]).toEqual(["completed", expect.stringMatching(/first.*second/s)]);
  // The second call of the loop is another call, so it asks anew.
  expect([calls.length, new Set(calls.map(({ key }) => key)).size]).toEqual([4, 2]);
  await sound(run);
});

test("lists, streams and the terminal show the question; the terminal reads the answer by its type", async () => {
  const { book } = booking(async ({ ask }) => ask({ question, type: "number | null", declines: true }));
  const loom = await createLoom({ store: "memory", tools: [book], approval: "never", guard: "off" }, { env: {} });
  onTestFinished(() => loom.close());
  const run = await loom.start("Book.", { plan: PLAN });
  const { waiting } = await run.result();
  const [asked] = waiting!.questions;
  expect((await loom.waiting()).waits).toMatchObject([
    {
      kind: "question",
      step: "book",
      question,
      tool: "book",
      declines: true,
      asked: asked!.asked,
      type: "number | null",
    },
  ]);
  expect((await run.view()).waits).toMatchObject([{ kind: "question", title: question, until: asked!.expiresAt }]);
  const lines = questionLines(run.id, asked!).join("\n");
  expect(lines).toContain(`asks for the tool book (until ${asked!.expiresAt!}):`);
  expect(lines).toMatch(/Which room[^]*room +"blue"[^]*of type +number \| null[^]*\{"declined": true\}/);
  const before = await eventsIn(run);
  expect(answerValue(foldAll(before), { step: "book" }, "4")).toBe(4);
  await run.respond("book", 4, { by: "ann", asked: asked!.asked! });
  await run.result();
  const moments = new Moments(run.id);
  const told = (await eventsIn(run)).flatMap((event) => moments.of(event));
  const id = told.flatMap((moment) => (moment.type === "question" ? [moment.id] : []))[0];
  expect(told).toContainEqual({ type: "output", id, output: 4 });
  expect(told.filter(({ type }) => type === "call")).toHaveLength(1);
  const shown = (await eventsIn(run)).flatMap((event) => linesOf(event, foldAll(before)).map(({ text }) => text));
  expect(shown.join("\n")).toMatch(/asks +book: book: Which room\?[^]*answered +book, by ann: 4/);
});

test("an answer that comes late meets no other question than the one that its author saw", async () => {
  const { book, calls } = booking(async ({ ask }) => {
    const first = await ask({ question: "Is it blue?", type: "boolean" });
    const second = await ask({ question: "May it cost 1,000 EUR?", type: "boolean" });
    return [first, second];
  });
  const store = memoryStore();
  const config = { tools: [book], guard: "off" as const, approval: "never" as const };
  const loom = await createLoom({ ...config, store }, { env: {} });
  const run = await loom.start("a room", { plan: PLAN });
  await run.result();
  let sent = (): void => {};
  const held = new Promise<void>((resolve) => (sent = resolve));
  let answers = (): void => {};
  const answering = new Promise<void>((resolve) => (answers = resolve));
  const put: EventStore["put"] = async (...entry) => {
    answers();
    await held;
    return store.put(...entry);
  };
  const slow = new Proxy(store, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name);
      if (name === "put") return put;
      return typeof value === "function" ? (value.bind(of) as unknown) : value;
    },
  });
  const other = await (await createLoom({ ...config, store: slow }, { env: {} })).get(run.id);
  const late = other.respond("book", true);
  await answering;
  await run.respond("book", true);
  expect((await run.result()).waiting?.questions).toMatchObject([{ question: "May it cost 1,000 EUR?" }]);
  sent();
  expect(await late).toMatchObject({ ok: false, code: "STALE_REPLY" });
  expect(calls).toHaveLength(2);
  await run.respond("book", false);
  expect((await run.result()).answer).toEqual([true, false]);
});
