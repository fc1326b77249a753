// Planloom in one file: `planloom/plan` for a browser, and the whole library for Node, both without node_modules.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { rolldown } from "rolldown";
import { expect, onTestFinished, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { readPlan } from "../../src/plan/read/read.js";

const dist = join(import.meta.dirname, "..", "..", "dist");

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "planloom-bundle-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const PLAN = `
goal: Housing at 30 % of salary
inputs:
  salary: { type: number, default: 1000 }
steps:
  - id: housing
    tool: calculate
    with: { expression: "salary * 0.3", variables: { salary: "\${{ inputs.salary + 0 }}" } }
answer:
  value: "\${{ housing }}"
`;
const CALCULATE = {
  name: "calculate",
  description: "Computes.",
  effects: "none",
  input: {
    type: "object",
    properties: { expression: { type: "string" }, variables: { type: "object" } },
    required: ["expression"],
  },
  output: { type: "number" },
} as const;

test("planloom/plan in a browser reads, checks and hashes a plan as it does on Node", async () => {
  const bundle = await rolldown({ input: join(dist, "plan.js"), platform: "browser", logLevel: "silent" });
  const { output } = await bundle.generate({ format: "iife", name: "plans", codeSplitting: false });
  await bundle.close();
  expect(output.map(({ fileName }) => fileName)).toStrictEqual(["plan.js"]);
  const [{ code, imports }] = output;
  expect(imports).toStrictEqual([]);
  expect(code).not.toMatch(/\brequire\(|\bfrom "node:/);

  // The names of the language, and those of the web that are used: nothing of Node.
  const browser = createContext({ TextEncoder, TextDecoder, text: PLAN, inventory: JSON.stringify([CALCULATE]) });
  const script = `${code}
    const read = plans.readPlan(text, {});
    const checked = plans.check(read.draft, { tools: JSON.parse(inventory) });
    JSON.stringify({ checked, drawn: plans.graphMermaid(checked.plan), schema: plans.planJsonSchema() });`;
  const told = JSON.parse(runInContext(script, browser) as string) as { readonly checked: object };

  const read = readPlan(PLAN, {});
  const here = read.kind === "plan" ? check(read.draft, { tools: [CALCULATE] }) : undefined;
  expect(here?.ok).toBe(true);
  expect(told.checked).toStrictEqual(JSON.parse(JSON.stringify(here)));
});

test("the whole library in one folder runs a plan, with nothing installed but Node", async () => {
  const here = folder();
  const app = join(here, "app.mjs");
  writeFileSync(
    app,
    `import { createLoom, tool } from ${JSON.stringify(join(dist, "index.js"))};
     const loom = await createLoom({ store: "memory" }, { env: {} });
     const { answer, error } = await loom.run("", { plan: ${JSON.stringify(PLAN)} });
     console.log("answer", answer, error);
     await loom.close();`,
  );
  const external = ["@photostructure/sqlite"];
  const bundle = await rolldown({ input: app, platform: "node", external, logLevel: "silent" });
  const out = join(here, "out");
  await bundle.write({ format: "esm", dir: out, entryFileNames: "app.mjs", chunkFileNames: "[name].mjs" });
  await bundle.close();
  const ran = spawnSync(process.execPath, [join(out, "app.mjs")], { cwd: "/", env: {}, encoding: "utf8" });
  expect([ran.stdout.trim(), ran.stderr.trim()]).toStrictEqual(["answer 300 undefined", ""]);
});
