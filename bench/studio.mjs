// How fast the Studio is, in an installed chromium on a real server: the script time to open a run of 2,000 steps, and
// the time from the commit of an event to its change on the screen. Run it by itself: `node bench/studio.mjs`.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { chain, library, loomOver, packageDir } from "./library.mjs";
import { row, summary, table } from "./measure.mjs";

const { chromium } = createRequire(path.join(packageDir, "..", "studio", "package.json"))("playwright-core");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(executablePath)) throw new Error(`There is no browser at ${executablePath}.`);

const dist = (file) => import(path.join(packageDir, "dist", "server", file));
const { serverApp } = await dist("app.js");
const { sessionCookie } = await dist("access/session.js");
const { listen } = await dist("listen.js");

const TOKEN = "bench-token-bench-token-bench-token";
const STEPS = 2_000;
const EVENTS = 40;
const ROUNDS = 9;

/** A tool that ends when it is told to. */
const waiting = [];
const held = library.tool({
  name: "held",
  description: "Ends when it is told to.",
  input: { type: "object", properties: {}, additionalProperties: false },
  output: { type: "string" },
  effects: "none",
  run: () => new Promise((resolve) => waiting.push(() => resolve("done"))),
});

const large = await loomOver(library.memoryStore(), { concurrency: 4 });
const slow = await loomOver(library.memoryStore(), { tools: [held] });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

async function served(loom, use) {
  const tokens = [{ name: "bench", token: TOKEN, right: "all" }];
  const studio = { folder: path.join(packageDir, "studio") };
  const server = await listen((port) => serverApp(loom, { tokens, cookie: sessionCookie(port), studio }), {
    host: "127.0.0.1",
    port: 0,
    limits: { stopMs: 0 },
  });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(`${server.url}/#token=${TOKEN}`);
    await page.locator("h1").waitFor();
    return await use(page, server.url);
  } finally {
    await context.close();
    await server.close();
  }
}

async function opened(page, url, runId) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const scripts = [];
  const tasks = [];
  const rows = [];
  for (let round = 0; round <= ROUNDS; round++) {
    await page.goto("about:blank");
    await page.goto(`${url}/runs/${runId}`);
    await page.locator(".rows .row").first().waitFor();
    const { metrics } = await devtools.send("Performance.getMetrics");
    if (round === 0) continue;
    const figure = (wanted) => metrics.find(({ name }) => name === wanted).value;
    scripts.push(figure("ScriptDuration"));
    tasks.push(figure("TaskDuration"));
    rows.push(await page.locator(".rows .row").count());
  }
  return [
    row(`script time to open a run of ${STEPS.toLocaleString("en-US")} steps`, "s", summary(scripts), "< 1 s"),
    row("all work of the page for it, layout included", "s", summary(tasks), ""),
    row("rows of it in the page", "", summary(rows), "about 60"),
  ];
}

/** The page notes the moment at which each row gets the mark of a finished step. */
const watchRows = () => {
  globalThis.seen = {};
  const look = () => {
    for (const link of document.querySelectorAll("[data-row]"))
      if (link.querySelector(".st.is-done")) globalThis.seen[link.dataset.row] ??= Date.now();
  };
  new MutationObserver(() => requestAnimationFrame(look)).observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
};

async function shown(page, url) {
  const steps = Array.from({ length: EVENTS }, (_, at) => ({
    id: `s${at}`,
    title: `Step ${at}`,
    tool: "held",
    with: {},
    ...(at === 0 ? {} : { dependsOn: [`s${at - 1}`] }),
  }));
  const run = await slow.start("Measure", { plan: { steps, answer: { value: "done" } } });
  await page.goto(`${url}/runs/${run.id}?view=steps`);
  await page.locator("[data-row=s0]").waitFor();
  await page.evaluate(watchRows);
  const committed = {};
  for await (const event of run.events({ follow: true })) {
    if (event.type === "step.completed") committed[event.data.step] = event.at;
    if (event.type !== "step.started") continue;
    await page.waitForTimeout(100);
    while (waiting.length === 0) await page.waitForTimeout(5);
    waiting.shift()();
  }
  await page.locator(`[data-row=s${EVENTS - 1}] .st.is-done`).waitFor();
  await page.waitForTimeout(500);
  const seen = await page.evaluate(() => globalThis.seen);
  const times = Object.entries(committed).map(([step, at]) => seen[step] - at);
  const within = times.filter((ms) => ms <= 250).length;
  return [
    row("from the commit of an event to the screen", "ms", summary(times), "< 250 ms"),
    row("events within 250 ms", `of ${times.length}`, summary([within]), "all"),
  ];
}

try {
  const run = await large.start("Measure", { plan: chain(STEPS) });
  await run.result();
  console.log(
    table([
      ...(await served(large, (page, url) => opened(page, url, run.id))),
      ...(await served(slow, (page, url) => shown(page, url))),
    ]),
  );
} finally {
  await browser.close();
  await large.close();
  await slow.close();
}
