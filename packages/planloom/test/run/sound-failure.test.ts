// Failures from programs without types, and the parts of them that are recorded.
import { expect, test } from "vitest";
import { messageOf } from "../../src/error.js";
import { LIMITS } from "../../src/limits.js";
import { soundUsage } from "../../src/plan/sound-usage.js";
import { readCommand } from "../../src/run/log/read-command.js";
import { soundFailure } from "../../src/run/sound-failure.js";

const huge = "x".repeat(50_000_000);
const failure = { code: "BUSY", text: "too many", retryable: true };

test("a failure in order stays as it is", () => {
  const full = { ...failure, params: { queue: 3 }, retryAfterMs: 7 };
  expect(soundFailure(full, "TOOL_FAILED")).toEqual(full);
});

test.each(["not-found", "busy", "", 404, null, undefined, "X".repeat(65), { toString: () => "A" }, huge])(
  "a code that is none stands in the text instead (%#)",
  (code) => {
    const { code: given, text = "" } = soundFailure({ ...failure, code }, "TOOL_FAILED");
    expect(given).toBe("TOOL_FAILED");
    expect(text).toMatch(/: too many$/);
    expect(text.length).toBeLessThanOrEqual(LIMITS.codeChars + 10);
  },
);

test.each<[string, unknown]>([
  ["a text that is huge", huge],
  ["a record", { huge }],
  ["null", null],
  ["a record without a prototype", Object.create(null)],
])("a text has a sound length, whatever was given: %s", (_, text) => {
  const sound = soundFailure({ ...failure, text }, "TOOL_FAILED");
  expect(typeof sound.text).toBe("string");
  expect((sound.text ?? "").length).toBeLessThanOrEqual(LIMITS.messageChars);
});

test.each<[string, unknown]>([
  ["a text", "all"],
  ["a value that nests too deep", { deep: Array.from({ length: 100 }).reduce((inner) => [inner], 1) }],
  ["a value that is too large", { huge }],
])("parameters that are %s are left out", (_, params) => {
  expect(soundFailure({ ...failure, params }, "TOOL_FAILED")).toEqual(failure);
});

test("an error whose message cannot be read has one all the same", () => {
  const odd = new Error("lost");
  Object.defineProperty(odd, "message", {
    get: () => {
      throw new Error("never");
    },
  });
  expect(messageOf(odd)).toMatch(/cannot be shown/);
});

test.each([NaN, Infinity, -Infinity, -1, "7", null, {}])("a wait of %s is none", (retryAfterMs) => {
  expect(soundFailure({ ...failure, retryAfterMs }, "TOOL_FAILED")).toEqual(failure);
});

test("only true may be tried again", () => {
  expect(soundFailure({ ...failure, retryable: "yes" }, "TOOL_FAILED").retryable).toBe(false);
});

test.each([NaN, Infinity, -3, "4", undefined, 2 ** 60])("%s is no count of tokens", (count) => {
  const usage = { calls: count, inputTokens: count, outputTokens: 5 };
  expect(soundUsage(usage)).toStrictEqual({ calls: 1, inputTokens: null, outputTokens: 5 });
});

test("tokens that a server had kept are counted, if they are a count", () => {
  const usage = { calls: 1, inputTokens: 9, outputTokens: 5 };
  expect(soundUsage({ ...usage, cachedInputTokens: 8 })).toStrictEqual({ ...usage, cachedInputTokens: 8 });
  for (const none of [0, -1, "8", null]) expect(soundUsage({ ...usage, cachedInputTokens: none })).toStrictEqual(usage);
});

test("a usage that is none is unknown", () => {
  for (const none of [null, undefined, "much", []])
    expect(soundUsage(none)).toStrictEqual({ calls: 1, inputTokens: null, outputTokens: null });
});

test("a command has names of a sound length, and a value within the limits", () => {
  const respond = { type: "respond", step: "a", value: 1 };
  expect(readCommand(respond)).toStrictEqual(respond);
  expect(readCommand({ ...respond, step: "a".repeat(LIMITS.nameChars + 1) })).toBeUndefined();
  expect(readCommand({ ...respond, value: "x".repeat(LIMITS.valueBytes) })).toBeUndefined();
  expect(readCommand({ type: "approve", hash: huge })).toBeUndefined();
  expect(readCommand({ type: "cancel", reason: huge })).toBeUndefined();
});
