// Replies of any program, and the parts of them that are recorded.
import { expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { streamedReply } from "../../src/model/reply/reply.js";
import { soundReply } from "../../src/model/reply/sound-reply.js";
import { isObject } from "../../src/plan/json.js";

const usage = { calls: 1, inputTokens: 3, outputTokens: 4 };
const reply = { text: "yes", toolCalls: [], usage, finish: "stop" };
const call = (args: unknown, name = "look") => ({ id: "1", name, args });

test("a reply in order stays as it is", () => {
  const whole = { ...reply, toolCalls: [call({ x: [1] })], finish: "tool-calls" };
  expect(soundReply(whole, "m")).toStrictEqual(whole);
});

test.each([
  undefined,
  "yes",
  {},
  { ...reply, text: 1 },
  { ...reply, toolCalls: "none" },
  { ...reply, toolCalls: [{}] },
])("what is no reply is the provider's failure, which may pass: %o", (given) => {
  expect(() => soundReply(given, "m")).toThrow(expect.objectContaining({ code: "PROVIDER_FAILED", retryable: true }));
});

test("a text that is too long counts as cut by the output limit", () => {
  const { text, finish } = soundReply({ ...reply, text: "x".repeat(LIMITS.replyChars + 1) }, "m");
  expect([text.length, finish]).toStrictEqual([LIMITS.replyChars, "length"]);
});

test("calls that are too many are not made", () => {
  const toolCalls = Array.from({ length: 5_000 }, () => call({}));
  expect(soundReply({ ...reply, toolCalls }, "m").toolCalls).toHaveLength(LIMITS.toolCalls);
});

test("arguments that are no JSON, or too deep, or too large, give way to a text", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 5_000; i++) deep = [deep];
  const large = { x: "x".repeat(LIMITS.replyChars / 2) };
  const toolCalls = [{ deep }, { x: NaN }, large, large, large].map((args) => call(args));
  const args = soundReply({ ...reply, toolCalls }, "m").toolCalls.map(({ args }) => args);
  expect(args.map((one) => (isObject(one) ? "kept" : one))).toStrictEqual([
    expect.stringContaining("nests deeper than 64") as string,
    expect.stringContaining("NaN") as string,
    "kept",
    "(left out: the reply is too large)",
    "(left out: the reply is too large)",
  ]);
});

test("a finish and a usage that are none are unknown", () => {
  const odd = soundReply({ ...reply, usage: { calls: -1, inputTokens: NaN }, finish: "bored" }, "m");
  expect(odd).toMatchObject({ finish: "other", usage: { calls: 1, inputTokens: null, outputTokens: null } });
});

test("an endless stream is read up to the limit of a reply, then cancelled", async () => {
  let cancelled = false;
  const stream = new ReadableStream({
    pull: (controller) => controller.enqueue({ type: "text-delta", id: "1", delta: "x".repeat(100_000) }),
    cancel: () => void (cancelled = true),
  });
  const shown: number[] = [];
  const listener = { text: (delta: string) => void shown.push(delta.length), toolInput: () => undefined };
  const offer = { tools: [], isQuoted: () => false };
  const { finish, text } = await streamedReply(stream as Parameters<typeof streamedReply>[0], listener, offer);
  expect([finish, cancelled]).toStrictEqual(["length", true]);
  expect(text.length).toBeLessThan(LIMITS.replyChars + 200_000);
});
