// What every stream of a run does: it can be resumed, a reader may be slow or go away, and the answer comes in pieces.
import { expect, it } from "vitest";
import { z } from "zod";
import { LIMITS } from "../../src/limits.js";
import type { UIMessageChunk } from "../../src/streams/ui-message-chunk.js";
import { memoryStore } from "../../src/store/memory.js";
import { latch, type Latch } from "../../src/testing/conformance/parts.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import type { Model } from "../../src/model/port.js";
import { tool, ToolError } from "../../src/tools/tool.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { all, openLoom, PLAN } from "./parts.js";

const ANSWERED = {
  goal: "Say hello",
  steps: [{ id: "greet", tool: "echo", with: { value: "hello" } }],
  answer: { instructions: "Greet." },
};

const textOf = (chunks: readonly UIMessageChunk[]) =>
  chunks.flatMap((chunk) => (chunk.type === "text-delta" ? [chunk.delta] : []));

/** A model that gives a piece of its reply, and the rest when the latch opens. */
function slowModel(first: string, rest: string, gate: Latch<void>, attempts = 1): Model {
  let asked = 0;
  const usage = { calls: 1, inputTokens: 1, outputTokens: 1 };
  return {
    name: "slow",
    async call({ onText }) {
      onText?.(first);
      if (++asked < attempts)
        throw new PlanloomError("PROVIDER_FAILED", { model: "slow", problem: "status", status: 500, text: "" });
      await gate.passed;
      onText?.(rest);
      return { text: first + rest, toolCalls: [], usage, finish: "stop" };
    },
  };
}

it("gives pieces of the answer while it is written, after the events before it", async () => {
  const gate = latch();
  const loom = await openLoom({ models: { default: slowModel("Hello ", "to all.", gate) } });
  const run = await loom.start("", { plan: ANSWERED });
  const chunks: UIMessageChunk[] = [];
  for await (const chunk of run.toUIMessageStream()) {
    chunks.push(chunk);
    if (chunk.type === "text-delta") gate.open();
  }
  const types = chunks.map(({ type }) => type);
  expect(types.indexOf("text-delta")).toBeGreaterThan(types.indexOf("tool-output-available"));
  expect(types.indexOf("text-delta")).toBeLessThan(types.indexOf("data-answer"));
  expect(textOf(chunks).join("")).toBe("Hello to all.");
  expect(types.filter((type) => type === "text-start")).toHaveLength(1);
});

it("ends at once for a reader that has all events of an ended run", async () => {
  const loom = await openLoom({ models: { default: scriptedModel(() => ({ text: "Hi." })) } });
  const run = await loom.start("", { plan: ANSWERED });
  await run.result();
  const { planloom } = (await all(run.toUIMessageStream())).flatMap((chunk) =>
    chunk.type === "finish" ? [chunk.messageMetadata] : [],
  )[0]!;
  expect(planloom).toMatchObject({ runId: run.id, status: "completed" });
  const types = (await all(run.toUIMessageStream({ after: planloom.seq }))).map(({ type }) => type);
  expect(types).toStrictEqual(["start", "start-step", "finish-step", "message-metadata", "finish"]);
});

it("waits beyond a question until the end, if the reader wants that", async () => {
  const loom = await openLoom();
  const run = await loom.start("", { plan: PLAN });
  const reading = all(run.toUIMessageStream({ until: "end" }));
  await run.result();
  await run.cancel("Enough");
  expect((await reading).map(({ type }) => type)).toContain("abort");
});

it("releases what it holds when its reader goes away, and the run goes on", async () => {
  const loom = await openLoom();
  const run = await loom.start("", { plan: PLAN });
  await run.result();
  let listening = 0;
  const listen = loom.engine.listen.bind(loom.engine);
  loom.engine.listen = (...given) => {
    listening++;
    const stop = listen(...given);
    return () => (listening--, stop());
  };
  const readers = [run.toUIMessageStream({ until: "end" }), run.toUIMessageStream({ until: "end" })].map((stream) =>
    stream.getReader(),
  );
  for (const reader of readers) for (let read = 0; read < 4; read++) await reader.read();
  expect(listening).toBe(2);
  await Promise.all(readers.map((reader) => reader.cancel()));
  expect(listening).toBe(0);
  const gone = new AbortController();
  const aborted = all(run.toUIMessageStream({ until: "end", signal: gone.signal }));
  gone.abort();
  await aborted;
  expect(listening).toBe(0);
  expect((await run.document()).status).toBe("awaiting-approval");
});

