// Failures of a run, refusals of commands and reasons of decisions in plain words: clauses and sentences in their form,
// and a next step on each surface. Separate from run-words.test.ts, which holds the words to their codes.
import { describe, expect, test } from "vitest";
import { surfaceOf } from "../../src/cli/surface.js";
import { inRun, sentenceText, type Sentence } from "../../src/words/action.js";
import { failureNext, FAILURES, failureText } from "../../src/words/failures.js";
import { REASONS, reasonText } from "../../src/words/reasons.js";
import { refusalNext, REFUSALS, refusalText } from "../../src/words/refusals.js";
import { librarySurface } from "../../src/words/surface-library.js";
import type { FailureCode } from "../../src/run/failure.js";
import type { Reason } from "../../src/run/reason.js";
import type { RefusalCode } from "../../src/run/refusal.js";
import { failures, REASON_SAMPLES, refusals } from "./run-samples.js";

const cli = surfaceOf("planloom");
const failureCodes = Object.keys(FAILURES) as FailureCode[];
const refusalCodes = Object.keys(REFUSALS) as RefusalCode[];
const reasonCodes = Object.keys(REASONS) as Reason["code"][];

const CLUMSY = /undefined|\[object|\bNaN\b|\bany ?more\b|\bmend\b|\banew\b|^there (is|are)\b|\bthat there is not\b/i;

function readsWell(next: Sentence): void {
  for (const surface of [librarySurface, cli]) {
    const text = sentenceText(next, surface);
    expect(text).toMatch(/^["`A-Z].*[.`]$/s);
    expect(text).not.toMatch(CLUMSY);
  }
  expect(sentenceText(next, librarySurface)).not.toMatch(/planloom [a-z]+ [A-Z]|--[a-z]+-model/);
}

describe.each(failureCodes.flatMap((code) => failures(code).map((failure) => [code, failure] as const)))(
  "the failure %s %j",
  (_code, failure) => {
    test("is a clause", () => {
      expect(failureText(failure)).toMatch(/^[^A-Z\s].*[^.\s]$/s);
      expect(failureText(failure)).not.toMatch(CLUMSY);
    });

    test("has a next step on each surface", () => readsWell(failureNext(failure)!));
  },
);

describe.each(refusalCodes.flatMap((code) => refusals(code).map((refusal) => [code, refusal] as const)))(
  "the refusal %s %j",
  (_code, refusal) => {
    test("is a sentence, about the run if it is known", () => {
      for (const text of [refusalText(refusal), refusalText(refusal, "run_x")]) {
        expect(text).toMatch(/^[A-Z0-9].*\.$/s);
        // The words of a finding are those of another catalogue.
        if (refusal.code !== "EDIT_INVALID") expect(text).not.toMatch(CLUMSY);
      }
    });

    test("has a next step on each surface", () => readsWell(refusalNext(refusal)));
  },
);

/** Words of people, tools and models stay as they are. */
const isOurs = (reason: Reason): boolean => !("text" in reason || "comment" in reason);

test.each(reasonCodes.flatMap((code) => REASON_SAMPLES[code].filter(isOurs).map((reason) => [code, reason] as const)))(
  "the reason %s is a clause: %j",
  (_code, reason) => {
    expect(reasonText(reason)).toMatch(/^[a-z].*[^.\s]$/s);
    expect(reasonText(reason)).not.toMatch(CLUMSY);
  },
);

test("a failure of a built-in tool and an operating error have the words of their catalogues", () => {
  const missing = { code: "FILE_NOT_FOUND", params: { path: "a.md" }, retryable: false };
  expect(failureText(missing)).toBe("The file a.md does not exist. list_files shows the files that exist.");
  const limited = { code: "PROVIDER_RATE_LIMITED", params: { model: "m", status: 429 }, retryable: true };
  expect(failureText(limited)).toBe("The model m answered 429.");
});

test("own words of a tool are shown as they are, whatever its code is", () => {
  const own = { code: "FILE_NOT_FOUND", text: "no such ticket", retryable: false };
  expect(failureText(own)).toBe("no such ticket");
});

test("actions in a sentence about a run name it", () => {
  const next = refusalNext({ code: "ALREADY_PAUSED" });
  expect(sentenceText(next, inRun("run_x", cli))).toBe("`planloom resume run_x` continues it.");
});

test("a tool's code that Planloom has too gets neither our words nor our advice", () => {
  const own = { code: "REJECTED", text: "the bank said no", foreign: true, retryable: false } as const;
  expect([failureText(own), failureNext(own)]).toEqual(["the bank said no", undefined]);
  const silent = { code: "NO_MODEL", foreign: true, retryable: false } as const;
  expect([failureText(silent), failureNext(silent)]).toEqual(["the tool reported a failure without a text", undefined]);
  const first = { item: 0, error: own };
  const items = { ...own, params: { items: { failed: 1, total: 2, first } } };
  expect([failureText(items), failureNext(items)]).toEqual([
    "1 of 2 items failed; item 0: the bank said no",
    undefined,
  ]);
});

test("a tool that throws without a text is quoted with what it threw", () => {
  const text = (is: "error" | "value", shown: string) =>
    failureText({ code: "TOOL_THREW", params: { threw: { is, shown } }, retryable: true });
  expect(text("error", "Error")).toBe("the tool threw an Error without a text");
  expect(text("error", "TypeError")).toBe("the tool threw a TypeError without a text");
  expect(text("value", '{"status":500}')).toBe('the tool threw {"status":500}');
  expect(text("value", "undefined")).toBe("the tool threw undefined");
  expect(text("value", "")).toBe("the tool threw an empty text");
  expect(failureText({ code: "TOOL_FAILED", text: "", retryable: true })).toBe(
    "the tool reported a failure without a text",
  );
});
