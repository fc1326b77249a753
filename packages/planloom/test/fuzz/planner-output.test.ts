// Whatever a planner writes: the reader and check give a result, and what check accepts runs to an end without a
// failure that check should have seen. PLANLOOM_FUZZ_TEXTS and PLANLOOM_FUZZ_SEED make it a campaign
// (scripts/reliability-fuzz.mjs).
import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { AgentContext } from "../../src/agents/checkpoint.js";
import { askPlanner } from "../../src/agents/planner/planner.js";
import { readPlan } from "../../src/plan/read/read.js";
import type { CheckedPlan } from "../../src/run/command.js";
import { endOf } from "../../src/run/status.js";
import { Dice, seedOf } from "./dice.js";
import { execute } from "./execution.js";
import { TOOLS } from "./inventory.js";
import { plannerTexts, type PlannerText } from "./planner-text.js";
import { someInputs } from "./sound-plan.js";
import { letPass } from "./verdict.js";

const { PLANLOOM_FUZZ_TEXTS, PLANLOOM_FUZZ_SEED, PLANLOOM_FUZZ_WATCH, PLANLOOM_FUZZ_REPORT } = process.env;
const TEXTS = Number(PLANLOOM_FUZZ_TEXTS ?? 4_000);
const SEED = Number(PLANLOOM_FUZZ_SEED ?? 3);
/** A guard against hanging, not a promise of speed. */
const HANG_MS = 60_000;

const figures = { texts: 0, read: 0, accepted: 0, runs: 0, completed: 0, slowestMs: 0 };
afterAll(() => {
  if (PLANLOOM_FUZZ_REPORT !== undefined) writeFileSync(PLANLOOM_FUZZ_REPORT, JSON.stringify(figures));
});

const context: AgentContext = {
  signal: new AbortController().signal,
  runId: "fuzz",
  stepId: "#planner",
  item: null,
  attempt: 1,
  checkpoint: (_name, _options, run) => run(),
  progress: () => undefined,
};

test(
  `${TEXTS} planner outputs`,
  async () => {
    const property = fc.asyncProperty(plannerTexts, async (planned) => {
      if (PLANLOOM_FUZZ_WATCH !== undefined) writeFileSync(PLANLOOM_FUZZ_WATCH, planned.text);
      const began = performance.now();
      await holds(planned);
      const took = performance.now() - began;
      figures.texts++;
      figures.slowestMs = Math.max(figures.slowestMs, took);
      expect(took).toBeLessThan(HANG_MS);
    });
    await fc.assert(property, { numRuns: TEXTS, seed: SEED });
    expect(figures.read).toBeGreaterThan(TEXTS / 2);
    expect(figures.accepted).toBeGreaterThan(TEXTS / 10);
    expect(figures.completed).toBeGreaterThan(figures.runs / 4);
  },
  Math.max(120_000, TEXTS * 20),
);

async function holds({ text, sound }: PlannerText): Promise<void> {
  const dice = new Dice(seedOf(text));
  const request = { goal: "a goal", inputs: someInputs(dice), inventory: TOOLS, executorModel: null };
  // The planner's own reading and check: what they throw, or call a failure of the check itself, fails here.
  const reply = await askPlanner(request, async () => text, context);
  const read = readPlan(text, { inventory: TOOLS });
  if (read.kind === "plan") figures.read++;
  else expect(reply).toMatchObject({ kind: "invalid", findings: read.findings });
  expect(reply.findings.filter(({ code }) => code === "CHECK_FAILED")).toEqual([]);
  if (sound) expect(reply.kind === "plan" ? [] : reply.findings).toEqual([]);
  if (reply.kind === "plan") runs(reply, dice);
  else expect(reply.findings.length).toBeGreaterThan(0);
}

function runs(accepted: CheckedPlan, dice: Dice): void {
  figures.accepted++;
  for (const mishaps of [0, 0.2]) {
    const run = execute(accepted, dice, mishaps);
    figures.runs++;
    if (endOf(run)?.how === "completed") figures.completed++;
    expect(endOf(run)?.how, "a run that never ends").toBeDefined();
    expect(letPass(accepted, run)).toEqual([]);
  }
}
