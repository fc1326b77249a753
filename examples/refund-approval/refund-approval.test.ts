// A refund over three processes and one SQLite file: asked for, rejected with feedback, approved; and what comes too
// late. The planner is scripted; the server, its requests and the processes are real.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createLoom, type Loom } from "planloom";
import { fakeClock, type FakeClock, type FakeOpenAI } from "planloom/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runPlanloom, runScript } from "../shared/command.js";
import { readRunDocument } from "../shared/run-contract.js";
import { PLANNER, startScripted } from "./scripted.mjs";
import { linesOf, refundTools } from "./tools.mjs";

const GOAL = "Process refund for order #12345";
const FEEDBACK = "She keeps the cable: refund only the headphones.";
const ANSWER = "80 USD were refunded to Ines Ferreira for order #12345, receipt R-0001.";
const CONFIG = ["--config", "examples/refund-approval/planloom.config.ts"];
const DAY_MS = 24 * 60 * 60_000;

let folder: string;
let server: FakeOpenAI;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "planloom-refund-test-"));
  server = await startScripted();
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ledger = () => linesOf(folder, "ledger.jsonl") as readonly { orderId: string; amountUsd: number }[];
const outbox = () => linesOf(folder, "outbox.jsonl") as readonly { to: string; text: string }[];

/** One process, over the store and the books of this test. */
const planloom = (...args: readonly string[]) =>
  runPlanloom([...args, ...CONFIG], {
    PLANLOOM_STORE: path.join(folder, "runs.db"),
    PLANLOOM_PLANNER_MODEL: PLANNER,
    PLANLOOM_PLANNER_BASE_URL: server.url,
    REFUND_BOOKS: folder,
  });

const hashIn = (text: string) => /^ {2}hash +([0-9a-f]{64})$/m.exec(text)?.[1] ?? "";

test("A asks and exits with 5, B rejects with feedback and gets another plan, C approves it, and one refund is paid", async () => {
  const a = await planloom("run", GOAL);
  expect(a).toMatchObject({ code: 5, stdout: "" });
  const runId = /\brun_\w+/.exec(a.stderr)?.[0] ?? "";
  const first = hashIn(a.stderr);
  expect(first).not.toBe("");
  // The printed commands repeat the configuration and the store that the run was started with.
  expect(a.stderr).toMatch(new RegExp(`planloom approve ${runId} --config \\S+ --store \\S+ --hash ${first}`));
  expect(a.stderr).toMatch(new RegExp(`planloom reject ${runId} --config \\S+ --store \\S+ -m`));
  expect([ledger(), outbox()]).toEqual([[], []]);

  const b = await planloom("reject", runId, "-m", FEEDBACK);
  expect(b).toMatchObject({ code: 5, stdout: "" });
  const second = hashIn(b.stderr);
  expect(b.stderr).toContain("revision 2");
  expect([second === "", second === first]).toEqual([false, false]);
  expect(server.requests).toHaveLength(2);
  expect(JSON.stringify(server.requests[0]?.body.messages)).not.toContain(FEEDBACK);
  expect(JSON.stringify(server.requests[1]?.body.messages)).toContain(`The person says: ${FEEDBACK}`);
  expect([ledger(), outbox()]).toEqual([[], []]);

  const stale = await planloom("approve", runId, "--hash", first);
  expect(stale).toMatchObject({ code: 2, stdout: "" });
  expect(stale.stderr).toContain("STALE_HASH");

  const c = await planloom("approve", runId, "--hash", second, "-m", "Looks good");
  expect(c).toMatchObject({ code: 0, stdout: `${ANSWER}\n` });
  expect(ledger()).toMatchObject([{ orderId: "12345", amountUsd: 80 }]);
  expect(outbox()).toHaveLength(1);
  expect(server.requests).toHaveLength(2);

  const twice = await planloom("approve", runId, "--hash", second, "-m", "Looks good");
  expect(twice).toMatchObject({ code: 2, stdout: "" });
  expect(ledger()).toHaveLength(1);

  await inItsLoom(undefined, async (loom) => {
    const run = await loom.get(runId);
    const said: unknown[] = [];
    for await (const { type, data } of run.events()) {
      if (type === "approval.denied" || type === "approval.granted") said.push(data);
    }
    expect(said).toMatchObject([
      { hash: first, cause: "rejected", comment: FEEDBACK },
      { hash: second, comment: "Looks good" },
    ]);
    const document = readRunDocument(JSON.stringify(await run.document()));
    expect(document).toMatchObject({ status: "completed", success: true, goal: GOAL, answer: ANSWER, replanCount: 0 });
    const refunds = document.plans.map(({ steps }) => steps.find(({ id }) => id === "refund"));
    expect(refunds.map((step) => step?.["title"])).toEqual(["Refund the whole order", "Refund the headphones"]);
  });
});

