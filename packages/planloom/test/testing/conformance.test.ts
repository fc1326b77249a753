// The machinery of the conformance suites: how stories are collected and closed, and how values are compared.
import { describe, expect, test } from "vitest";
import { matches } from "../../src/testing/conformance/matches.js";
import { closedAfter, stories } from "../../src/testing/conformance/story.js";

describe("matches", () => {
  test.each([
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: { b: [{ c: 1, d: 2 }] } }, { a: { b: [{ c: 1 }] } }],
    [
      [{ a: 1 }, { a: 2 }],
      [{}, { a: 2 }],
    ],
    ["text", "text"],
    [null, null],
  ])("takes %j to hold %j", (found, part) => matches(found, part));

  test.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: undefined }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [[{ a: 1 }], [{ a: 1 }, {}]],
    [[1, 2], [1]],
    [undefined, { a: 1 }],
    [null, {}],
    ["text", "other"],
    [{ a: [] }, { a: {} }],
  ])("does not take %j to hold %j", (found, part) => expect(() => matches(found, part)).toThrow());
});

describe("stories", () => {
  test("have their heading in their name, and are played on what they are given", async () => {
    const told = stories<string[]>(({ about, story }) => {
      about("doors", () => story("open", async (seen) => void seen.push("open")));
      about("windows", () => story("close", async (seen) => void seen.push("close")));
    });
    const seen: string[] = [];
    for (const { run } of told) await run(seen);
    expect(told.map(({ name }) => name)).toStrictEqual(["doors: open", "windows: close"]);
    expect(seen).toStrictEqual(["open", "close"]);
  });

  test("close what they have opened, the latest first, and reject as the story did", async () => {
    const closed: string[] = [];
    const door = (name: string, error?: Error) => ({
      close: async () => {
        closed.push(name);
        if (error !== undefined) throw error;
      },
    });
    const ended = closedAfter(async (closing) => {
      closing.add(door("first"));
      closing.add(door("second", new Error("stuck")));
      throw new Error("the story went otherwise");
    });
    await expect(ended).rejects.toThrow("went otherwise");
    expect(closed).toStrictEqual(["second", "first"]);
    await expect(closedAfter(async (closing) => void closing.add(door("third", new Error("stuck"))))).rejects.toThrow(
      "stuck",
    );
  });
});
