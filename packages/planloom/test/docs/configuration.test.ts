// docs/configuration.md is true: its example loads, and every key and default that there is stands in it.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { workspace } from "../cli/planloom.js";

const text = readFileSync(new URL("../../../../docs/configuration.md", import.meta.url), "utf8");
const block = /```ts config\n([^]+?)```/.exec(text)?.[1] ?? "";

test("the example is a configuration, with the tools that it names", async () => {
  const here = workspace();
  here.write("planloom.config.ts", block);
  const { code, stdout } = await here.run(["tools"]);
  expect(code).toBe(0);
  for (const name of ["look_up", "calculate", "search", "read_file", "fetch_url", "summarize"]) {
    expect(stdout).toMatch(new RegExp(`^${name} `, "m"));
  }
});

test.each([
  ["", { nobody: 1 }],
  ["limits.", { limits: { nobody: 1 } }],
  ["builtins.", { builtins: { nobody: 1 } }],
  ["budget.", { budget: { nobody: 1 } }],
  ["", { models: { planner: { nobody: 1 } } }],
])("every key below %o stands in it", async (prefix, wrong) => {
  const here = workspace();
  here.write("planloom.config.json", wrong);
  const { stderr } = await here.run(["tools"]);
  const keys = /Write one of (.+)\./.exec(stderr)?.[1]?.split(", ") ?? [];
  expect(keys.length).toBeGreaterThan(2);
  for (const key of keys) expect(text).toMatch(new RegExp(`^\\| \`${prefix}${key}[.\`]|^\\| \`${prefix}${key}\``, "m"));
});

test("the defaults of limits are those of the code", () => {
  const shown = (key: string) => Number(new RegExp(`^\\| \`${key}\` \\| (\\d+)`, "m").exec(text)?.[1]);
  for (const key of ["steps", "planBytes", "turns", "fanOut", "repairRounds", "rejections", "approvalMs"] as const) {
    expect([key, shown(`limits.${key}`)]).toEqual([key, LIMITS[key]]);
  }
  expect(shown("concurrency")).toBe(LIMITS.concurrency);
  expect(shown("timeout")).toBe(LIMITS.modelTimeoutMs);
});
