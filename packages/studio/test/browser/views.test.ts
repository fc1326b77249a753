// The graph, the timeline, the evidence card and a run that is opened from a file, in a real browser.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeAll, expect } from "vitest";
import type { LoomRun } from "planloom";
import { browserTest, faultsOf, inEachLook, isTooWide, shoot, useStudio, violationsOf } from "./harness.js";

const studio = useStudio();

const RESEARCH = "Research the top 3 AI companies and create a comparison report";
const REFUND = "Refund the customer of the delayed order 4711";

let done: LoomRun | undefined;
let asking: LoomRun | undefined;

beforeAll(async () => {
  // Without a browser there is no studio, and no test.
  const loom = (studio() as ReturnType<typeof studio> | undefined)?.loom;
  done = await loom?.start(RESEARCH);
  asking = await loom?.start(REFUND);
  await done?.result();
  await asking?.result();
});

async function openAt(path: string): Promise<Page> {
  const page = await studio().openPage();
  await page.goto(studio().url + path);
  await page.waitForSelector("h1");
  return page;
}

const stepIn = (page: Page): string | null => new URL(page.url()).searchParams.get("step");
const focusedStop = (page: Page) => page.evaluate(() => (document.activeElement as HTMLElement).dataset["stop"]);

/** The widest and the narrowest look: each check takes a second. */
const CHECKED: ReadonlySet<string> = new Set(["light-1440", "dark-390"]);

/** In each width nothing is wider than the window; in both themes no rule of accessibility is broken. */
async function looksRight(page: Page, name: string): Promise<void> {
  await inEachLook(page, async (look) => {
    await shoot(page, `${name}-${look}`);
    if (CHECKED.has(look)) expect([look, await violationsOf(page)]).toEqual([look, []]);
    expect([look, await isTooWide(page)]).toEqual([look, false]);
  });
}

browserTest("the graph: arrow keys go along its lines, and Enter opens the step", async () => {
  const page = await openAt(`/runs/${done!.id}?view=graph`);
  await page.locator(".metro .stop").first().waitFor();
  await page.locator('.metro .stop[tabindex="0"]').focus();
  const first = await focusedStop(page);
  await page.keyboard.press("ArrowRight");
  const second = await focusedStop(page);
  expect(second).not.toBe(first);
  await page.keyboard.press("ArrowLeft");
  expect(await focusedStop(page)).not.toBe(second);
  await page.keyboard.press("ArrowRight");
  const chosen = await focusedStop(page);
  await page.keyboard.press("Enter");
  await page.waitForURL(/step=/);
  expect([stepIn(page), new URL(page.url()).searchParams.get("view")]).toEqual([chosen, "graph"]);
  expect(await page.locator(".metro .stop[aria-current]").getAttribute("data-stop")).toBe(chosen);
  await looksRight(page, "graph");
  expect(faultsOf(page)).toEqual([]);
  await page.context().close();
});

browserTest("the timeline: a lane has a bar for each attempt, and leads to its step", async () => {
  const page = await openAt(`/runs/${done!.id}?view=timeline`);
  const lanes = page.locator(".timeline .lane");
  await lanes.first().waitFor();
  const rates = lanes.filter({ hasText: "exchange rate" });
  expect(await rates.locator(".bar.attempt").count()).toBe(2);
  await rates.getByRole("link").click();
  await page.waitForURL(/view=timeline.*step=/);
  await page.getByRole("heading", { level: 2, name: /exchange rate/ }).waitFor();
  expect(await page.locator(".timeline .lane.on").count()).toBe(1);
  await page.goBack();
  await page.waitForURL((url) => !url.searchParams.has("step"));
  await looksRight(page, "timeline");
  expect(faultsOf(page)).toEqual([]);
  await page.context().close();
});

