// The run page in a real browser: live, over a reload and a lost server, with the keyboard alone, in each look.
import type { Page } from "playwright-core";
import { tool } from "planloom";
import { expect } from "vitest";
import { z } from "zod";
import type { RunView } from "../../src/api/run-view.js";
import { doneView, failedView, largeView, sampleStep, unknownView } from "../sample-views.js";
import { browserTest, faultsOf, inEachLook, shoot, useStudio, violationsOf, type PageOptions } from "./harness.js";

/** Calls of the tool `hold` that are open. Each ends when the test lets it. */
const held: (() => void)[] = [];
const heard: (() => void)[] = [];

const hold = tool({
  name: "hold",
  description: "Waits for the test.",
  input: z.strictObject({ say: z.string() }),
  output: z.string(),
  effects: "none",
  run: async ({ say }) => {
    heard.shift()?.();
    await new Promise<void>((resolve) => held.push(resolve));
    return say;
  },
});

const studio = useStudio({
  tools: [hold],
  reply: ({ model }) => (model === "scripted-planner" ? { json: BELOW } : { text: "All is said.", delayMs: 1 }),
  config: { approval: "never" },
});

/** Resolves when the next call of `hold` is open. */
const nextCall = () => new Promise<void>((resolve) => heard.push(resolve));

const step = (id: string, title: string, dependsOn: readonly string[] = []) => ({
  id,
  title,
  description: title,
  tool: "hold",
  with: { say: title },
  dependsOn,
});

const plan = { goal: "Say two things", steps: [step("one", "Say the first"), step("two", "Say the second", ["one"])] };

/** A run with two steps, the first of which is open. */
async function startRun() {
  const open = nextCall();
  const run = await studio().loom.start("Say two things", { plan });
  await open;
  return run;
}

/** The planner's answer: the plan of a sub-goal. */
const BELOW = { steps: [step("inner", "Say it below")], answer: { value: "${{ inner }}" } };

const row = (page: Page, title: string) => page.locator(".rows .row", { hasText: title });
const headWord = (page: Page) => page.locator(".run-line .state");

browserTest("a sub-plan is opened in its step, answered on its own page, and leads back", async () => {
  const sub = { id: "sub", title: "Say the rest", plan: "Say what is left.", approval: "required", output: "string" };
  const run = await studio().loom.start("Say all", { plan: { steps: [sub], answer: { value: "${{ sub }}" } } });
  await run.result();
  const page = await studio().openPage();
  await page.goto(`${studio().url}/runs/${run.id}?step=sub`);
  await row(page, "Say the rest").getByText("waits for you").waitFor();
  const below = page.locator(".sub-plan");
  await below.getByText("Say it below").waitFor();
  await inEachLook(page, async (look) => {
    await shoot(page, `sub-plan-${look}`);
    if (!look.endsWith("390")) expect(await violationsOf(page)).toEqual([]);
  });
  await below.getByText("Answer in the sub-plan").click();
  await page.locator(".crumb").getByText(`of run ${run.id}`).waitFor();
  await page.getByText("Review the plan").click();
  await page.getByText("A sub-plan: step sub of run").waitFor();
  await shoot(page, "sub-plan-review");
  const open = nextCall();
  const child = await studio().loom.get(`${run.id}.sub`);
  await child.approve((await child.document()).waiting?.approvals[0]?.hash ?? "");
  await open;
  held.shift()!();
  expect(await run.result({ untilEnd: true })).toMatchObject({ status: "completed", answer: "Say it below" });
  await page.goto(`${studio().url}/runs/${run.id}?step=sub`);
  await below.getByText("Done").first().waitFor();
  expect(faultsOf(page)).toEqual([]);
});

