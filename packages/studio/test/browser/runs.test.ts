// The list of runs and the list of tools in a real browser: sign in, start, watch, filter, reload, keyboard alone, a lost
// server.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest, faultsOf, inEachLook, isTooWide, shoot, useStudio, violationsOf } from "./harness.js";

const studio = useStudio();

const rowOf = (page: Page, goal: string) => page.locator("tr", { has: page.getByRole("link", { name: goal }) });
const RESEARCH = "Research the top 3 AI companies and create a comparison report";
const REFUND = "Refund the customer of the delayed order 4711";

browserTest("without a session the page says how to sign in, and takes a pasted link", async () => {
  const page = await studio().openPage({ signIn: false });
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Sign in");
  expect(await violationsOf(page)).toEqual([]);
  await shoot(page, "sign-in");
  await page.getByLabel("Link or token").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("TOKEN_NEEDED").waitFor();
  await page.getByLabel("Link or token").fill(studio().link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "No run yet." }).waitFor();
  expect(page.url()).toBe(`${studio().url}/runs`);
  await page.getByText("tester").waitFor();
  const other = await page.context().newPage();
  await other.goto(studio().url);
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByRole("heading", { name: "Your session has ended" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

browserTest("an empty store offers the goals of the demo, in each look without violations", async () => {
  const page = await studio().openPage();
  await page.getByText("the model is scripted").waitFor();
  await inEachLook(page, async (look) => {
    expect(await violationsOf(page)).toEqual([]);
    await shoot(page, `empty-${look}`);
  });
});

browserTest("the keyboard alone starts a run, sees it end, and finds it again after a reload", async () => {
  const page = await studio().openPage();
  await page.getByText("the model is scripted").waitFor();
  expect(new URL(page.url()).hash).toBe("");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Go to the content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type(RESEARCH);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/runs\/run_/);
  await page.reload();
  await page.waitForSelector("h1");
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.waitForURL(/\/runs$/);
  await rowOf(page, RESEARCH).getByText("Done").waitFor();
  await rowOf(page, RESEARCH).getByText("6 of 6").waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).getByText("find a run").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(RESEARCH);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/runs\/run_/);
  expect(faultsOf(page)).toEqual([]);
});

browserTest("new runs wait behind a button, changes come in place, and filters stand in the address", async () => {
  const page = await studio().openPage();
  await rowOf(page, RESEARCH).waitFor();
  const run = await studio().loom.start(REFUND);
  await page.getByRole("button", { name: "1 new run" }).click();
  await rowOf(page, REFUND).getByText("Approve the plan").waitFor();
  await run.cancel("Not needed");
  await rowOf(page, REFUND).getByText("Cancelled").waitFor();
  await page.getByRole("link", { name: "Other" }).click();
  await page.waitForURL(/\?status=other$/);
  await rowOf(page, RESEARCH).waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await page.keyboard.type("nowhere");
  await page.waitForURL(/\?status=other&text=nowhere$/);
  await page.getByText("There is no run in the state “Other” with “nowhere” in its goal.").waitFor();
  await page.reload();
  await page.getByText("There is no run in the state “Other”").waitFor();
  expect(await page.getByRole("searchbox").inputValue()).toBe("nowhere");
  await page.goBack();
  await page.waitForURL(/\/runs$/);
  await rowOf(page, RESEARCH).waitFor();
  expect(faultsOf(page)).toEqual([]);
});

