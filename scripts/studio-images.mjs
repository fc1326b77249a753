// `npm run docs:images`, after a build: takes the pictures of the Studio for docs/images, in both themes. In:
// the demo, played over HTTP in a folder of its own, and an installed chromium.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "./install.mjs";

const { chromium } = createRequire(path.join(root, "packages", "studio", "package.json"))("playwright-core");
const out = path.join(root, "docs", "images");
mkdirSync(out, { recursive: true });

const folder = mkdtempSync(path.join(tmpdir(), "planloom-images-"));
const cli = path.join(root, "packages", "planloom", "bin", "planloom.js");
const server = spawn(process.execPath, [cli, "studio", "--demo", "--port", "0"], {
  cwd: folder,
  stdio: ["ignore", "pipe", "inherit"],
});
const link = await new Promise((resolve, reject) => {
  server.stdout.once("data", (data) => resolve(String(data).split("\n")[0].trim()));
  server.once("exit", () => reject(new Error("The server did not start.")));
});
const [origin, token] = link.split("/#token=");

async function api(method, address, body) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${origin}/v1${address}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${address}: ${await answer.text()}`);
  return answer.json();
}

/** The run once it ends or waits. Follows its events. */
async function settled(runId) {
  for (;;) {
    // An event after this one is later than the document.
    const { seq } = await api("GET", `/runs/${runId}/view`);
    const run = await api("GET", `/runs/${runId}`);
    if (run.finishedAt !== null || run.waiting !== undefined) return run;
    const events = `${origin}/v1/runs/${runId}/events?after=${seq}`;
    const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
    const reader = (await fetch(events, { headers })).body.getReader();
    for (let text = ""; !text.includes("data: ");) text += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
  }
}

const start = async (goal) => settled((await api("POST", "/runs", { goal })).runId);
const send = async (runId, command) => (await api("POST", `/runs/${runId}/commands`, command), settled(runId));
const waitingHash = (run) => run.waiting.approvals[0].hash;

const REFUND = "Refund the customer of the delayed order 4711";
const research = await start("Research the top 3 AI companies and create a comparison report");
const done = await start(REFUND);
const planned = await send(done.runId, { type: "approve", hash: waitingHash(done) });
const refunded = await send(done.runId, { type: "approve", hash: waitingHash(planned) });
const call = await start(REFUND);
await send(call.runId, { type: "approve", hash: waitingHash(call) });
const plan = await start(REFUND);
const second = await send(plan.runId, { type: "reject", comment: "Refund only 10 % of the price." });

const pages = {
  runs: "/runs",
  graph: `/runs/${research.runId}?view=graph&step=rate&tab=attempts`,
  timeline: `/runs/${research.runId}?view=timeline&step=facts&item=0&tab=conversation`,
  review: `/runs/${plan.runId}/review/${waitingHash(second)}`,
  waiting: "/waiting",
  evidence: `/runs/${refunded.runId}/evidence`,
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  for (const theme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 860 }, colorScheme: theme });
    const devtools = await page.context().newCDPSession(page);
    await page.goto(link);
    await page.locator("h1").waitFor();
    for (const [name, address] of Object.entries(pages)) {
      await page.goto(origin + address);
      await page.locator("h1").waitFor({ state: "attached" });
      await page.locator("main :is(h2, li, td)").filter({ visible: true }).first().waitFor();
      await page.getByText("Loading …").first().waitFor({ state: "detached" });
      // WebP is a third of a PNG. Only the browser's own protocol gives it.
      const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 45 });
      writeFileSync(path.join(out, `studio-${name}-${theme}.webp`), Buffer.from(data, "base64"));
    }
    await page.close();
  }
} finally {
  await browser.close();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