browserTest("a run is watched live; a reload and a lost server change nothing of what is chosen", async () => {
  const run = await startRun();
  const page = await studio().openPage();
  await page.goto(`${studio().url}/runs/${run.id}?step=two&tab=events`);
  await headWord(page).getByText("Running").waitFor();
  await row(page, "Say the first").getByText("running").waitFor();
  const second = nextCall();
  held.shift()!();
  await second;
  await row(page, "Say the first").getByText("done").waitFor();
  await row(page, "Say the second").getByText("running").waitFor();
  await page.reload();
  await row(page, "Say the second").getByText("running").waitFor();
  await page.getByRole("tab", { name: /Events/, selected: true }).waitFor();
  await studio().stopServer();
  await page.getByText(/Not connected since \d\d:\d\d, retrying/).waitFor();
  held.shift()!();
  await run.result();
  expect(await row(page, "Say the second").textContent()).toContain("running");
  await studio().startServer();
  await headWord(page).getByText("Done").waitFor();
  await page.getByText("All is said.").waitFor();
  expect(await page.getByText(/Not connected/).count()).toBe(0);
  expect(new URL(page.url()).search).toBe("?step=two&tab=events");
  await page.goto(`${studio().url}/runs/${run.id}?step=%23answer&tab=conversation`);
  await page.locator(".veil").getByRole("button", { name: "Show private values" }).click();
  await page.getByRole("button", { name: "Show the prompt" }).click();
  await page.getByText("It is not a record of what was sent.").waitFor();
  await page.locator(".prompt pre", { hasText: "Goal: Say two things" }).waitFor();
  expect(faultsOf(page)).toEqual([]);
  await page.context().close();
});

browserTest("a run is paused, resumed and cancelled; cancelling says what follows", async () => {
  const run = await startRun();
  const page = await studio().openPage();
  await page.goto(`${studio().url}/runs/${run.id}`);
  await page.getByRole("button", { name: "Pause" }).click();
  await headWord(page).getByText("Paused").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await headWord(page).getByText("Running").waitFor();
  await page.getByRole("button", { name: "Cancel the run …" }).click();
  const form = page.getByRole("dialog", { name: "Cancel the run" });
  await form.getByText("2 steps will not be done. No answer is written.").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await form.waitFor({ state: "detached" });
  expect((await run.document()).status).toBe("running");
  await page.getByRole("button", { name: "Cancel the run …" }).click();
  await form.getByLabel(/Reason/).fill("Not needed");
  await form.getByRole("button", { name: "Cancel the run" }).click();
  await headWord(page).getByText("Cancelled").waitFor();
  await page.getByRole("heading", { name: "In place of an answer" }).waitFor();
  held.splice(0).forEach((end) => end());
  expect(faultsOf(page)).toEqual([]);
  await page.context().close();
});

browserTest("the page of an ended run notices that it is retried elsewhere", async () => {
  const run = await startRun();
  await run.cancel();
  held.splice(0).forEach((end) => end());
  await run.result();
  const page = await studio().openPage();
  await page.clock.install();
  await page.goto(`${studio().url}/runs/${run.id}`);
  await headWord(page).getByText("Cancelled").waitFor();
  const open = nextCall();
  await run.retry();
  await open;
  await page.clock.fastForward(4_000);
  await headWord(page).getByText("Running").waitFor();
  await run.cancel();
  held.splice(0).forEach((end) => end());
  expect(faultsOf(page)).toEqual([]);
  await page.context().close();
});

/** A page whose server knows one made-up run. */
async function openSample(view: RunView, query = "", options: PageOptions = {}): Promise<Page> {
  const page = await studio().openPage(options);
  await page.route(`**/v1/runs/${view.runId}**`, (route) => {
    const url = new URL(route.request().url());
    const [, , , , part, key = ""] = url.pathname.split("/").map(decodeURIComponent);
    const item = url.searchParams.get("item");
    if (part === "view") return route.fulfill({ json: view });
    if (part === "steps")
      return route.fulfill({ json: sampleStep(view, key, item === null ? undefined : Number(item)) });
    if (part === undefined) return route.fulfill({ json: { answer: "**Aurora Minds** leads." } });
    // The stream of events is open and says nothing.
    if (part !== "progress") return undefined;
    const piece = { type: "answer", delta: "The answer so far" };
    return route.fulfill({
      body: `event: answer\ndata: ${JSON.stringify(piece)}\n\n`,
      contentType: "text/event-stream",
    });
  });
  await page.goto(`${studio().url}/runs/${view.runId}${query}`);
  await page.waitForSelector(".run-page h1");
  return page;
}

