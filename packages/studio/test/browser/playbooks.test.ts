// Playbooks in a real browser: a run is saved from its page with a renamed input, and started again from the list.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { browserTest, useStudio, violationsOf } from "./harness.js";

const folder = mkdtempSync(join(tmpdir(), "planloom-playbooks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const studio = useStudio({ config: { approval: "never", playbooks: join(folder, "playbooks") } });

browserTest("a completed run is saved with a renamed input, and runs again with another value", async () => {
  const plan = {
    steps: [{ id: "sum", title: "Add", tool: "calculate", with: { expression: "31 + 1" } }],
    answer: { value: "${{ sum }}" },
  };
  const run = await studio().loom.start("Add the tickets of week 31", { plan });
  await run.result();
  const page = await studio().openPage();
  await page.goto(`${studio().url}/runs/${run.id}`);
  await page.getByRole("button", { name: "Save as a playbook …" }).click();
  await page.getByLabel("Name of the playbook").fill("weekly");
  await page.getByLabel("Input for 31").fill("kw");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("weekly.yaml").waitFor();
  await page.getByRole("link", { name: "Go to the playbooks" }).click();
  await page.getByText("Add the tickets of week {kw}").waitFor();
  await page.getByLabel("kw").fill("41.5");
  await page.getByRole("button", { name: "Run weekly" }).click();
  await page.getByText("Write a whole number.").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByLabel("kw").fill("41");
  await page.getByRole("button", { name: "Run weekly" }).click();
  await page.getByText("Add the tickets of week 41").first().waitFor();
  const [started] = (await studio().loom.list({ playbook: "weekly" })).runs;
  expect(started).toMatchObject({ goal: "Add the tickets of week 41", playbook: "weekly" });
});
