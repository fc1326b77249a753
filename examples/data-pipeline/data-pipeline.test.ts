// Twelve steps over a real SQLite file, one of which fails and is patched: what had finished is not done again, and the
// database itself bears witness. The planner is scripted; it reads the failure in the request that it is sent.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createLoom, type Loom, type RunEvent, type Tool } from "planloom";
import type { FakeOpenAI } from "planloom/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runJson, runPlanloom, runScript } from "../shared/command.js";
import { firstMessage } from "../shared/model-request.mjs";
import { openDatabase, type Database } from "./database.mjs";
import { PLANNER, startScripted } from "./scripted.mjs";
import { pipelineTools } from "./tools.mjs";

const GOAL = "Build the sales report of March from the three exports.";
const CONFIG = ["--config", "examples/data-pipeline/planloom.config.ts"];
const FINISHED = ["orders", "customers", "rates", "uniqueOrders", "activeCustomers", "knownCurrencies"];
const REST = ["byDay", "bySegment", "topCustomers", "sumsAgree", "report"];
const REPORT = [
  { what: "customer", name: "c1", usd: 350 },
  { what: "customer", name: "c3", usd: 210 },
  { what: "customer", name: "c2", usd: 160 },
  { what: "segment", name: "shop", usd: 510 },
  { what: "segment", name: "school", usd: 210 },
  { what: "segment", name: "office", usd: 40 },
];

let folder: string;
let file: string;
let database: Database;
let server: FakeOpenAI;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "planloom-pipeline-test-"));
  file = path.join(folder, "pipeline.db");
  database = await openDatabase(file);
  server = await startScripted();
});