it("keeps a bounded part of an answer for a slow reader, which gets all of it in the end", async () => {
  const gate = latch();
  const rest = "word ".repeat(LIMITS.streamText / 2).trim();
  const loom = await openLoom({ models: { default: slowModel("First ", rest, gate) } });
  const run = await loom.start("", { plan: ANSWERED });
  const reader = run.toUIMessageStream().getReader();
  const chunks: UIMessageChunk[] = [];
  while (chunks.at(-1)?.type !== "text-delta") chunks.push((await reader.read()).value!);
  gate.open();
  await run.result();
  for (let read = await reader.read(); !read.done; read = await reader.read()) chunks.push(read.value);
  expect(textOf(chunks).join("")).toBe(`First ${rest}`);
  expect(chunks.filter(({ type }) => type === "text-start")).toHaveLength(1);
});

it("begins the text anew when an attempt to write the answer has failed", async () => {
  const gate = latch();
  gate.open();
  const loom = await openLoom({ models: { default: slowModel("Hello ", "to all.", gate, 2) } });
  const run = await loom.start("", { plan: ANSWERED });
  const chunks = await all(run.toUIMessageStream());
  expect(textOf(chunks).join("")).toMatch(/Hello to all\.$/);
  expect(chunks.findLast(({ type }) => type === "text-end")).toBeDefined();
});

it("goes on beyond the end of a run that was retried", async () => {
  let isBroken = true;
  const fickle = tool({
    name: "fickle",
    description: "Fails once.",
    input: z.object({}),
    effects: "none",
    run: () => {
      if (isBroken) throw new ToolError("Broken", { code: "BROKEN", retryable: false });
      return "mended";
    },
  });
  const loom = await openLoom({ tools: [fickle], onFailure: "fail" });
  const plan = { goal: "Try", steps: [{ id: "a", tool: "fickle", with: {} }], answer: { value: "${{ a }}" } };
  const run = await loom.start("", { plan });
  const failed = await all(run.toUIMessageStream());
  expect(failed).toContainEqual({ type: "error", errorText: expect.stringContaining("Broken") as string });
  expect(failed).toContainEqual(expect.objectContaining({ type: "tool-output-error", toolCallId: "step:a" }));
  isBroken = false;
  await run.retry();
  await run.result();
  const chunks = await all(run.toUIMessageStream());
  expect(chunks.at(-1)).toMatchObject({ type: "finish", finishReason: "stop" });
  expect(textOf(chunks)).toStrictEqual(["mended"]);
});

it("asks about a call in doubt, and takes the answer", async () => {
  const send = tool({
    name: "send",
    description: "Sends a letter.",
    input: z.object({ to: z.string() }),
    output: z.string(),
    effects: "once",
    run: () => Promise.reject(new Error("connection lost")),
  });
  const loom = await openLoom({ tools: [send] });
  const steps = [{ id: "post", forEach: ["ann"], as: "name", tool: "send", with: { to: "${{ name }}" } }];
  const run = await loom.start("", { plan: { goal: "Write", steps, answer: { value: "${{ post }}" } } });
  const asked = (await all(run.toUIMessageStream())).flatMap((chunk) =>
    chunk.type === "tool-input-available" && chunk.toolName === "settle" ? [chunk] : [],
  );
  expect(asked).toMatchObject([
    { input: { step: "post[0]", tool: "send", verdicts: ["happened", "not-happened", "abort"] } },
  ]);
  const { toolCallId } = asked[0]!;
  const part = { type: "dynamic-tool", toolCallId, state: "output-available" };
  const message = { role: "assistant", parts: [{ ...part, output: { verdict: "happened", output: "sent" } }] };
  expect(await run.answerUIMessage(message)).toStrictEqual([{ ok: true }]);
  const chunks = await all(run.toUIMessageStream());
  expect(chunks).toContainEqual(expect.objectContaining({ type: "tool-output-available", toolCallId }));
  expect(chunks.at(-1)).toMatchObject({ finishReason: "stop" });
});

