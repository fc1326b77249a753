// The words for failures, reasons and refusals of a run: each reads well with realistic parameters, and without any.
import { describe, expect, test } from "vitest";
import { surfaceOf } from "../../src/cli/surface.js";
import type { JsonObject } from "../../src/plan/json.js";
import type { FailureCode } from "../../src/run/failure.js";
import type { Reason } from "../../src/run/reason.js";
import type { RefusalCode } from "../../src/run/refusal.js";
import { sentenceText } from "../../src/words/action.js";
import { failureNext, FAILURES, failureText, runFailureText } from "../../src/words/failures.js";
import { REASONS, reasonText } from "../../src/words/reasons.js";
import { refusalText, REFUSALS } from "../../src/words/refusals.js";
import { librarySurface } from "../../src/words/surface-library.js";
import { sources } from "../docs/codes.js";
import { FAILURE_SAMPLES, REASON_SAMPLES, REFUSAL_SAMPLES } from "./run-samples.js";

const ODD = /undefined|\[object|\bNaN\b/;
const cli = surfaceOf("planloom");
const plain = (params: object): JsonObject => params as JsonObject;

const failures = (Object.keys(FAILURE_SAMPLES) as FailureCode[]).flatMap((code) =>
  FAILURE_SAMPLES[code].map((params) => ({ code, params: plain(params), retryable: false })),
);
const reasons = (Object.keys(REASON_SAMPLES) as Reason["code"][]).flatMap(
  (code): readonly Reason[] => REASON_SAMPLES[code],
);
const refusals = (Object.keys(REFUSAL_SAMPLES) as RefusalCode[]).flatMap((code) =>
  REFUSAL_SAMPLES[code].map((params) => ({ code, params: plain(params) })),
);

test("every code has its words", () => {
  expect(Object.keys(FAILURES).sort()).toEqual(Object.keys(FAILURE_SAMPLES).sort());
  expect(Object.keys(REASONS).sort()).toEqual(Object.keys(REASON_SAMPLES).sort());
  expect(Object.keys(REFUSALS).sort()).toEqual(Object.keys(REFUSAL_SAMPLES).sort());
});

test("every code is given somewhere", () => {
  const folders = ["plan", "run", "tools", "agents", "engine", "perform", "streams", "loom"];
  const text = folders.flatMap((folder) => sources(folder)).join("\n");
  const codes = [...Object.keys(FAILURES), ...Object.keys(REASONS), ...Object.keys(REFUSALS)];
  expect(codes.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
});

describe.each(failures)("$code $params", (failure) => {
  test("says what happened", () => {
    expect(failureText(failure)).toMatch(/^\S.*\S$/s);
    expect(failureText(failure)).not.toMatch(ODD);
    expect(runFailureText(failure, { step: "a" })).toBe(`step a: ${failureText(failure)}`);
  });

  test("says what to do next, if anything can be done, in the words of each surface", () => {
    const next = failureNext(failure);
    for (const said of next === undefined ? [] : [sentenceText(next, librarySurface), sentenceText(next, cli)]) {
      expect(said).toMatch(/^["`A-Z].*\.$/s);
      expect(said).not.toMatch(ODD);
    }
  });

  test("reads without its parameters, as an old log has it", () => {
    const { code, retryable } = failure;
    expect(failureText({ code, text: "what was said then", retryable })).toBe("what was said then");
    const next = failureNext({ code, text: "what was said then", retryable }) ?? [];
    expect(sentenceText(next, cli)).not.toMatch(ODD);
  });
});

test.each(reasons)("$code: why", (reason) => {
  expect(reasonText(reason)).toMatch(/^\S.*\S$/s);
  expect(reasonText(reason)).not.toMatch(ODD);
});

test.each(refusals)("$code $params: why a command is refused", (refusal) => {
  expect(refusalText(refusal)).toMatch(/^\S.*\S$/s);
  expect(refusalText(refusal)).not.toMatch(ODD);
});

test("a code that nobody knows shows its text, or itself with its parameters", () => {
  expect(failureText({ code: "BUSY", text: "come back later", retryable: true })).toBe("come back later");
  expect(failureText({ code: "ODD", params: { n: 1 }, retryable: true })).toBe('ODD {"n":1}');
  expect(failureText({ code: "ODD", retryable: true })).toBe("ODD");
  expect(refusalText({ code: "ODD", params: { n: 1 } })).toBe('ODD {"n":1}');
  expect(refusalText({ code: "RUN_ENDED", text: "the run is over" })).toBe("the run is over");
  expect(reasonText({ code: "ODD", n: 1 } as unknown as Reason)).toBe('{"code":"ODD","n":1}');
});

test("a failure of items names the first, and its advice is that of the item", () => {
  const first = { item: 3, error: { code: "ARGUMENT_DEPTH", params: { limit: 64 }, retryable: false } };
  const failure = { code: "ARGUMENT_DEPTH", params: { items: { failed: 2, total: 5, first } }, retryable: false };
  expect(failureText(failure)).toBe("2 of 5 items failed; item 3: the arguments nest deeper than 64 levels");
  expect(failureNext(failure)).toEqual(failureNext(first.error));
});
