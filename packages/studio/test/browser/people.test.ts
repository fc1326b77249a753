// What a person decides, in a real browser: the review of plans and calls, the inbox, and again from here.
import type { Page } from "playwright-core";
import { tool, type Loom } from "planloom";
import { expect } from "vitest";
import { z } from "zod";
import { demoTools } from "../../../planloom/dist/cli/demo/tools.js";
import { browserTest, faultsOf, inEachLook, isTooWide, shoot, useStudio, violationsOf } from "./harness.js";

const REFUND = "Refund the customer of the delayed order 4711";

/** A tool that never answers, and one that acts and returns nothing of use. */
const oddTools = [
  tool({
    name: "send_payment",
    description: "Makes a payment.",
    input: z.object({ payee: z.string(), amount: z.number() }),
    output: z.object({ receipt: z.string() }),
    effects: "once",
    timeout: 50,
    run: () => new Promise<never>(() => undefined),
  }),
  tool({
    name: "book_room",
    description: "Books a room.",
    input: z.object({ room: z.string() }),
    output: z.object({ confirmation: z.string() }),
    effects: "once",
    run: () => ({ wrong: 7 }) as never,
  }),
  tool({
    name: "close_ticket",
    description: "Closes a ticket.",
    input: z.object({ ticket: z.string() }),
    effects: "idempotent",
    run: ({ ticket }) => `closed ${ticket}`,
  }),
  tool({
    name: "save_page",
    description: "Saves a page.",
    input: z.object({ path: z.string(), text: z.string() }),
    effects: "idempotent",
    approval: "required",
    content: ["text"],
    preview: ({ path, text }) => ({
      kind: "diff",
      path,
      text: `--- ${path}\n+++ ${path}\n@@ -1,2 +1,${90} @@\n a line that stays\n-<b>old</b> ${"long ".repeat(60)}\n${`+${text}\n`.repeat(90)}`,
    }),
    run: ({ path }) => path,
  }),
];

const studio = useStudio({ tools: [...demoTools(), ...oddTools] });

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

/** Starts a run that waits for the approval of its plan. Gives the address of the review. */
async function refundAsked(loom: Loom): Promise<{ readonly id: string; readonly review: string }> {
  const run = await loom.start(REFUND);
  const { waiting } = await run.result();
  return { id: run.id, review: `/runs/${run.id}/review/${waiting!.approvals[0]!.hash}` };
}

/** Starts a plan and approves it. */
async function started(loom: Loom, goal: string, plan: object): Promise<string> {
  const run = await loom.start(goal, { plan });
  const { waiting } = await run.result();
  if (waiting?.approvals[0]?.subject === "plan") await run.approve(waiting.approvals[0].hash);
  await run.result();
  return run.id;
}

const go = (page: Page, path: string) => page.goto(studio().url + path);

