// Every built-in tool has a reference page, and the example on it is a step that passes check.
import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { findingText } from "../../src/words/findings.js";
import { ROOT } from "./snippet.js";
import { builtIns, exampleStep } from "./tool-pages.js";

const tools = builtIns().map(({ spec }) => spec);

test("there is a page for each, and for no other", () => {
  const pages = readdirSync(path.join(ROOT, "docs", "reference", "tools"));
  expect(pages.sort()).toStrictEqual(tools.map(({ name }) => `${name}.md`));
  expect(tools.length).toBeGreaterThan(9);
});

test.each(tools.map((spec) => [spec.name, spec] as const))("the example of %s passes check", (_, spec) => {
  const page = { id: "page", tool: "fetch_url", with: { url: "https://example.com" } };
  const example = exampleStep(spec);
  const first = JSON.stringify(example).includes("${{ page") ? [page] : [];
  const plan = { goal: "g", steps: [...first, example], answer: { value: "${{ done }}" } };
  const { findings } = check(plan, { tools });
  expect(findings.filter(({ severity }) => severity === "error").map(findingText)).toStrictEqual([]);
});
