// The files that `planloom init` writes. In: the language, and how modules are named in the project. Out: names and
// texts. Pure. The tests compile and run them.

export interface Starter {
  /** `ts`, `mts`, `js` or `mjs`: the ending of every module. */
  readonly ending: "ts" | "mts" | "js" | "mjs";
  /** The runner of the tests: that of Node, or vitest where the project has it. */
  readonly runner: "node" | "vitest";
}

export interface StarterFile {
  readonly path: string;
  readonly text: string;
}

const isTypeScript = ({ ending }: Pick<Starter, "ending">): boolean => ending.endsWith("ts");

/** The modules and the plan. */
export const starterFiles = (starter: Starter): readonly StarterFile[] => [
  { path: `planloom.config.${starter.ending}`, text: configText(starter) },
  { path: `tools/count-words.${starter.ending}`, text: TOOL },
  { path: testPath(starter), text: testText(starter) },
  { path: "count-words.yaml", text: PLAN },
];

const testPath = ({ ending }: Starter): string => `test/count-words.test.${ending}`;

/** The command that runs the test. */
export function testCommand(starter: Starter): string {
  if (starter.runner === "vitest") return `npx vitest run ${testPath(starter)}`;
  const loader = isTypeScript(starter) ? "--import planloom/register " : "";
  return `node ${loader}--test ${testPath(starter)}`;
}

export const packageText = (name: string, version: string, starter: Starter): string =>
  `${JSON.stringify(
    {
      name,
      private: true,
      type: "module",
      scripts: { test: testCommand(starter) },
      dependencies: { planloom: `^${version}`, zod: "^4.0.0" },
    },
    null,
    2,
  )}\n`;

/** Lines of .gitignore: runs hold what tools and models said, and keys belong into no repository. */
export const IGNORED = ["node_modules/", ".planloom/", ".env"] as const;

/** The ending of a module in an import. */
const imported = ({ ending }: Starter): string => (ending.startsWith("m") ? "mjs" : "js");

/** How a configuration gives its value. Our own modules have no such export. */
const EXPORTED = ["export", "default"].join(" ");

const configText = (
  starter: Starter,
): string => `// The configuration of Planloom: tools, models and what waits for a person.
import { defineConfig } from "planloom";
import { countWords } from "./tools/count-words.${imported(starter)}";

${EXPORTED} defineConfig({
  tools: [countWords],
  // Models: set OPENAI_API_KEY and PLANLOOM_MODEL, or name them here:
  // models: { default: { model: "qwen3", baseURL: "http://localhost:11434/v1" } },
});
`;

const TOOL = `// A tool: what a plan may call. The schemas are checked before and after each call.
import { tool } from "planloom";
import { z } from "zod";

export const countWords = tool({
  name: "count_words",
  description: "Counts the words of a text.",
  input: z.object({ text: z.string() }),
  output: z.object({ words: z.number() }),
  // "none": it only reads. "once": it must never act twice, such as a payment.
  effects: "none",
  run: ({ text }) => ({ words: text.split(/\\s+/).filter(Boolean).length }),
});
`;

const PLAN = `# A plan that needs no model. Run it with: npx planloom run count-words.yaml
goal: Count the words of a text
inputs:
  text: { type: string, default: Every step is checked before anything runs }
steps:
  - id: count
    title: Count the words
    tool: count_words
    with: { text: "\${{ inputs.text }}" }
answer: { value: "\${{ count.words }}" }
`;

const BODY = `  const loom = await createLoom({ store: "memory", tools: [countWords] });
  const run = await loom.run("Count the words", {
    plan: {
      steps: [{ id: "count", tool: "count_words", with: { text: "one two three" } }],
      answer: { value: "\${{ count.words }}" },
    },
  });
  await loom.close();`;

function testText(starter: Starter): string {
  const { runner } = starter;
  const uses = [
    ...(runner === "vitest"
      ? ['import { expect, test } from "vitest";']
      : ['import assert from "node:assert/strict";', 'import { test } from "node:test";']),
    'import { createLoom } from "planloom";',
    `import { countWords } from "../tools/count-words.${imported(starter)}";`,
  ];
  const ends =
    runner === "vitest"
      ? ['  expect(run.status).toBe("completed");', "  expect(run.answer).toBe(3);"]
      : ['  assert.equal(run.status, "completed");', "  assert.equal(run.answer, 3);"];
  return [
    "// Runs the tool in a plan, as a planner would: no model, no network, nothing on disk.",
    ...uses,
    "",
    'test("counts the words of a text", async () => {',
    BODY,
    ...ends,
    "});",
    "",
  ].join("\n");
}