browserTest(
  "by keyboard alone a plan is sent back with a comment, and its second revision shows what changed",
  async () => {
    const page = await studio().openPage();
    const { review, id } = await refundAsked(studio().loom);
    await go(page, `/runs/${id}`);
    await page.getByRole("link", { name: "Review the plan" }).waitFor();
    await page.keyboard.press("u");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Review the plan");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === review);
    await page.getByRole("heading", { level: 2, name: "Your decision" }).waitFor();
    expect(await page.locator(".plan > li").count()).toBe(2);
    await page.locator(".plan").getByText("acts once").waitFor();
    await inEachLook(page, async (look) => {
      expect(await violationsOf(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      await shoot(page, `review-${look}`);
    });
    await page.setViewportSize({ width: 1440, height: 900 });
    await button(page, "Request changes …").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("Only the cost of delivery.");
    // The draft of a dialog that was closed is kept, and the focus goes back.
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Request changes …");
    await page.keyboard.press("Enter");
    expect(await page.getByLabel("What should be different?").inputValue()).toBe("Only the cost of delivery.");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Revision 2 waits in its place.").waitFor();
    await page.locator(".plan > li.changed").getByText("Changed", { exact: true }).waitFor();
    expect(await page.getByText("“Only the cost of delivery.”").count()).toBe(1);
    await page.waitForFunction(() => document.activeElement?.id === "h-plan");
    expect(
      await page
        .locator(".plan")
        .getByText(/asks (first|again)/iu)
        .count(),
    ).toBe(await page.locator(".own-question").count());
    expect(await page.locator(".plan del").count()).toBeGreaterThan(0);
    expect(await violationsOf(page)).toEqual([]);
    await shoot(page, "review-second");
    expect(await (await studio().loom.get(id)).document()).toMatchObject({
      status: "awaiting-approval",
      plan: { revision: 2 },
    });
    expect(faultsOf(page)).toEqual([]);
  },
);

browserTest(
  "an edited plan shows errors at their lines, keeps its draft, waits anew, and runs when approved",
  async () => {
    const page = await studio().openPage();
    const { review, id } = await refundAsked(studio().loom);
    await go(page, review);
    await button(page, "Edit the plan as YAML").click();
    const area = page.getByLabel("The plan as YAML");
    const yaml = await area.inputValue();
    await area.fill(yaml.replace("tool: refund", "tool: refnud"));
    await page.getByText("1 error. It cannot be saved yet.").waitFor();
    const line = yaml.split("\n").findIndex((one) => one.includes("tool: refund")) + 1;
    await button(page, `line ${line}`).click();
    expect(await page.evaluate(() => getSelection()?.toString())).toContain("refnud");
    expect(await button(page, "Save as revision 2").getAttribute("aria-disabled")).toBe("true");
    expect(await violationsOf(page)).toEqual([]);
    await page.reload();
    await button(page, "Go on with your changes, which are not saved").click();
    expect(await area.inputValue()).toContain("refnud");
    await button(page, "Undo all changes").click();
    expect(await area.inputValue()).toBe(yaml);
    await area.fill(yaml.replace(/amountEur: .*/u, "amountEur: 12"));
    await page.getByText("No errors. It can be saved.").waitFor();
    await inEachLook(page, async (look) => {
      expect(await isTooWide(page)).toBe(false);
      await shoot(page, `edit-${look}`);
    });
    await button(page, "Save as revision 2").click();
    await page.getByText("Revision 2 waits in its place.").waitFor();
    await page.locator(".plan ins", { hasText: "12" }).waitFor();
    await button(page, "Approve and run").click();
    await page.locator(".decided").getByText("Approved").first().waitFor();
    await page.locator(".decided").getByText("by tester").first().waitFor();

    // Its call waits, too: the amount is changed, with Undo, and the call is approved with it.
    const run = await studio().loom.get(id);
    const { waiting } = await run.result();
    await go(page, `/waiting?run=${id}`);
    const amount = page.getByLabel("amountEur");
    await amount.fill("much");
    await page.getByText("Write a number, such as 12.5.").waitFor();
    expect(await button(page, /^Approve and run refund/u).getAttribute("aria-disabled")).toBe("true");
    await button(page, "Undo the change of amountEur").click();
    expect(await amount.inputValue()).toBe("12");
    await amount.fill("9");
    await inEachLook(page, async (look) => {
      expect(await violationsOf(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      await shoot(page, `call-${look}`);
    });
    await button(page, "Approve and run refund with your arguments").click();
    expect(await run.result()).toMatchObject({ status: "completed" });
    await go(page, `/runs/${id}/review/${waiting!.approvals[0]!.hash}`);
    await page.locator(".decided").getByText("With other arguments").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(faultsOf(page)).toEqual([]);
  },
);

browserTest(
  "of two pages the later decision meets a stale plan: the page stays, shows the diff and asks anew",
  async () => {
    const [one, two] = [await studio().openPage(), await studio().openPage()];
    const { review, id } = await refundAsked(studio().loom);
    await go(one, review);
    await go(two, review);
    await button(two, "Approve and run").waitFor();
    await button(one, "Request changes …").click();
    await one.getByLabel("What should be different?").fill("Refund 10 EUR");
    await button(one, "Send and ask for revision 2").click();
    await two.getByText("Revision 2 waits in its place.").waitFor();
    await two.locator(".plan > li.changed").first().waitFor();
    expect(new URL(two.url()).pathname).toBe(review);
    await button(two, "Approve only").click();
    await two.getByText("The run is paused. It goes on when someone resumes it.").waitFor();
    expect(await (await studio().loom.get(id)).document()).toMatchObject({ status: "paused", stepsCompleted: 0 });
    expect([...faultsOf(one), ...faultsOf(two)]).toEqual([]);
  },
);

browserTest("a denied plan ends the run, and the page says who did it and why", async () => {
  const page = await studio().openPage();
  const { review, id } = await refundAsked(studio().loom);
  await go(page, review);
  await button(page, "Deny …").click();
  await page.getByRole("dialog").getByText("Nothing was done, and nothing will be.").waitFor();
  await page.getByLabel("Reason, optional").fill("Wrong customer");
  expect(await violationsOf(page)).toEqual([]);
  await button(page, "Deny and end the run").click();
  await page.locator(".decided").getByText("by tester").waitFor();
  await page.getByText("The run has ended. Nothing more will be done.").waitFor();
  expect(await (await studio().loom.get(id)).document()).toMatchObject({ status: "cancelled" });
  expect(faultsOf(page)).toEqual([]);
});

browserTest("pages offer what the right of the token allows, and say what is missing", async () => {
  const [reader, approver] = [
    await studio().openPage({ right: "read" }),
    await studio().openPage({ right: "approve" }),
  ];
  const { review, id } = await refundAsked(studio().loom);
  await go(reader, review);
  await reader.getByText("Your token reader may only read. To decide about the plan, it needs").waitFor();
  expect(await button(reader, /Approve|Deny|Request/u).count()).toBe(0);
  await go(reader, `/runs/${id}`);
  await reader.getByText("To pause or cancel the run, it needs").waitFor();
  await go(reader, "/runs");
  await reader.getByText("To start runs, it needs").waitFor();
  expect(await violationsOf(reader)).toEqual([]);

  await go(approver, review);
  await approver.getByText("Your token approver may only read and answer what waits.").waitFor();
  expect(await button(approver, "Approve only").count()).toBe(0);
  expect(await approver.getByText("Edit the plan as YAML").count()).toBe(0);
  await button(approver, "Deny …").click();
  await button(approver, "Deny and end the run").click();
  await approver.locator(".decided").getByText("by approver").waitFor();
  expect(await (await studio().loom.get(id)).document()).toMatchObject({ status: "cancelled" });
  expect(await violationsOf(approver)).toEqual([]);
  expect([...faultsOf(reader), ...faultsOf(approver)]).toEqual([]);
});

browserTest(
  "a call shows what it would change, on the page of its plan, on its own page and in the inbox",
  async () => {
    const { loom } = studio();
    const page = await studio().openPage();
    const save = {
      id: "save",
      title: "Save the page",
      tool: "save_page",
      with: { path: "a.html", text: "<i>new</i>" },
    };
    const run = await loom.start("Save the page", { plan: { steps: [save], answer: { value: "${{ save }}" } } });
    const hashOf = async () => (await run.result()).waiting!.approvals[0]!.hash;
    const diff = page.getByRole("region", { name: "Changes to a.html" });
    const shows = async (look: string) => {
      await diff.locator("del").getByText("<b>old</b>").waitFor();
      expect(await diff.locator("ins").count()).toBe(55);
      expect(await diff.locator("ins").first().textContent()).toBe("added: +<i>new</i>\n");
      await inEachLook(page, async (name) => {
        expect(await violationsOf(page)).toEqual([]);
        expect(await isTooWide(page)).toBe(false);
        await shoot(page, `preview-${look}-${name}`);
      });
    };
    const plan = await hashOf();
    await go(page, `/runs/${run.id}/review/${plan}`);
    await shows("plan");
    await button(page, /^Show all \d+ lines$/u).click();
    expect(await diff.locator("ins").count()).toBe(90);
    await run.approve(plan);
    await go(page, `/runs/${run.id}/review/${await hashOf()}`);
    await shows("call");
    await go(page, `/waiting?run=${run.id}`);
    await diff.locator("ins").first().waitFor();
    await page.getByLabel("path").fill("b.html");
    await page.getByText("This is for the arguments that wait, not for yours.").waitFor();
    await button(page, "Undo the change of path").click();
    await button(page, /^Approve and run save_page/u).click();
    expect(await run.result()).toMatchObject({ status: "completed", answer: "a.html" });
    expect(faultsOf(page)).toEqual([]);
  },
);

browserTest("the inbox takes an answer, settles a doubt and an unusable output", async () => {
  const { loom } = studio();
  const page = await studio().openPage();
  const hotels = [
    { hotel: "Casa", total: 10224 },
    { hotel: "Miradouro", total: 12312 },
  ];
  const ask = {
    id: "ask",
    title: "Choose a hotel",
    ask: "Which hotel?",
    with: { hotels },
    output: '{ hotel: "Casa" | "Miradouro", nights: number, note?: string }',
  };
  const asked = await started(loom, "Plan the offsite", { steps: [ask], answer: { value: "${{ ask }}" } });
  const pay = { id: "pay", title: "Pay the invoice", tool: "send_payment", with: { payee: "Sakura", amount: 1840 } };
  const paid = await started(loom, "Pay the invoices", { steps: [pay], answer: { value: "${{ pay }}" } });
  const book = { id: "book", title: "Book the room", tool: "book_room", with: { room: "Blue" } };
  const booked = await started(loom, "Book a room", { steps: [book], answer: { value: "${{ book }}" } });

  await go(page, `/waiting?run=${asked}`);
  await page.getByRole("heading", { name: "Which hotel?" }).waitFor();
  await inEachLook(page, async (look) => {
    expect(await violationsOf(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await shoot(page, `question-${look}`);
  });
  await page.setViewportSize({ width: 1440, height: 900 });
  expect(await button(page, "Answer and continue").getAttribute("aria-disabled")).toBe("true");
  await page.getByLabel("hotel", { exact: true }).selectOption({ label: "Miradouro" });
  await page.getByLabel("nights").fill("3");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("heading", { name: "Which hotel?" }).waitFor({ state: "detached" });
  expect((await (await loom.get(asked)).result()).answer).toEqual({ hotel: "Miradouro", nights: 3 });

  await go(page, `/waiting?run=${paid}`);
  await page.getByText("Did this call of send_payment happen?").waitFor();
  expect(await page.locator(".answers input:checked").count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  await inEachLook(page, (look) => shoot(page, `doubt-${look}`));
  await page.getByLabel("It happened").check();
  expect(await button(page, "Record that it happened").getAttribute("aria-disabled")).toBe("true");
  await page.getByLabel("receipt").fill("R-1");
  await button(page, "Record that it happened").click();
  expect((await (await loom.get(paid)).result({ untilEnd: true })).answer).toEqual({ receipt: "R-1" });

  await go(page, `/waiting?run=${booked}`);
  await page.getByText("book_room acted, and what it returned cannot be used").waitFor();
  await page.getByText("It acted already, so it acts twice.").waitFor();
  await page.getByLabel("Use an output that you give").check();
  await page.getByLabel("confirmation").fill("C-7");
  expect(await violationsOf(page)).toEqual([]);
  await button(page, "Use this output").click();
  expect((await (await loom.get(booked)).result({ untilEnd: true })).answer).toEqual({ confirmation: "C-7" });
  expect(faultsOf(page)).toEqual([]);
});

browserTest("a fork shows which calls act again before it starts, and revisions can be compared", async () => {
  const { loom } = studio();
  const page = await studio().openPage();
  const steps = [
    { id: "close", title: "Close the ticket", tool: "close_ticket", with: { ticket: "${{ inputs.ticket }}" } },
  ];
  const plan = { inputs: { ticket: { type: "string" } }, steps, answer: { value: "${{ close }}" } };
  const run = await loom.start("Close the ticket", { plan, inputs: { ticket: "T-7" } });
  const { waiting } = await run.result();
  await run.approve(waiting!.approvals[0]!.hash);
  await run.result({ untilEnd: true });
  await go(page, `/runs/${run.id}/again?do=fork`);
  await page.getByLabel("The new run starts").selectOption("close");
  await page.getByRole("heading", { name: "1 call may act again" }).waitFor();
  await page.locator(".calls").getByText("T-7").waitFor();
  await page.getByLabel("Input ticket").fill("T-8");
  await page.getByRole("heading", { name: "1 call may act again" }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await inEachLook(page, async (look) => {
    expect(await isTooWide(page)).toBe(false);
    await shoot(page, `again-${look}`);
  });
  await button(page, "Start the new run").click();
  await page.waitForURL((url) => /^\/runs\/run_\w+$/u.test(url.pathname) && !url.pathname.includes(run.id));

  const { review, id } = await refundAsked(loom);
  const refund = await loom.get(id);
  await refund.reject("Refund 10 EUR", { hash: review.split("/").at(-1)! });
  await refund.result();
  await go(page, `/runs/${id}/diff?from=1&to=2`);
  await page.locator(".plan > li.changed").first().waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await inEachLook(page, async (look) => {
    expect(await isTooWide(page)).toBe(false);
    await shoot(page, `diff-${look}`);
  });
  await go(page, `/runs/${id}/again?do=goal`);
  await page.getByRole("textbox", { name: "The goal" }).fill(`${REFUND} with 10 %`);
  await button(page, "Change the goal and plan again").click();
  await page.waitForURL((url) => url.pathname === `/runs/${id}`);
  expect((await refund.document()).goal).toBe(`${REFUND} with 10 %`);
  expect(faultsOf(page)).toEqual([]);
});
