// Words for parameters that do not fit: of another version, or of an edited log. In: every sample of every code, with
// one value missing or odd. Out: a text that shows no hole, and a next step that names what it says.
import { describe, expect, test } from "vitest";
import { surfaceOf } from "../../src/cli/surface.js";
import { findingOf, type FindingCode } from "../../src/plan/finding.js";
import type { JsonObject } from "../../src/plan/json.js";
import type { FailureCode } from "../../src/run/failure.js";
import type { Reason } from "../../src/run/reason.js";
import type { RefusalCode } from "../../src/run/refusal.js";
import { sentenceText, type Sentence } from "../../src/words/action.js";
import { errorNext, type ErrorCode, type ErrorSubject } from "../../src/words/errors.js";
import { failureNext, failureText } from "../../src/words/failures.js";
import { findingWords } from "../../src/words/findings.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { reasonText } from "../../src/words/reasons.js";
import { refusalNext, refusalText } from "../../src/words/refusals.js";
import { librarySurface } from "../../src/words/surface-library.js";
import { toolFailureWords, type ToolFailureCode } from "../../src/words/tool-failures.js";
import { FINDING_SAMPLES } from "./finding-samples.js";
import { FAILURE_SAMPLES, REASON_SAMPLES, REFUSAL_SAMPLES } from "./run-samples.js";
import { ERROR_SAMPLES, TOOL_SAMPLES } from "./samples.js";

type Data = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value without each of its fields, and with each of them as another value, at any depth. */
function variants(value: unknown): readonly unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => inner(item).map((odd): unknown => value.with(index, odd)));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const { [name]: _gone, ...rest } = value;
    return [rest, ...inner(field).map((odd) => ({ ...value, [name]: odd }))];
  });
}

const ODD: readonly unknown[] = [null, "", {}, [], [{}], NaN, -1.5, false];

const inner = (field: unknown): readonly unknown[] => [
  ...ODD,
  ...(typeof field === "string" ? [`${field}.`] : []),
  ...variants(field),
];

const HOLE = /\bundefined\b|\bNaN\b|\[object /;
const DOUBLED_STOP = /[\w)"'`\]][.?!…]\.(\s|$)/;
const cli = surfaceOf("planloom");

function readsWell(text: string, params: unknown): void {
  if (text === "" || HOLE.test(text) || DOUBLED_STOP.test(text)) expect([text, params]).toBe("words without a hole");
}

function nextReadsWell(next: Sentence | undefined, params: unknown): void {
  if (next === undefined) return;
  for (const surface of [librarySurface, cli]) readsWell(sentenceText(next, surface), params);
}

/** Each code of a table, with the variants of its samples. */
const casesOf = <Code extends string>(
  samples: Readonly<Record<Code, readonly unknown[]>>,
): readonly (readonly [Code, readonly JsonObject[]])[] =>
  (Object.keys(samples) as Code[]).map((code) => [code, [{}, ...samples[code].flatMap(variants)] as JsonObject[]]);

describe("parameters that are missing or odd leave no hole in the words of", () => {
  test.each(casesOf<ErrorCode>(ERROR_SAMPLES))("the error %s", (code, odd) => {
    for (const params of odd) {
      readsWell(new PlanloomError(...([code, params] as never as ErrorSubject)).message, params);
      nextReadsWell(errorNext(code, params), params);
    }
  });

  test.each(casesOf<FailureCode>(FAILURE_SAMPLES))("the failure %s", (code, odd) => {
    for (const params of odd) {
      readsWell(failureText({ code, params, retryable: false }), params);
      nextReadsWell(failureNext({ code, params, retryable: false }), params);
    }
  });

  test.each(casesOf<RefusalCode>(REFUSAL_SAMPLES))("the refusal %s", (code, odd) => {
    for (const params of odd) {
      readsWell(refusalText({ code, params }, "run_x"), params);
      nextReadsWell(refusalNext({ code, params }), params);
    }
  });

  test.each(casesOf<Reason["code"]>(REASON_SAMPLES))("the reason %s", (code, odd) => {
    for (const params of odd) readsWell(reasonText({ ...params, code } as unknown as Reason), params);
  });

  test.each(casesOf<ToolFailureCode>(TOOL_SAMPLES))("the tool failure %s", (code, odd) => {
    for (const params of odd) {
      const { message, next } = toolFailureWords(code, params as never);
      readsWell(message, params);
      nextReadsWell(next, params);
    }
  });

  const findings = Object.fromEntries(
    Object.entries(FINDING_SAMPLES).map(([code, rows]) => [code, rows.map(([params]: readonly unknown[]) => params)]),
  ) as unknown as Record<FindingCode, readonly unknown[]>;
  test.each(casesOf<FindingCode>(findings))("the finding %s", (code, odd) => {
    for (const params of odd) {
      const { message, fix } = findingWords(findingOf(code, { pointer: "" }, params as never));
      readsWell(message, params);
      readsWell(fix, params);
    }
  });
});

test("words that quote a program's error keep its words", () => {
  const reason = "Cannot read properties of undefined (reading 'id')";
  const error = new PlanloomError("FILE_UNREADABLE", { file: "plan.yaml", reason });
  expect(error.message).toBe(`The file plan.yaml cannot be read: ${reason}.`);
});

test("a reason that ends in a full stop, or is empty, ends the sentence once", () => {
  const message = (reason: string) => new PlanloomError("FILE_UNREADABLE", { file: "../..", reason }).message;
  expect(message("It is a folder.")).toBe("The file ../.. cannot be read: It is a folder.");
  expect(message("Is it a folder?")).toBe("The file ../.. cannot be read: Is it a folder?");
  expect(message("")).toBe("The file ../.. cannot be read.");
});

test("a damage that this version does not know shows its data", () => {
  const params = { runId: "run_x", soundTo: 3, damage: "new-kind" };
  const { message, next } = new PlanloomError(...(["RUN_DAMAGED", params] as unknown as ErrorSubject));
  expect(message).toContain('"damage":"new-kind"');
  expect(next).toContain("run.events()");
});