browserTest("the keyboard alone opens a step, its tabs and items, and comes back to its row", async () => {
  const page = await openSample(doneView);
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
  await page.keyboard.press("j");
  expect(await focused()).toContain("Get the exchange rate");
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toContain("Collect facts on each company");
  await page.keyboard.press("Enter");
  await page.waitForURL(/step=facts$/);
  expect(await focused()).toBe("Collect facts on each company");
  await page.keyboard.press("]");
  await page.waitForURL(/step=facts&item=0$/);
  await page.keyboard.press("2");
  await page.getByRole("tabpanel", { name: "Output" }).getByText("aurora-minds.md").waitFor();
  await page.getByRole("tab", { name: "Output" }).focus();
  await page.keyboard.press("ArrowRight");
  expect(await focused()).toContain("Conversation");
  await page
    .getByRole("tabpanel", { name: /Conversation/ })
    .getByText("<img src=x onerror=alert(1)>")
    .waitFor();
  await page.keyboard.press("Home");
  await page.waitForURL(/step=facts&item=0$/);
  await page.keyboard.press("Escape");
  await page.waitForURL(/\/runs\/run_[a-z0-9]+$/);
  await page.keyboard.press("f");
  await page.waitForURL(/filter=failed$/);
  expect(await page.locator(".rows .row").count()).toBe(1);
  expect(faultsOf(page)).toEqual([]);
  await page.context().close();
});

browserTest("the inspector shows origins, errors, events and masks what is private", async () => {
  const page = await openSample(doneView, "?step=total");
  const panel = page.getByRole("tabpanel");
  await panel.getByText("search returned text that this run does not trust").waitFor();
  expect(await panel.getByText("DE89 3704 0044 0532 0130 00").count()).toBe(0);
  await panel.getByRole("button", { name: "Show private values" }).click();
  await panel.getByText("DE89 3704 0044 0532 0130 00").waitFor();
  await panel.getByRole("button", { name: /Show all 1,\d+ bytes, 60 lines/ }).click();
  await panel.getByText("line 60 of a long text").waitFor();
  await page.getByRole("tab", { name: /Events/ }).click();
  await panel.getByText("step.completed").waitFor();
  await panel.getByRole("button", { name: "Mask private values again" }).click();
  await panel.getByText("This step handles private values, so this is masked.").waitFor();
  await page.locator(".rows").getByText("Get the exchange rate").click();
  await page.getByRole("tab", { name: /Attempts/ }).click();
  await panel.getByText("the service is busy: try again in 1 s").waitFor();
  await panel.getByText("Stack").click();
  await panel.getByText("at exchangeRate (tools.ts:12:9)").waitFor();
  await page.getByRole("tab", { name: /Events/ }).click();
  await panel.getByRole("link", { name: /22.*step\.completed/ }).click();
  await page.waitForURL(/event=22/);
  await panel.locator(".tree").getByText("inputTokens").waitFor();
  await page.goBack();
  await panel.locator(".tree").waitFor({ state: "detached" });
  expect(faultsOf(page)).toEqual([]);
  await page.context().close();
});

browserTest("a run of 2,000 steps has 60 rows in the page, and finds what is open", async () => {
  const page = await openSample(largeView(2000));
  const rows = page.locator(".rows .row");
  expect(await rows.count()).toBeLessThanOrEqual(60);
  await page.keyboard.press("n");
  await page.keyboard.press("n");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("failed");
  await page.keyboard.press("End");
  await rows.getByText("Read document 2000 of the archive").waitFor();
  expect(await rows.count()).toBeLessThanOrEqual(60);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Read document 2000");
  await page.context().close();
});

browserTest("on a phone a step is a page of its own, and Back leads to the list", async () => {
  const page = await openSample(unknownView, "", { width: 390 });
  await page.getByText("One payment may or may not have been made", { exact: true }).waitFor();
  await page.locator("[aria-busy]").getByText("The answer so far").waitFor();
  await page.getByRole("link", { name: /Get the exchange rate.*unknown/ }).click();
  await page.getByRole("heading", { level: 2, name: "Get the exchange rate" }).waitFor();
  expect(await page.locator(".rows").count()).toBe(0);
  await page.goBack();
  await page.locator(".rows").waitFor();
  await page.getByRole("link", { name: /Get the exchange rate.*unknown/ }).click();
  await page.getByRole("button", { name: "‹ All steps" }).click();
  await page.locator(".rows").waitFor();
  await page.context().close();
});

browserTest("no state breaks the rules of accessibility, in any theme or width", async () => {
  const states = [
    [doneView, "?step=facts&item=0&tab=conversation", { theme: "light", width: 1440 }],
    [unknownView, "?filter=waiting", { theme: "light", width: 1000 }],
    [largeView(60), "?step=s31&tab=events&event=17", { theme: "dark", width: 1000 }],
    [failedView, "", { theme: "dark", width: 390 }],
  ] as const;
  for (const [view, query, look] of states) {
    const page = await openSample(view, query, look);
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await shoot(page, `run-${view.status}-${look.theme}-${look.width}`);
    expect(faultsOf(page)).toEqual([]);
    await page.context().close();
  }
});