browserTest("the evidence card is saved as Markdown, and offers another plan if the result is not met", async () => {
  const page = await openAt(`/runs/${done!.id}`);
  await page.getByRole("link", { name: "Evidence card" }).click();
  await page.getByRole("heading", { level: 2, name: "Failure checks" }).waitFor();
  await looksRight(page, "evidence");
  await page.setViewportSize({ width: 1440, height: 900 });
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as Markdown" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe(`evidence-${done!.id}.md`);
  expect(await readFile(await saved.path(), "utf8")).toContain(`# Evidence card: ${RESEARCH}`);
  await page.getByLabel("What was expected").fill("A report of exactly four companies");
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByText("Not met", { exact: true }).last().waitFor();
  await page.getByRole("button", { name: "Replan with this difference …" }).click();
  const form = page.getByRole("dialog", { name: "Ask for another plan" });
  expect(await form.getByLabel("What should be different").inputValue()).toContain("four companies");
  expect(await violationsOf(page)).toEqual([]);
  await shoot(page, "evidence-replan");
  await form.getByRole("button", { name: "Plan again" }).click();
  await page.waitForURL(`**/runs/${done!.id}`);
  const asked: string[] = [];
  for await (const event of done!.events({ follow: false }))
    if (event.type === "replan.requested") asked.push(JSON.stringify(event.data.reason));
  expect(asked).toMatchObject([expect.stringContaining("four companies")]);
  expect(faultsOf(page)).toEqual([]);
  await page.context().close();
});

/** What acts in the Studio, by the names of its buttons and links. */
const ACTING =
  /approve|deny|reject|retry|replan|again|cancel|pause|resume|fork|review|answer the|decide|say what|request/iu;

async function actingIn(page: Page): Promise<readonly string[]> {
  const all = page.locator("main").locator("button, a.btn");
  return (await all.allTextContents()).filter((name) => ACTING.test(name));
}

browserTest("an exported run is opened from a file: all is shown, and nothing acts", async () => {
  const origin = await openAt(`/runs/${asking!.id}`);
  const [file] = await Promise.all([
    origin.waitForEvent("download"),
    origin.getByRole("button", { name: "Export" }).click(),
  ]);
  const exported = await readFile(await file.path());
  await origin.route("**/export", (route) =>
    route.fulfill({ status: 409, json: { code: "EXPORT_NOT_POSSIBLE", detail: "No.", next: { text: "Do this." } } }),
  );
  await origin.getByRole("button", { name: "Export" }).click();
  await origin.getByRole("alert").getByText("EXPORT_NOT_POSSIBLE").waitFor();
  expect(await actingIn(origin)).not.toEqual([]);
  await origin.context().close();

  const page = await studio().openPage();
  await page.getByRole("link", { name: "Open a file" }).click();
  await page.getByRole("heading", { level: 1, name: "Open a file" }).waitFor();
  await looksRight(page, "open");
  await page.setViewportSize({ width: 1440, height: 900 });
  const choice = page.locator('input[type="file"]');
  await choice.setInputFiles({ name: "notes.json", mimeType: "application/json", buffer: Buffer.from('{"a":') });
  await page.getByRole("alert").getByText("EXPORT_INVALID").waitFor();
  await page.getByText("Nothing of it was kept.").waitFor();
  await shoot(page, "open-refused");
  expect(await violationsOf(page)).toEqual([]);
  await choice.setInputFiles({ name: "run.json", mimeType: "application/json", buffer: exported });
  await page.waitForURL(/\/runs\/file~/);
  await page.getByText("From a file: read only").waitFor();
  await page.getByText(asking!.id).waitFor();
  await page.locator(".rows .row").first().waitFor();
  await page.locator(".metro .stop").first().waitFor();
  expect(await actingIn(page)).toEqual([]);
  await looksRight(page, "opened");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.locator(".rows .row a").first().click();
  await page.getByRole("tab", { name: /Events/ }).click();
  await page
    .getByRole("tabpanel", { name: /Events/ })
    .locator("li")
    .first()
    .waitFor();
  await page.getByRole("link", { name: "Timeline" }).click();
  await page.locator(".timeline .lane, .pad").first().waitFor();
  expect(await actingIn(page)).toEqual([]);
  const run = page.url().replace(/\?.*$/u, "");
  await page.getByRole("link", { name: /^plan, revision 1/ }).click();
  await page.locator(".plan > li").first().waitFor();
  expect(await actingIn(page)).toEqual([]);
  expect(await violationsOf(page)).toEqual([]);
  await shoot(page, "opened-plan");
  await page.goto(`${run}/evidence`);
  await page.getByRole("heading", { level: 2, name: "Failure checks" }).waitFor();
  expect(await actingIn(page)).toEqual([]);
  await page.goto(`${run}/again`);
  await page.getByText("The run of a file can only be read.").waitFor();
  await page.goto(`${studio().url}/runs/file~AAAAAAAAAAAAAAAAAAAAAA`);
  await page.getByRole("alert").getByText("OPENED_GONE").waitFor();
  expect(faultsOf(page)).toEqual([]);
  await page.context().close();
});
