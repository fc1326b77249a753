// Properties of every reading: strict JSON is read as it stands, a reading that is written down is read as itself, and
// what the reader passes on is either sound in form or refused with a place.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scanJson } from "../../src/plan/read/notation/json.js";
import { normalizeDraft, readPlan } from "../../src/plan/read/read.js";
import { mutated, KINDS } from "../fuzz/mutation.js";
import { TOOLS } from "../fuzz/inventory.js";
import { soundPlan } from "../fuzz/sound-plan.js";
import { plannerTexts } from "../fuzz/planner-text.js";

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const mutation = fc.record({ kind: fc.constantFrom(...KINDS), at: fc.nat(10_000), seed });
const drafts = fc
  .tuple(seed, fc.array(mutation, { maxLength: 4 }))
  .map(([plan, changes]) => mutated(soundPlan(plan), changes));
const FOREIGN = [
  "#E1",
  "$1",
  "${2}",
  "{{steps.s1}}",
  "{{s2.output.x}}",
  "<node-0>",
  "<GENERATED>-1",
  "output of step 1",
  "under $15",
  "${{ s1 }}",
  "Dear {{name}}",
];
const step = fc.record(
  {
    id: fc.oneof(fc.nat(4), fc.constantFrom("a", "a b", "step_1", "E2")),
    tool: fc.constantFrom("search", "none", "LLM", "summarize"),
    name: fc.constantFrom("search", "Look", "x"),
    action: fc.constantFrom("search", "Look it up"),
    tool_input: fc.oneof(fc.constantFrom(...FOREIGN), fc.constant({ query: "#E1" })),
    description: fc.constantFrom(...FOREIGN, "Say it."),
    depends_on: fc.array(fc.oneof(fc.nat(4), fc.constantFrom(...FOREIGN, "a", -1)), { maxLength: 3 }),
    with: fc.dictionary(
      fc.constantFrom("query", "text", "a"),
      fc.oneof(fc.constantFrom(...FOREIGN), fc.array(fc.constantFrom(...FOREIGN))),
    ),
    when: fc.constantFrom(...FOREIGN, "{{1.output}} > 3", "true"),
    thought: fc.constantFrom("Hm.", null),
  },
  { requiredKeys: [] },
);
const foreign = fc.oneof(
  fc.array(step, { maxLength: 5 }),
  fc.array(step, { maxLength: 5 }).map((steps) => ({ plan: steps })),
  fc.dictionary(fc.constantFrom("step1", "step2", "3"), step),
);

describe("a strict document", () => {
  test("is the same to the scanner as to JSON.parse", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.json({ stringUnit: "binary" }),
          drafts.map((draft) => JSON.stringify(draft, null, 2)),
        ),
        (json) => {
          const value: unknown = JSON.parse(json);
          if (typeof value !== "object" || value === null) return;
          const scan = scanJson(json, json.length - json.trimStart().length);
          expect(scan).toMatchObject({ kind: "value" });
          expect(scan.kind === "value" && [scan.value, [...scan.repairs.keys()]]).toEqual([value, []]);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("is read as its data are", () => {
    fc.assert(
      fc.property(fc.oneof(drafts, foreign), (document) => {
        const read = readPlan(JSON.stringify(document), { inventory: TOOLS });
        if (read.kind !== "plan") return;
        const plain = normalizeDraft(JSON.parse(JSON.stringify(document)), { inventory: TOOLS });
        expect(read.draft).toEqual(plain.draft);
        expect(read.notes).toEqual(plain.notes);
      }),
      { numRuns: 1_000 },
    );
  });
});

test("a sound plan is read as it stands, without a note or a finding", () => {
  fc.assert(
    fc.property(seed, (from) => {
      const plan = soundPlan(from);
      const read = readPlan(JSON.stringify(plan), { inventory: TOOLS });
      expect(read).toMatchObject({ kind: "plan", findings: [] });
      expect(
        read.kind === "plan" && [read.draft, read.notes.filter(({ code }) => code !== "FILL_FROM_DESCRIPTION")],
      ).toEqual([plan, []]);
    }),
    { numRuns: 500 },
  );
});

test("a reading that is written down is read as itself", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        foreign.map((document) => JSON.stringify(document)),
        plannerTexts.map(({ text }) => text),
      ),
      (text) => {
        const first = readPlan(text, { inventory: TOOLS });
        if (first.kind !== "plan" || first.findings.length > 0) return;
        const again = normalizeDraft(JSON.parse(JSON.stringify(first.draft)), { inventory: TOOLS });
        expect(again.draft).toEqual(JSON.parse(JSON.stringify(first.draft)));
      },
    ),
    { numRuns: 1_500 },
  );
});

test("every outcome is a plan, or says why it is none", () => {
  fc.assert(
    fc.property(plannerTexts, ({ text }) => {
      const read = readPlan(text, { inventory: TOOLS });
      if (read.kind !== "plan") expect(read.findings.length).toBeGreaterThan(0);
      else for (const { where } of read.findings) expect(where.pointer).toMatch(/^\/(?:steps|answer)\//);
      if (read.kind === "questions") expect(read.questions.length).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});
