// When rounds of repair end: a planner that mends goes on, one that repeats itself or goes round is stopped, and none
// loops.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keepsImproving } from "../../src/plan/improvement.js";

/** How many drafts a planner writes before it is stopped, at most 100. */
function draftsOf(errorsOfDraft: (n: number) => readonly string[]): number {
  const rounds: (readonly string[])[] = [];
  for (let n = 0; n < 100; n++) {
    rounds.push(errorsOfDraft(n));
    if (!keepsImproving(rounds)) break;
  }
  return rounds.length;
}

describe("rounds of repair", () => {
  test("nothing is asked of a draft without errors", () => {
    expect(keepsImproving([["a"], []])).toBe(false);
    expect(keepsImproving([])).toBe(false);
  });

  test("errors that become fewer, or others, are worth another round", () => {
    expect(keepsImproving([["a", "b", "c"], ["a", "b"], ["b"]])).toBe(true);
    expect(keepsImproving([["a"], ["b"], ["c"], ["d"]])).toBe(true);
  });

  test("one round without improvement does not end the repair, a second one does", () => {
    expect(keepsImproving([["a"], ["a"]])).toBe(true);
    expect(keepsImproving([["a"], ["a"], ["a"]])).toBe(false);
    expect(keepsImproving([["a"], ["a"], ["b"]])).toBe(true);
  });

  test("new errors on top of the old ones are no improvement", () => {
    expect(keepsImproving([["a"], ["a", "b"], ["c", "b", "a"]])).toBe(false);
  });

  test("a planner that repeats itself writes three drafts, one that goes back and forth five", () => {
    expect(draftsOf(() => ["a", "b"])).toBe(3);
    expect(draftsOf((n) => [n % 2 === 0 ? "a" : "b"])).toBe(5);
  });

  test("whatever a planner does with a limited number of errors, it is stopped", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.subarray(["a", "b", "c"])), (stream) => {
        const drafts = draftsOf(() => stream.next().value as string[]);
        // Each of the eight sets of errors can come twice.
        expect(drafts).toBeLessThanOrEqual(17);
      }),
    );
  });
});
