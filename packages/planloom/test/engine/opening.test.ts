// The options with which a run may be opened.
import { expect, test } from "vitest";
import { createLoom } from "../../src/index.js";
import { knownStartOptions, soundGoal, soundInputs, soundRunId } from "../../src/loom/start-options.js";
import { LIMITS } from "../../src/limits.js";
import type { Json } from "../../src/plan/json.js";

test("a goal is not empty, and not too long", () => {
  expect(soundGoal("Compare.")).toBe("Compare.");
  expect(() => soundGoal(" \n")).toThrow(expect.objectContaining({ code: "GOAL_EMPTY" }));
  expect(() => soundGoal("x".repeat(LIMITS.goalChars + 1))).toThrow(expect.objectContaining({ code: "GOAL_TOO_LONG" }));
});

test("inputs are JSON, and a copy of what was given", () => {
  const given = { list: [1, 2] };
  const inputs = soundInputs(given);
  given.list.push(3);
  expect(inputs).toStrictEqual({ list: [1, 2] });
  for (const wrong of [new Date(0), Number.NaN, 1n, () => 1])
    expect(() => soundInputs({ wrong: wrong as unknown as Json })).toThrow(
      expect.objectContaining({ code: "INPUTS_NOT_JSON" }),
    );
});

test("a chosen run id is not empty, not too long, and survives a store and an address", () => {
  for (const right of ["monday", "a/b", "...", "ünï", "\u{1F4B6}"]) expect(soundRunId(right)).toBe(right);
  for (const wrong of ["", " ", "x".repeat(LIMITS.nameChars + 1), ".", "..", "a\u0000b", "a\nb", "r\ud800"])
    expect(() => soundRunId(wrong)).toThrow(expect.objectContaining({ code: "RUN_ID_INVALID", kind: "usage" }));
});

test.each(["steps", "planBytes", "offeredTools"])("a limit that is no whole number is refused: %s", async (name) => {
  const opened = createLoom({ store: "memory", limits: { [name]: "many" } });
  const refused = { code: "CONFIG_INVALID", params: { setting: `limits.${name}` } };
  await expect(opened).rejects.toMatchObject(refused);
});

test.each([
  ["a record", { goal: "Compare." }],
  ["a list", ["Compare."]],
  ["7", 7],
])("a goal that is %s is no text", (given, goal) => {
  expect(() => soundGoal(goal as unknown as string)).toThrow(
    expect.objectContaining({ code: "GOAL_NOT_TEXT", params: { given } }),
  );
});

test("inputs under the name of other libraries are refused with the name to write", () => {
  for (const name of ["input", "variables"])
    expect(() => knownStartOptions({ [name]: { a: 1 } })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", next: expect.stringContaining("inputs") as string }),
    );
});
