// The rules of `auto` over labelled goals: 20 with which they were made, and 40 that follow the documents' tables.
// `npm run eval:strategies` prints the same matrices.
import { expect, test } from "vitest";
import { choiceFeatures, type ChoiceFacts } from "../../src/plan/choice-features.js";
import { chooseByRule } from "../../src/plan/choice-rules.js";
import { goalsOf, isRight, judged, matrixText } from "./matrix.js";

test("40 labelled goals of the documents, each with its source", () => {
  const goals = goalsOf("goals");
  expect(goals).toHaveLength(40);
  expect(goals.every(({ seed }) => /^00[0-4]$/.test(seed ?? ""))).toBe(true);
  expect(new Set([...goals, ...goalsOf("development")].map(({ goal }) => goal)).size).toBe(60);
  const results = judged(goals);
  console.log(matrixText("40 goals of the documents", results));
  expect(results.filter(isRight).length).toBeGreaterThanOrEqual(38);
  // A wrong choice costs turns or one call of the planner. A goal with many steps never gets a single turn.
  expect(results.filter(({ label, chosen }) => label === "plan" && chosen === "tools")).toEqual([]);
});

test("the goals with which the rules were made are judged rightly", () => {
  expect(judged(goalsOf("development")).filter((goal) => !isRight(goal))).toEqual([]);
});

const FACTS: ChoiceFacts = {
  goal: "How warm is it in Rome?",
  tools: [{ name: "send_mail", effects: "once" }],
  approval: "never",
  budget: false,
  planner: true,
  executor: true,
  allowed: ["plan", "react", "tools", "auto"],
};

test.each<readonly [string, Partial<ChoiceFacts>, string | undefined, string | undefined]>([
  ["a simple question", {}, "tools", "one-call"],
  ["every plan is approved", { approval: "always" }, "plan", "approval"],
  ["a function decides about plans", { approval: "function" }, "plan", "approval"],
  ["an act that waits for approval", { approval: "effects", goal: "Send Ann the link." }, "plan", "approval"],
  ["an act without approval", { goal: "Send Ann the link." }, "tools", "one-call"],
  ["an act without a tool for it", { approval: "effects", goal: "Send Ann the link.", tools: [] }, "tools", "one-call"],
  ["the goal asks for approval", { goal: "Clean up, and ask me before you delete a file." }, "plan", "approval"],
  ["a budget, and two steps", { budget: true, goal: "Read the log and count the errors." }, "plan", "cost"],
  ["two steps", { goal: "Read the log and count the errors." }, "react", "two-steps"],
  ["few costs are wanted", { goal: "Read the log and count the errors as cheaply as possible." }, "plan", "cost"],
  ["open questions in a known structure", { goal: "Investigate the outage and write a report." }, "plan", "both"],
  ["three things in a question", { goal: "How warm is it in Rome, Oslo and Bern?" }, "tools", "one-call"],
  ["four things in a question", { goal: "How warm is it in Rome, Oslo, Bern and Nice?" }, "plan", "list"],
  ["a number of things", { goal: "Summarize the 60 contracts." }, "plan", "list"],
  ["an amount is no list", { goal: "Convert 250 dollars to euros." }, "tools", "one-call"],
  ["quoted text is data", { goal: 'Translate "explore, then compare and report".' }, "tools", "one-call"],
  ["another language", { goal: "Vergleiche die Angebote und schreibe einen Bericht." }, undefined, undefined],
  ["no planner", { planner: false, goal: "Compare A and B in a report." }, "react", "structure"],
  ["no executor", { executor: false }, "plan", "only-one"],
  ["only tools are allowed", { allowed: ["tools", "auto"] }, "tools", "only-one"],
])("%s", (_what, facts, strategy, rule) => {
  const found = chooseByRule(choiceFeatures({ ...FACTS, ...facts }));
  expect([found?.strategy, found?.rule]).toEqual([strategy, rule]);
});

test("a long or strange goal takes no time", () => {
  for (const goal of ["a, ".repeat(7_000), "1. x\n".repeat(4_000), '"'.repeat(20_000), "the 3 ".repeat(3_300)]) {
    const begun = performance.now();
    choiceFeatures({ ...FACTS, goal });
    expect(performance.now() - begun).toBeLessThan(500);
  }
});
