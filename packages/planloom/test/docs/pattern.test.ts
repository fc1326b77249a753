// docs/pattern.md: its plans pass check, those of the exercises run, and each question and exercise of the documents has
// an answer with something to run.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { ModelRequest } from "../../src/model/port.js";
import type { Json } from "../../src/plan/json.js";
import { parseType } from "../../src/plan/type/text.js";
import type { Type } from "../../src/plan/type/type.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { blocks, document, section } from "./codes.js";

const page = document("pattern.md");
const plans = blocks(page).filter(({ info }) => info[1] === "plan");
const DOCUMENTS = path.join(import.meta.dirname, "..", "..", "..", "..", "examples", "cost-of-living", "docs");

/** The questions of 000 and 004 and the exercises of 001, by words that the page must quote, with the heading of the answer. */
const QUESTIONS = [
  ["become a disadvantage?", "### When planning first is a disadvantage"],
  ["at the right granularity?", "## Granularity"],
  ["how should steps be described?", "## A large planner writes for a small executor"],
  ["estimate its cost and decide whether it is worth it?", "## What a replan costs"],
  ["If the goal changes halfway", "## When the goal changes"],
  ["Replace the support report", "## Exercises"],
  ["Why do long tasks need a planner", "## Exercises"],
  ["design replanning for a changed goal?", "## Exercises"],
  ["better suited to ReAct", "## Exercises"],
  ["When does plan-and-execute beat ReAct?", "## Questions that are often asked"],
  ["What happens when the plan turns out to be wrong?", "## Questions that are often asked"],
  ["the same as the LangChain blog post?", "## Questions that are often asked"],
  ["use ReAct internally?", "## Questions that are often asked"],
] as const;

test.each(QUESTIONS)("the page answers every question: %s", (words, heading) => {
  const answer = section(page, heading);
  expect(answer.replace(/\s+/g, " ")).toContain(words);
  expect(answer).toMatch(/```yaml plan|npx planloom|planloom |--[a-z]|`limits|examples\//);
});

test("the other frameworks of the documents are compared", () => {
  const others = section(page, "## Other frameworks");
  for (const name of ["LangGraph", "AutoGen", "CrewAI", "LlamaIndex"]) expect(others).toContain(`**${name}**`);
});

/** The shortest value of the type that the request asks for. */
function reply({ messages }: ModelRequest): Json {
  const text = messages.map((message) => ("text" in message ? message.text : "")).join("\n");
  const parsed = parseType(/JSON of this type, and nothing else: (.*)/.exec(text)?.[1] ?? "string");
  return parsed.ok ? valueOf(parsed.type) : "nothing";
}

function valueOf(type: Type): Json {
  switch (type.kind) {
    case "number":
      return 4;
    case "list":
      return [valueOf(type.of)];
    case "record":
      return Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, valueOf(field.type)]));
    case "union":
      return valueOf(type.of[0]!);
    default:
      return "4 % (austin.md)";
  }
}

async function loomOver(documents: string) {
  const model = scriptedModel((request) =>
    JSON.stringify(request.messages).includes("JSON of this type") ? { json: reply(request) } : "What was found.",
  );
  const builtins = { search: { folder: documents }, files: { roots: [documents] } };
  const loom = await createLoom({ models: { default: model }, store: "memory", builtins });
  onTestFinished(() => loom.close());
  return { loom, model };
}

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "planloom-pattern-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  cpSync(DOCUMENTS, made, { recursive: true });
  return made;
}

describe("the plans", () => {
  test("there are those of both exercises", () => {
    expect(plans.map(({ info }) => info[2] ?? "").filter(Boolean)).toEqual(["knowledge-base", "competitors"]);
  });

  test.each(plans.map(({ info, text }, index) => [info[2] ?? `plan ${index + 1}`, text] as const))(
    "the plans of the exercises run, and so do the others: %s",
    async (name, text) => {
      const { loom } = await loomOver(folder());
      const checked = loom.check(text, { goal: name });
      expect(checked.findings.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
      const result = await loom.run(name, { plan: text });
      expect(result.steps.map(({ id, status, error }) => [id, status, error?.message])).toEqual(
        result.steps.map(({ id }) => [id, "completed", undefined]),
      );
      expect(result.success).toBe(true);
      const works = result.steps.flatMap((step) => [step, ...(step.items ?? [])]);
      const evidence = works.flatMap((work) => work.evidence ?? []);
      expect(evidence.filter(({ found }) => found !== "yes")).toEqual([]);
      expect(result.answer).not.toBe("");
    },
  );
});