browserTest("a plan file is checked first; its inputs are asked by their types; then it runs", async () => {
  const page = await studio().openPage();
  const choose = (name: string, text: string) =>
    page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/yaml", buffer: Buffer.from(text) });
  await choose("bad.yaml", "steps:\n  - { id: a, tool: calclate, with: { expression: '1' } }\n");
  await page.getByText("1 error. Mend the text here.").waitFor();
  expect(await page.getByRole("button", { name: "Run this plan" }).count()).toBe(0);
  await inEachLook(page, async (look) => {
    expect(await violationsOf(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await shoot(page, `plan-file-findings-${look}`);
  });
  const area = page.getByLabel("The text of the plan");
  await area.fill((await area.inputValue()).replace("calclate", "calculate"));
  await page.getByText("No errors. The run takes this text").waitFor();
  await page.getByRole("button", { name: "Run this plan" }).waitFor();
  await drop(page, "plan.yaml", PLAN);
  await page.getByLabel("unit").selectOption({ label: "km" });
  await page.getByRole("button", { name: "Run this plan" }).click();
  await page.getByText("This input is needed.").waitFor();
  await page.getByLabel("distance").fill("forty");
  await page.getByText("Write a number, such as 12.5.").waitFor();
  await page.getByLabel("distance").fill("40");
  expect(await violationsOf(page)).toEqual([]);
  await shoot(page, "plan-file");
  await page.getByRole("button", { name: "Run this plan" }).click();
  await page.waitForURL(/\/runs\/run_/);
  const { runs } = await studio().loom.list({ text: "How far" });
  const ended = await (await studio().loom.get(runs[0]!.runId)).result();
  expect(ended.answer).toBe("80 km");
  expect(faultsOf(page)).toEqual([]);
});

/** Drops a file on the page, as a person does with the mouse. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const dragged = await page.evaluateHandle(
    ([file, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], file));
      return transfer;
    },
    [name, text] as const,
  );
  await page.dispatchEvent("main", "dragover", { dataTransfer: dragged });
  await page.getByText("Drop the plan file to check it.").waitFor();
  await page.dispatchEvent("main", "drop", { dataTransfer: dragged });
}

const PLAN = `goal: How far there and back
inputs:
  distance: { type: number, description: One way }
  unit: { type: '"km" | "miles"' }
steps:
  - { id: both, tool: calculate, with: { expression: "d * 2", variables: { d: "\${{ inputs.distance }}" } } }
answer: { value: "\${{ both }} \${{ inputs.unit }}" }
`;

browserTest("a lost server is told with its time, and the page goes on when it is back", async () => {
  const page = await studio().openPage();
  await rowOf(page, RESEARCH).waitFor();
  await studio().stopServer();
  await page.getByText(/^Not connected since \d\d:\d\d, retrying$/).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await studio().startServer();
  await page.getByText("Not connected").waitFor({ state: "detached" });
  await studio().loom.start(REFUND, { runId: "run_after_the_loss" });
  await page.getByRole("button", { name: "1 new run" }).waitFor();
});

browserTest("the list in each look: no violation, nothing wider than the page", async () => {
  const page = await studio().openPage();
  await rowOf(page, RESEARCH).waitFor();
  await inEachLook(page, async (look) => {
    expect(await violationsOf(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await shoot(page, `runs-${look}`);
  });
});

browserTest("the tools show what they do and take; the search and the open tool stand in the address", async () => {
  const page = await studio().openPage();
  await page.getByRole("link", { name: "Tools" }).click();
  await page.getByRole("region", { name: "refund" }).getByText("acts once").waitFor();
  await page.getByRole("searchbox").fill("pays");
  await page.getByRole("region", { name: "calculate" }).waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "refund" }).click();
  await page.waitForURL(/\/tools\?text=pays&tool=refund$/);
  await page.getByRole("row", { name: "amountEur number · chooses what the call does" }).waitFor();
  await page.reload();
  await page.getByText("{ receipt: string, order: string, customer: string, amountEur: number }").waitFor();
  await inEachLook(page, async (look) => {
    expect(await violationsOf(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await shoot(page, `tools-${look}`);
  });
  expect(faultsOf(page)).toEqual([]);
});

browserTest("older runs are shown when asked for; the theme is kept", async () => {
  const plan = { steps: [{ id: "sum", tool: "calculate", with: { expression: "1 + 1" } }], answer: { value: 2 } };
  for (let index = 0; index < 50; index++) await studio().loom.run(`Older run ${index}`, { plan });
  const page = await studio().openPage();
  await page.getByText(/^5\d runs shown$/).waitFor();
  await page.getByRole("button", { name: "Show older runs" }).click();
  await rowOf(page, RESEARCH).waitFor();
  expect(await page.getByRole("button", { name: "Show older runs" }).count()).toBe(0);
  const themeOf = () => page.evaluate(() => document.documentElement.dataset["theme"]);
  for (const theme of ["light", "dark"]) {
    await page.getByRole("button", { name: `Change to ${theme}` }).click();
    expect(await themeOf()).toBe(theme);
  }
  await page.reload();
  await page.waitForSelector("h1");
  expect(await themeOf()).toBe("dark");
});

browserTest("an address without a page says so", async () => {
  const page = await studio().openPage();
  await page.goto(`${studio().url}/nowhere`);
  await page.getByRole("heading", { name: "There is no page at this address." }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect(await page.title()).toBe("Not found · Planloom");
});
