// docs/errors.md against the sources: every code that can be met is explained, none is invented, and the exit codes
// hold.
import { describe, expect, test } from "vitest";
import { EXIT, exitOfError, exitOfRun } from "../../src/cli/exit-code.js";
import type { ErrorKind } from "../../src/words/error-words.js";
import type { ErrorCode } from "../../src/words/errors.js";
import { ERROR_SAMPLES, sampleErrors } from "../words/samples.js";
import { codeRows, codesIn, codesOf, document, section, sources, textsBelow } from "./codes.js";
import { withTables } from "./errors-page.js";

const page = document("errors.md");
const telemetry = textsBelow("telemetry").join("\n");
const inSources = codesIn(sources());

test("the tables of errors are those of the catalogue (npm run docs)", () => {
  expect(page).toBe(withTables(page));
});

describe("codes", () => {
  test("the search finds what it should", () => {
    const sample = [
      'throw new PlanloomError("RUN_LOST", text, { kind: "run" });\n',
      'usageError("USAGE", text); report(\n  "CYCLE",\n  pointer); failure("refusal", "REFUSAL", text);\n',
      'const code = given ?? (status === "cancelled" ? "CANCELLED" : "FAILED");\n',
      'return { code: "TIMEOUT" }; env["PLANLOOM_STORE"]; error.code === "ENOENT";\n',
      'say("HELLO");\n',
    ];
    const found = ["CANCELLED", "CYCLE", "FAILED", "REFUSAL", "RUN_LOST", "TIMEOUT", "USAGE"];
    expect([...codesIn(sample)].sort()).toEqual(found);
    expect(inSources.size).toBeGreaterThan(100);
  });

  test("every code of the sources stands in errors.md or plan-format.md", () => {
    const pages = [page, ...["plan-format.md", "events.md", "streams.md", "evidence.md", "views.md"].map(document)];
    const documented = new Set(pages.flatMap(codesOf));
    expect([...inSources].filter((code) => !documented.has(code))).toEqual([]);
  });

  test("every code that a logger is told stands in observability.md", () => {
    const told = [...telemetry.matchAll(/\bcode: "([A-Z_]+)"/g)].map(([, code]) => code!);
    expect(told.length).toBeGreaterThan(5);
    const text = document("observability.md");
    expect(told.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });

  test("every documented code is in the sources", () => {
    expect(codesOf(page).filter((code) => !inSources.has(code))).toEqual([]);
  });

  test("no code stands twice under one heading", () => {
    const parts = page.split(/^## /m).map(codesOf);
    expect(parts.flatMap((codes) => codes.filter((code, at) => codes.indexOf(code) !== at))).toEqual([]);
  });
});

/** The last column, for tables that end in the exit code. */
function exits(heading: string): readonly (readonly [string, string])[] {
  return codeRows(section(page, heading)).flatMap(({ codes, cells }) =>
    codes.map((code) => [code, cells.at(-1) ?? ""] as const),
  );
}

describe("exit codes", () => {
  test("the table of kinds", () => {
    const rows = section(page, "## Exit codes").match(/^\| \d+ .*$/gm) ?? [];
    const codes = rows.map((row) => Number(/\d+/.exec(row)?.[0]));
    expect(codes).toEqual(Object.values(EXIT).sort((a, b) => a - b));
    const kinds: readonly ErrorKind[] = ["usage", "plan", "provider", "config", "store", "refused", "interrupted"];
    for (const kind of kinds) {
      const row = rows.find((line) => line.includes(`\`${kind}\``)) ?? "";
      const error = (Object.keys(ERROR_SAMPLES) as ErrorCode[]).flatMap(sampleErrors).find((one) => one.kind === kind);
      expect(`${kind} ${/\d+/.exec(row)?.[0] ?? "?"}`).toBe(`${kind} ${exitOfError(error)}`);
    }
  });

  const failures = ["## Failures of a step", "## Failures of the planner and of the answer"].flatMap(exits);
  test.each(failures)("a run that fails with %s ends with %s", (code, exit) => {
    const error = { code, message: "", retryable: false };
    expect(String(exitOfRun({ status: "failed", success: false, error }))).toBe(exit);
  });
});