it("settles no later question with an answer to an earlier one, which a front end sends again", async () => {
  let calls = 0;
  const send = tool({
    name: "send",
    description: "Sends a letter.",
    input: z.object({ to: z.string() }),
    effects: "once",
    approval: "required",
    run: () => Promise.reject(new Error(`connection lost ${++calls}`)),
  });
  const loom = await openLoom({ tools: [send] });
  const steps = [
    { id: "to", ask: "To whom?" },
    { id: "post", tool: "send", with: { to: "${{ to }}" } },
  ];
  const run = await loom.start("", { plan: { goal: "Write", steps, answer: { value: "${{ post }}" } } });
  const parts: object[] = [];
  const answer = async (output: unknown) => {
    const chunks = await all(run.toUIMessageStream());
    const asked = chunks.findLast((chunk) => chunk.type === "tool-input-available" && !chunk.providerExecuted);
    const request = chunks.findLast((chunk) => chunk.type === "tool-approval-request");
    const { toolCallId } = asked as { readonly toolCallId: string };
    parts.push(
      output === "approve"
        ? {
            type: "dynamic-tool",
            state: "approval-responded",
            toolCallId,
            approval: { id: (request as { readonly approvalId: string }).approvalId, approved: true },
          }
        : { type: "dynamic-tool", state: "output-available", toolCallId, output },
    );
    return (await run.answerUIMessage({ role: "assistant", parts })).map((reply) => reply.ok || reply.code);
  };
  expect(await answer("Ann")).toStrictEqual([true]);
  expect(await answer("approve")).toStrictEqual(["NOT_ASKED", true]);
  expect(await answer({ verdict: "not-happened" })).toStrictEqual(["NOT_ASKED", "ALREADY_APPROVED", true]);
  expect((await run.result()) && calls).toBe(2);
  // The same call is in doubt again. The message holds the answer to the first doubt.
  expect(await run.answerUIMessage({ role: "assistant", parts })).toMatchObject([
    { code: "NOT_ASKED" },
    { code: "ALREADY_APPROVED" },
    { ok: false, code: "STALE_REPLY", message: expect.stringContaining("earlier question") as string },
  ]);
  expect(calls).toBe(2);
  await run.cancel();
  await run.result({ untilEnd: true });
  await run.retry({ from: "to" });
  await run.result();
  expect((await run.answerUIMessage({ role: "assistant", parts: parts.slice(0, 1) })).map((one) => one.ok)).toEqual([
    false,
  ]);
});