afterEach(async () => {
  database.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function withLoom(tools: readonly Tool[], work: (loom: Loom) => Promise<void>): Promise<void> {
  const planner = { model: PLANNER, baseURL: server.url, apiKey: "none" };
  const loom = await createLoom({ tools, models: { planner }, store: path.join(folder, "runs.db") }, { env: {} });
  try {
    await work(loom);
  } finally {
    await loom.close();
  }
}

const tools = () => pipelineTools(database, fileURLToPath(new URL("data", import.meta.url)));

/** `orders done`, in the order in which the database was called. */
const calls = () =>
  database
    .prepare("SELECT step, outcome FROM calls ORDER BY rowid")
    .all()
    .map(({ step, outcome }) => `${step} ${outcome}`);

/** Every step once, and the one that failed once more. */
const EACH_ONCE = [
  ...FINISHED.map((id) => `${id} done`),
  "sales failed",
  "sales done",
  ...REST.map((id) => `${id} done`),
];

test("the step that fails is patched; what had finished is not called again, and all that waited for it runs once", async () => {
  await withLoom(tools(), async (loom) => {
    const run = await loom.start(GOAL);
    expect(await run.result()).toMatchObject({
      ...{ status: "completed", success: true, answer: REPORT },
      ...{ stepsTotal: 12, stepsCompleted: 12, replanCount: 1, usage: { planner: { calls: 2 } } },
    });
    expect(calls().toSorted()).toEqual(EACH_ONCE.toSorted());
    expect(calls().indexOf("sales failed")).toBe(FINISHED.length);

    const log: RunEvent[] = [];
    for await (const event of run.events()) log.push(event);
    const course = log.filter(({ type }) => /^(step\.failed|replan\.requested|plan\.proposed)$/.test(type));
    expect(course.map(({ type, data }) => [type, data])).toMatchObject([
      ["plan.proposed", { revision: 1, cause: "goal" }],
      ["step.failed", { step: "sales", error: { code: "SQL_FAILED" }, decision: "patch" }],
      ["replan.requested", { mode: "patch", cause: "failure", failed: [{ step: "sales" }] }],
      [
        "plan.proposed",
        {
          ...{ revision: 2, cause: "patch", kept: FINISHED.map((step) => ({ step })), changed: ["sales", ...REST] },
          ...{ dropped: [], added: [], mustApprove: [] },
        },
      ],
    ]);
    const started = log.flatMap((event) => (event.type === "step.started" ? [event.data.step] : []));
    expect(started.toSorted()).toEqual([...FINISHED, "sales", "sales", ...REST].toSorted());
  });
});

test("the planner is told what failed and which columns there are, and is asked for that step alone", async () => {
  await withLoom(tools(), async (loom) => {
    await loom.run(GOAL);
    const [, patch] = server.requests.map(({ body }) => firstMessage(body));
    expect(server.requests).toHaveLength(2);
    expect(patch).toContain("no such column: o.amount");
    expect(patch).toContain("orders_unique(id, day, customer, gross, currency)");
    expect(patch).toContain(`You may replace or drop sales, ${REST.join(", ")}, and add steps.`);
    // Contents of rows are nothing that it needs.
    expect(JSON.stringify(server.requests)).not.toContain("2026-03-01");
  });
});

test("were the tools not trusted, calls whose query they chose would wait for a person", async () => {
  const untrusted = tools().map((tool): Tool => {
    const { trusted: _trusted, ...spec } = tool.spec;
    return { ...tool, spec };
  });
  await withLoom(untrusted, async (loom) => {
    const result = await loom.run(GOAL);
    expect(result).toMatchObject({ status: "awaiting-approval", replanCount: 0 });
    const chosen = { code: "CONTROL_UNTRUSTED", tool: "transform" };
    // The two steps do not depend on each other: either may ask first.
    const approvals = [...(result.waiting?.approvals ?? [])];
    approvals.sort((a, b) => JSON.stringify(a.subject).localeCompare(JSON.stringify(b.subject)));
    expect(approvals).toMatchObject([
      { subject: { step: "activeCustomers" }, ...chosen },
      { subject: { step: "uniqueOrders" }, ...chosen, guard: { args: ["select"], from: [{ step: "orders" }] } },
    ]);
    expect(calls()).not.toContain("uniqueOrders done");
  });
});

test("the command line runs the plan of the file, with the planner that a variable names", async () => {
  const args = ["run", "examples/data-pipeline/plan.yaml", "--yes"];
  const { code, document } = await runJson([...args, ...CONFIG], {
    PIPELINE_DATABASE: file,
    PLANLOOM_PLANNER_MODEL: PLANNER,
    PLANLOOM_PLANNER_BASE_URL: server.url,
  });
  expect(code).toBe(0);
  expect(document).toMatchObject({ status: "completed", answer: REPORT, stepsTotal: 12, replanCount: 1 });
  expect(document.plans.map(({ revision, cause }) => [revision, cause])).toEqual([
    [1, "given"],
    [2, "patch"],
  ]);
  expect(calls().toSorted()).toEqual(EACH_ONCE.toSorted());
});

test("without a model the configuration brings the scripted planner, which says so; with --on-failure fail it is not asked", async () => {
  const args = ["run", "examples/data-pipeline/plan.yaml", "--yes", ...CONFIG];
  const env = { PIPELINE_DATABASE: file, PLANLOOM_STORE: path.join(folder, "cli.db") };
  const failed = await runPlanloom([...args, "--on-failure", "fail"], env);
  expect(failed).toMatchObject({ code: 1, stdout: "" });
  expect(failed.stderr).not.toContain("scripted");
  const ended = await runPlanloom(["retry", "last", "--yes", ...CONFIG], env);
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain("The planner of this example is scripted");
  expect(JSON.parse(ended.stdout)).toEqual(REPORT);
  const finished = calls().filter((call) => FINISHED.some((id) => call === `${id} done`));
  expect(finished).toHaveLength(FINISHED.length);
  const diff = await runPlanloom(["diff", "last", ...CONFIG], env);
  expect(diff.stdout).toContain("a patch\n  why: sales failed: ");
  expect(server.requests).toHaveLength(0);
});

test("the script prints what the README shows, and leaves nothing behind", async () => {
  const place = path.join(folder, "empty");
  mkdirSync(place);
  const ended = await runScript("examples/data-pipeline/run.mjs", { TMPDIR: place });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(await readFile(new URL("README.md", import.meta.url), "utf8")).toContain(ended.stdout.trimEnd());
  expect(readdirSync(place)).toEqual([]);
});
