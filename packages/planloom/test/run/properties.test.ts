// Properties of every plan under every order of events. A failure prints its seed and path: give both to fc.assert to
// see it again.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { next } from "../../src/run/log/transition.js";
import { given, start } from "../../src/testing/given-when-then.js";
import type { Run } from "../../src/run/state.js";
import { beginnings, histories, lively, under } from "./any-plan.js";
import { call, TOOLS } from "./parts.js";
import { Play } from "./play.js";

/** For machines that do other things besides, and for more runs than these. */
const PATIENCE_MS = 900_000;

describe("any run, whatever happens to it", () => {
  it(
    "keeps the rules, is what its log says, and comes to an end, however often it is retried",
    () => {
      fc.assert(
        fc.property(beginnings, histories, (beginning, moves) => {
          const play = new Play(beginning);
          for (const move of moves) play.move(move);
          play.finish();
          play.fork(moves.length)?.finish();
          play.move({ ...moves[0]!, what: "retry" });
          play.finish();
        }),
        { numRuns: Number(process.env["PLANLOOM_PROPERTY_RUNS"] ?? 1_000) },
      );
    },
    PATIENCE_MS,
  );
});

describe("any run whose plan is replaced, whatever happens to it", () => {
  it(
    "runs nothing that nobody approved, nothing twice, and pays no more than it may",
    () => {
      fc.assert(
        fc.property(lively, histories, (beginning, moves) => {
          const play = new Play(beginning);
          for (const move of moves) play.move(move);
          play.finish();
          play.fork(moves.length)?.finish();
        }),
        { numRuns: Number(process.env["PLANLOOM_PROPERTY_RUNS"] ?? 1_000) },
      );
    },
    PATIENCE_MS,
  );
});

describe("the planted bug `a crash returns the budget`", () => {
  const budget = { modelCalls: 6, tokens: null, costUsd: null, wallMs: null };
  const paying = lively.map((beginning) => under({ budget }, beginning));
  const forgets = (run: Run): void => {
    for (const [key, allowance] of run.spending.allowances)
      run.spending.allowances.set(key, { ...allowance, reserved: { modelCalls: 0, tokens: 0, costUsd: 0 } });
  };

  it("is found", () => {
    const { failed, errorInstance } = fc.check(
      fc.property(paying, histories, (beginning, moves) => {
        const play = new Play(beginning, forgets);
        for (const move of moves) play.move(move.what === "clock" ? { ...move, what: "recovered" } : move);
      }),
      { numRuns: 2_000, seed: 7, endOnFailure: true },
    );
    expect(failed).toBe(true);
    expect(String(errorInstance)).toContain("model calls are within the budget");
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
    const hashes = [...run.approvals.pending.keys()];
    expect(hashes).toHaveLength(width);
    const approvals = (run.approvals.pending = new Watched(run.approvals.pending));
    const owed = (run.owed = new Watched(run.owed));
    for (const hash of hashes) story.given({ type: "approve", hash });
    expect([...next(run)]).toHaveLength(width);
    expect(approvals.looked + owed.looked).toBeLessThanOrEqual(3 * width);
  });
});