it("asks about the undoing of a call apart from the call, and about an undoing that failed", async () => {
  const refuse = () => Promise.reject(new ToolError("it is locked", { code: "LOCKED", retryable: false }));
  const book = tool({
    name: "book",
    description: "Books a room.",
    input: z.object({ room: z.string() }),
    output: z.string(),
    effects: "once",
    approval: "required",
    run: ({ room }) => `booked ${room}`,
    compensate: refuse,
  });
  const broken = tool({
    name: "broken",
    description: "Fails.",
    input: z.object({}),
    effects: "none",
    run: refuse,
  });
  const loom = await openLoom({ tools: [book, broken], onFailure: "compensate" });
  const steps = [
    { id: "hotel", tool: "book", with: { room: "7" } },
    { id: "end", tool: "broken", with: {}, dependsOn: ["hotel"] },
  ];
  const run = await loom.start("", { plan: { goal: "Travel", steps, answer: { value: "${{ hotel }}" } } });
  const parts: object[] = [];
  const asked = async () => {
    const chunks = await all(run.toUIMessageStream());
    const input = chunks.findLast((chunk) => chunk.type === "tool-input-available" && !chunk.providerExecuted);
    const request = chunks.findLast((chunk) => chunk.type === "tool-approval-request");
    return {
      ...(input as { readonly toolCallId: string; readonly toolName: string; readonly input: object }),
      approvalId: (request as { readonly approvalId: string }).approvalId,
    };
  };
  const approve = async () => {
    const { toolCallId, approvalId } = await asked();
    const approval = { id: approvalId, approved: true };
    const part = { type: "dynamic-tool", toolCallId, state: "approval-responded", approval };
    expect(await run.answerUIMessage({ role: "assistant", parts: [part] })).toStrictEqual([{ ok: true }]);
  };
  expect(await asked()).toMatchObject({ toolCallId: "step:hotel", toolName: "book" });
  await approve();
  expect(await asked()).toMatchObject({
    toolCallId: expect.stringMatching(/^undo:.+:hotel$/) as string,
    toolName: "compensate",
    input: { step: "hotel", tool: "book", args: { room: "7" }, output: "booked 7" },
  });
  await approve();
  const doubt = await asked();
  expect(doubt).toMatchObject({
    toolName: "settle",
    input: { step: "hotel", tool: "book", output: "booked 7", verdicts: ["again", "undone", "leave"] },
  });
  parts.push({
    type: "dynamic-tool",
    toolCallId: doubt.toolCallId,
    state: "output-available",
    output: { verdict: "undone" },
  });
  expect(await run.answerUIMessage({ role: "assistant", parts })).toStrictEqual([{ ok: true }]);
  const chunks = await all(run.toUIMessageStream());
  const { toolCallId } = doubt;
  expect(chunks).toContainEqual(expect.objectContaining({ type: "tool-output-available", toolCallId }));
  expect((await run.document()).acted).toMatchObject([{ tool: "book", undoing: "undone", byHand: true }]);
});

it("ends with the first cause of a failed run", async () => {
  const broken = tool({
    name: "broken",
    description: "Fails.",
    input: z.object({}),
    effects: "none",
    run: () => Promise.reject(new ToolError("No such table", { code: "NO_TABLE", retryable: false })),
  });
  const failing = scriptedModel(() => {
    throw new PlanloomError("PROVIDER_REFUSED", { model: "m", status: 400, text: "" });
  });
  const loom = await openLoom({ tools: [broken], models: { default: failing } });
  const plan = { goal: "Try", steps: [{ id: "a", tool: "broken", with: {} }], answer: { value: "${{ a }}" } };
  const run = await loom.start("", { plan });
  const error = { code: "NO_TABLE", message: expect.stringContaining("No such table") as string };
  expect(await all(run.toAgUiStream())).toContainEqual(expect.objectContaining({ type: "RUN_ERROR", ...error }));
});

it("passes over parts of a message that are no answers", async () => {
  const loom = await openLoom();
  const run = await loom.start("", { plan: PLAN });
  await run.result();
  const answered = { type: "dynamic-tool", state: "approval-responded" };
  const parts = [
    { type: "text", text: "yes" },
    { type: "dynamic-tool", toolCallId: "ask:1:format", state: "input-available" },
    { type: "dynamic-tool", toolCallId: "doubt:1:pay", state: "output-available", output: { verdict: "perhaps" } },
    { type: "dynamic-tool", toolCallId: "weather", state: "output-available", output: 3 },
    { ...answered, toolCallId: "step:pay", approval: { id: "other", approved: true } },
    { ...answered, toolCallId: "step:pay", approval: { id: `5.${"a".repeat(64)}`, approved: "yes" } },
    { ...answered, toolCallId: "step:pay", approval: null },
  ];
  expect(await run.answerUIMessage({ role: "assistant", parts })).toStrictEqual([]);
  expect(await run.answerUIMessage({ role: "user", parts })).toStrictEqual([]);
  const stale = [{ ...answered, approval: { id: `5.${"a".repeat(64)}`, approved: true } }];
  expect(await run.answerUIMessage({ role: "assistant", parts: stale })).toMatchObject([
    { ok: false, code: "STALE_HASH" },
  ]);
});

