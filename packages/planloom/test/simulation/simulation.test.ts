// Tests of the simulation: no violations, and planted bugs are found. In: seeds. Out: tests. `npm run reliability`
// plays more seeds; docs/reliability.md has its figures.
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUGS } from "./bugs.mjs";
import { CATCH_WITHIN, openSimulation, plantBugs, playSeeds, traceSeed } from "./campaign.mjs";

/** About 40 s of one core. */
const SEEDS = 2_500;
/** A bound for machines that do other things besides. */
const PATIENCE_MS = 900_000;

const CHANGES = [
  "replan.requested (failure)",
  "replan.requested (review)",
  "replan.requested (goal)",
  "plan.proposed (patch)",
  "plan.proposed (replan)",
  "plan.proposed (goal-change)",
  "plan.proposed (rejection)",
  "plan.proposed (edit)",
  "plan.invalid",
  "plan.reviewed",
  "run.paused",
  "budget.exhausted",
  "tool.changed",
  "answer.failed",
  "step.asked",
  "step.answered",
  "step.repeated",
];

let tree: string;
let close: () => void = () => undefined;
beforeAll(() => void ({ tree, close } = openSimulation()), PATIENCE_MS);
afterAll(() => close());

test(
  `${SEEDS} worlds with kills, zombies, bad disks and bad tools keep every promise`,
  async () => {
    const { seeds, violations, faults, ends, changes, fenced } = await playSeeds(tree, { count: SEEDS });
    const told = violations.map(({ seed, what }) => `npm run reliability -- --seed ${seed}: ${what.join("; ")}`);
    expect(told).toEqual([]);
    expect(seeds).toBe(SEEDS);
    // A simulation in which nothing happens proves nothing.
    expect(Object.keys(faults)).toHaveLength(25);
    for (const [kind, times] of Object.entries(faults))
      expect({ kind, times: times > 20 }).toEqual({ kind, times: true });
    for (const kind of CHANGES)
      expect({ kind, times: (changes[kind] ?? 0) > SEEDS / 150 }).toEqual({ kind, times: true });
    expect(fenced).toBeGreaterThan(SEEDS / 100);
    expect(ends["completed"]).toBeGreaterThan(SEEDS / 2);
  },
  PATIENCE_MS,
);

test(
  "a seed replays exactly",
  async () => {
    for (const seed of [22, 161, 476, 918]) {
      const [once, again] = await Promise.all([traceSeed(tree, seed), traceSeed(tree, seed)]);
      expect(once.trace.length).toBeGreaterThan(10);
      expect(again).toStrictEqual(once);
    }
  },
  PATIENCE_MS,
);

test(
  `each of ${BUGS.length} planted bugs is found within ${CATCH_WITHIN} seeds`,
  async () => {
    const bugs = await plantBugs(tree, { known: true });
    expect(bugs.filter(({ caught }) => !caught)).toEqual([]);
    expect(bugs.length).toBeGreaterThanOrEqual(12);
  },
  PATIENCE_MS,
);
