// The catalogue of errors: every entry is used, and reads well on both surfaces with realistic parameters.
import { describe, expect, test } from "vitest";
import { findingOf, type Finding } from "../../src/plan/finding.js";
import { findingLines } from "../../src/words/errors/plans.js";
import { surfaceOf } from "../../src/cli/surface.js";
import { sentenceText } from "../../src/words/action.js";
import { errorNext, type ErrorCode } from "../../src/words/errors.js";
import { hasCode, PlanloomError } from "../../src/words/planloom-error.js";
import { sources } from "../docs/codes.js";
import type { ToolFailureCode } from "../../src/words/tool-failures.js";
import { ERROR_SAMPLES, sampleErrors, TOOL_SAMPLES, toolSamples } from "./samples.js";

const codes = Object.keys(ERROR_SAMPLES) as ErrorCode[];
const errors = codes.flatMap(sampleErrors).map((error) => [error.code, error.params, error] as const);
const cli = surfaceOf("planloom");

test("every entry is thrown somewhere", () => {
  const folders = [
    "files",
    "tools",
    "model",
    "agents",
    "store",
    "engine",
    "perform",
    "streams",
    "loom",
    "recording",
    "server",
    "cli",
  ];
  const text = folders.flatMap((folder) => sources(folder)).join("\n");
  expect(codes.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
});

test("every failure of a built-in tool is thrown somewhere", () => {
  const text = sources("tools").join("\n");
  expect(Object.keys(TOOL_SAMPLES).filter((code) => !text.includes(`"${code}"`))).toEqual([]);
});

test.each(
  (Object.keys(TOOL_SAMPLES) as ToolFailureCode[]).flatMap((code) => toolSamples(code).map(({ message }) => message)),
)("a model can read: %s", (message) => {
  expect(message).toMatch(/^\S.*[.?…]$/s);
  expect(message).not.toMatch(/undefined|\[object|\bNaN\b|^There (is|are)/);
});

describe.each(errors)("%s %j", (code, params, error) => {
  const commands = sentenceText(errorNext(code, params), cli);

  test("says what happened, in whole sentences", () => {
    expect(error.message).toMatch(/^\S.*\S/s);
    expect(error.message).not.toMatch(/undefined|\[object|\bNaN\b/);
    expect(error.message).not.toMatch(/^There is no|\bthat there is not\b|\bany more\b/);
    // What a server or a system said ends as they ended it.
    if (!error.message.includes(": ")) expect(error.message).toMatch(/[.…]$/);
  });

  test("says what to do next, in the words of each surface", () => {
    for (const next of [error.next, commands]) {
      expect(next).toMatch(/^["`A-Z].*[.`]$/s);
      expect(next).not.toMatch(/undefined|\[object|\bMend\b|[^.]\.\.$/);
      // The words that take the place of a next step that cannot be told.
      expect(next).not.toBe("See docs/errors.md.");
    }
    expect(error.next).not.toMatch(/planloom [a-z]+ [A-Z]|--[a-z]+-model/);
    expect(commands).not.toMatch(/`(run|loom)\./);
  });

  test("carries its parameters, and the first action, as data", () => {
    expect(JSON.parse(JSON.stringify(params))).toEqual(params);
    const action = errorNext(code, params).find((part) => typeof part !== "string");
    expect(error.action).toEqual(action);
  });
});

test("an error is known by its code", () => {
  const thrown: unknown = new PlanloomError("RUN_OWNED", { runId: "run_x", owner: { host: "laptop", pid: "4711" } });
  if (!hasCode(thrown, "RUN_OWNED")) throw thrown;
  expect(thrown.params.owner).toEqual({ host: "laptop", pid: "4711" });
  expect(thrown.message).toBe("Run run_x is driven by process 4711 on laptop.");
  expect(thrown.next).toBe(
    "Follow it with `run.events({ follow: true })`, or end that process first. If it is of no use any more, take the " +
      "run from it with `run.resume(listener, { takeOver: true })`. Calls with effects that it is making are then in doubt.",
  );
  expect(hasCode(thrown, "RUN_EXISTS")).toBe(false);
});

test("the command line fills in the run", () => {
  const next = sentenceText(errorNext("RUN_OWNED", { runId: "run_x" }), cli);
  expect(next).toBe(
    "Follow it with `planloom watch run_x`, or end that process first. If it is of no use any more, take the run from it " +
      "with `planloom resume run_x --take-over`. Calls with effects that it is making are then in doubt.",
  );
});

test("findings are told in the order of the plan, whatever their severity is", () => {
  const at = (pointer: string, line?: number) =>
    findingOf(
      "UNKNOWN_STEP",
      { pointer, ...(line === undefined ? {} : { line, column: 1 }) },
      { name: "x", steps: [] },
    );
  const order = (findings: readonly Finding[]) =>
    findingLines(findings, "plan.yaml")
      .filter((line) => line.startsWith("plan.yaml"))
      .map((line) => line.split(" ")[0]);
  expect(order([at("/steps/0", 9), at("/steps/1", 2), at("", 4)])).toEqual([
    "plan.yaml:2:1",
    "plan.yaml:4:1",
    "plan.yaml:9:1",
  ]);
  expect(order([at("/answer/value"), at("/steps/10/with"), at("/steps/2"), at("/goal")])).toEqual([
    "plan.yaml#/goal",
    "plan.yaml#/steps/2",
    "plan.yaml#/steps/10/with",
    "plan.yaml#/answer/value",
  ]);
});

test.each([
  [{ problem: "no-type" }, "The command has no type."],
  [{ problem: "unknown", type: "stop" }, 'Unknown command "stop".'],
  [{ problem: "field", type: "respond" }, "A field of the command `respond` is missing or does not fit."],
  [{ problem: "sender", by: "engine" }, 'The sender of a command cannot be "engine".'],
] as const)("a wrong command is told in words: %j", (params, message) => {
  expect(new PlanloomError("COMMAND_INVALID", params).message).toBe(message);
});
