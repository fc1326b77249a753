// The demo, and what the command line is made of.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { workspace } from "./planloom.js";

test("the demo needs neither key nor network: a step fails once, and the answer holds what the documents say", async () => {
  const here = workspace({ PLANLOOM_MODEL: "of-the-user", PLANLOOM_BASE_URL: "http://127.0.0.1:1/v1" });
  const ended = await here.run(["demo"]);
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain("scripted model, no real model is called");
  expect(ended.stderr).toContain("retry    rate: attempt 2");
  expect(ended.stderr).toMatch(/^See it in the browser: .*planloom studio --store \S+ --demo$/m);
  expect(ended.stdout).toContain("| Brightwater Labs | 2,650 | 2,385 |");
  expect(ended.stdout).not.toContain("Dunlin");
  const run = await here.json(["show", "last", "--json"]);
  expect(run).toMatchObject({ success: true, goal: expect.stringContaining("top 3 AI companies") as string });
  expect(run.steps.find(({ id }) => id === "rate")).toMatchObject({ attempts: 2 });
  expect(run.steps.find(({ id }) => id === "facts")?.items).toHaveLength(3);
});

test("the help loads commander, the table of commands and the widths of text, and nothing else", () => {
  const source = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const packages = new Set<string>();
  const seen = new Set<string>();
  const walk = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, from = ""] of readFileSync(file, "utf8").matchAll(
      /^(?:import|export) (?!type )[^;]*? from "([^"]+)";/gm,
    )) {
      if (from.startsWith(".")) walk(join(dirname(file), from.replace(/\.js$/, ".ts")));
      else if (!from.startsWith("node:")) packages.add(from);
    }
  };
  walk(source);
  expect([...packages].sort()).toEqual(["commander", "string-width"]);
  expect(seen.size).toBeGreaterThan(4);
});

test("help and version are answers, not errors", async () => {
  const here = workspace();
  const help = await here.run(["--help"]);
  expect(help).toMatchObject({ code: 0, stderr: "" });
  for (const name of ["run", "plan", "check|validate", "approve", "demo", "doctor"])
    expect(help.stdout).toContain(`\n  ${name} `);
  expect(await here.run(["--version"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  });
  const keys = await here.run(["run", "--help"]);
  expect(keys.stdout).toContain("Keys are given as variables only");
});

test("a reader that goes away is no crash", async () => {
  const here = workspace();
  const live = here.begin(["schema"]);
  live.child.stdout.destroy();
  expect(await live.ended).toMatchObject({ code: 0, stderr: "" });
});
