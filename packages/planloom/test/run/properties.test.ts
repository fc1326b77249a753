// What holds for every plan and every course of events. A failure prints its seed and path: give both to fc.assert to see
// it again.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { next } from "../../src/run/next.js";
import { given, start } from "../../src/testing/given-when-then.js";
import { beginnings, courses } from "./any-plan.js";
import { call, TOOLS } from "./parts.js";
import { Play } from "./play.js";

describe("any run, whatever happens to it", () => {
  it("keeps the rules, is what its log says, and comes to an end, however often it is retried", () => {
    fc.assert(
      fc.property(beginnings, courses, (beginning, moves) => {
        const play = new Play(beginning);
        for (const move of moves) play.move(move);
        play.finish();
        play.fork(moves.length)?.finish();
        play.move({ ...moves[0]!, what: "retry" });
        play.finish();
      }),
      { numRuns: Number(process.env["PLANLOOM_PROPERTY_RUNS"] ?? 1_000) },
    );
  });
});

/** A map that counts how many entries were looked through. */
class Watched<V> extends Map<string, V> {
  looked = 0;
  override *values(): MapIterator<V> {
    for (const value of super.values()) {
      this.looked++;
      yield value;
    }
  }
}

describe("the work for one event", () => {
  it("does not grow with what else waits", () => {
    const width = 500;
    const list = Array.from({ length: width }, (_, index) => index);
    const steps = [call("each", { forEach: "${{ inputs.list }}", with: { x: "${{ item }}" }, approval: "required" })];
    const plan = { steps, answer: { value: "done" } };
    const story = given(start({ plan, inputs: { list }, tools: TOOLS, settings: { concurrency: width } }));
    const { run } = story;
    const hashes = [...run.approvals.keys()];
    expect(hashes).toHaveLength(width);
    const approvals = (run.approvals = new Watched(run.approvals));
    const owed = (run.owed = new Watched(run.owed));
    for (const hash of hashes) story.given({ type: "approve", hash });
    expect([...next(run)]).toHaveLength(width);
    expect(approvals.looked + owed.looked).toBeLessThanOrEqual(3 * width);
  });
});