test("without a model in the variables the planner is the scripted one, and says so", async () => {
  const store = { PLANLOOM_STORE: path.join(folder, "runs.db"), REFUND_BOOKS: folder };
  const ended = await runPlanloom(["run", GOAL, ...CONFIG], store);
  expect(ended).toMatchObject({ code: 5, stdout: "" });
  expect(ended.stderr).toContain("The planner of this example is scripted");
  expect(server.requests).toHaveLength(0);
});

test("a person who is not understood has nothing paid", async () => {
  const a = await planloom("run", GOAL);
  const runId = /\brun_\w+/.exec(a.stderr)?.[0] ?? "";
  const b = await planloom("reject", runId, "-m", "Ask the shop first.");
  const c = await planloom("approve", runId, "--hash", hashIn(b.stderr));
  expect(c.code).toBe(0);
  expect(c.stdout).toContain("Nothing was refunded.");
  expect([ledger(), outbox()]).toEqual([[], []]);
});

test("at 24 h less a second it can be approved, at 24 h and a second it has expired, and nothing is paid", async () => {
  const asked = fakeClock(Date.UTC(2026, 0, 1));
  await inItsLoom(asked, async (loom) => {
    for (const runId of ["in-time", "too-late"]) {
      const run = await loom.start(GOAL, { runId });
      expect(await run.result()).toMatchObject({ status: "awaiting-approval" });
    }
  });

  const inTime = fakeClock(asked.now() + DAY_MS - 1_000);
  await inItsLoom(inTime, async (loom) => {
    const run = await loom.get("in-time");
    const [approval] = (await run.document()).waiting?.approvals ?? [];
    expect(await ticking(inTime, run.approve(approval?.hash ?? ""))).toEqual({ ok: true });
    expect(await ticking(inTime, run.result())).toMatchObject({ status: "completed" });
  });
  expect(ledger()).toHaveLength(1);

  const late = fakeClock(asked.now() + DAY_MS + 1_000);
  await inItsLoom(late, async (loom) => {
    const run = await loom.get("too-late");
    const [approval] = (await run.document()).waiting?.approvals ?? [];
    expect(await ticking(late, run.approve(approval?.hash ?? ""))).toMatchObject({ ok: false, code: "RUN_ENDED" });
    expect(await run.document()).toMatchObject({ status: "failed", error: { code: "APPROVAL_EXPIRED" } });
  });
  expect(ledger()).toHaveLength(1);
});

test("the script prints what the README shows, and leaves nothing behind", async () => {
  const ended = await runScript("examples/refund-approval/run.mjs", { TMPDIR: folder });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(await readFile(new URL("README.md", import.meta.url), "utf8")).toContain(ended.stdout.trimEnd());
  expect(readdirSync(folder)).toEqual([]);
});

/** A loom of its own over the store of this test, at this time or now. */
async function inItsLoom(clock: FakeClock | undefined, work: (loom: Loom) => Promise<void>): Promise<void> {
  const planner = { model: PLANNER, baseURL: server.url, apiKey: "none" };
  const store = path.join(folder, "runs.db");
  const config = { tools: refundTools(folder), models: { planner }, store, approval: "always" } as const;
  const loom = await createLoom(config, { env: {}, ...(clock && { clock }) });
  try {
    await work(loom);
  } finally {
    await loom.close();
  }
}

/** The result of a promise while the clock moves in small steps, by up to one second in all. */
async function ticking<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  const step = () => clock.advance(10).then(() => false);
  for (let ticks = 0; ticks < 90; ticks++) if (await Promise.race([settled, step()])) break;
  return promise;
}