it("sends server-sent events with the headers of the protocol", async () => {
  const loom = await openLoom({ models: { default: scriptedModel(() => ({ text: "Hi." })) } });
  const run = await loom.start("", { plan: ANSWERED });
  const response = run.toUIMessageStreamResponse();
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  expect(response.headers.get("x-vercel-ai-ui-message-stream")).toBe("v1");
  const lines = (await response.text()).trim().split("\n\n");
  expect(lines.at(-1)).toBe("data: [DONE]");
  expect(JSON.parse(lines[0]!.replace("data: ", ""))).toMatchObject({ type: "start", messageId: run.id });
  const agUi = run.toAgUiStreamResponse();
  expect((await agUi.text()).trim().split("\n\n").at(-1)).toContain('"RUN_FINISHED"');
});

it("refuses a place that is no number of an event", async () => {
  const loom = await openLoom();
  const run = await loom.start("", { plan: PLAN });
  for (const after of [-1, 1.5, NaN, "3" as unknown as number])
    expect(() => run.toUIMessageStream({ after })).toThrow(expect.objectContaining({ code: "AFTER_INVALID" }));
});

it("takes no answer of before a retry for a question that the retry asks", async () => {
  const lose = tool({
    name: "lose",
    description: "Fails.",
    input: z.object({}),
    effects: "none",
    run: () => Promise.reject(new ToolError("It is lost.", { retryable: false })),
  });
  const loom = await openLoom({ tools: [lose] });
  const steps = [
    { id: "whom", ask: "To whom?" },
    { id: "post", tool: "lose", dependsOn: ["whom"], onFailure: "fail" },
  ];
  const run = await loom.start("", { plan: { goal: "Write", steps, answer: { value: 1 } } });
  const interrupts = async () => {
    const end = (await all(run.toAgUiStream())).at(-1);
    return end?.type === "RUN_FINISHED" && end.outcome.type === "interrupt" ? end.outcome.interrupts : [];
  };
  const answers = async () =>
    (await interrupts()).map(({ id }) => ({ interruptId: id, status: "resolved", payload: "Ann" }) as const);
  const first = await answers();
  expect(await run.answerAgUi(first)).toStrictEqual([{ ok: true }]);
  expect((await run.result()).status).toBe("failed");
  expect(await run.retry({ from: "whom" })).toStrictEqual({ ok: true });
  await run.result();
  expect(await run.answerAgUi(first)).toMatchObject([{ ok: false, code: "STALE_REPLY" }]);
  expect(await run.answerAgUi(await answers())).toStrictEqual([{ ok: true }]);
});

it("approves nothing without a clear yes, and reads no answer in what is no message", async () => {
  const loom = await openLoom();
  const run = await loom.start("", { plan: PLAN });
  await run.result();
  const { hash } = (await run.document()).waiting!.approvals[0]!;
  const said = [undefined, null, true, "yes", {}, { approved: "false" }, { approved: 1 }, { approve: true }];
  const resume = said.map((payload) => ({ interruptId: `9.${hash}`, status: "resolved", payload }) as const);
  expect(await run.answerAgUi(resume)).toStrictEqual([]);
  for (const odd of [null, undefined, 1, "x", {}, { role: "assistant" }, { role: "assistant", parts: [null, 1] }]) {
    expect(await run.answerUIMessage(odd as never)).toStrictEqual([]);
    expect(await run.answerAgUi([odd] as never)).toStrictEqual([]);
    expect(await run.answerAgUi(odd as never)).toStrictEqual([]);
  }
  expect((await run.document()).status).toBe("awaiting-approval");
});

it("ends with an error when the run is deleted", async () => {
  const store = memoryStore();
  const driver = await openLoom({ store });
  const { id } = await driver.start("", { plan: PLAN });
  await driver.engine.stopped(id);
  await driver.close();
  const loom = await openLoom({ store });
  const reader = (await loom.get(id)).toUIMessageStream({ until: "end" }).getReader();
  const rest = (async () => {
    while (!(await reader.read()).done);
  })();
  await loom.delete(id);
  await expect(rest).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
});
