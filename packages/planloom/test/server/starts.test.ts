// Starts over HTTP: a key starts one run, also after a restart and under two requests at once; and a run gets settings of
// its own, which are never less strict than the configuration's.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { BEN, openServer, PLAN } from "./parts.js";

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), "planloom-starts-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "runs.db");
}

const body = { plan: PLAN, tags: ["a"] };
const key = { "idempotency-key": "order-17" };

test("a key starts one run, for each token, also after a restart", async () => {
  const store = file();
  const before = await openServer({ store });
  const first = await before.post("/v1/runs", body, key);
  expect(first.status).toBe(201);
  await before.stopped(first.body.runId);
  const again = await before.post("/v1/runs", { tags: ["a"], plan: PLAN }, key);
  expect(again).toMatchObject({ status: 200, body: { runId: first.body.runId, status: "awaiting-approval" } });
  expect(again.headers.get("location")).toBe(first.headers.get("location"));
  expect((await before.as(BEN).post("/v1/runs", body, key)).status).toBe(201);
  await before.loom.close();

  const after = await openServer({ store, tools: [] });
  // The tools of the plan are gone, so it would not pass check any more. The run is there all the same.
  expect(await after.post("/v1/runs", body, key)).toMatchObject({ status: 200, body: { runId: first.body.runId } });
  expect(await after.post("/v1/runs", { ...body, tags: [] }, key)).toMatchObject({
    status: 422,
    body: { code: "KEY_REUSED", next: { action: "show", runId: first.body.runId } },
  });
  expect((await after.get("/v1/runs")).body["runs"]).toHaveLength(2);
});

test("two servers that get the same key at once start one run, and one body wins", async () => {
  const store = file();
  const [one, other] = [await openServer({ store }), await openServer({ store })];
  const same = [one, one, other, other].map(({ post }) => post("/v1/runs", body, key));
  const replies = await Promise.all(same);
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
  expect(new Set(replies.map((reply) => reply.body.runId)).size).toBe(1);
  const bodies = [one.post("/v1/runs", body, { "idempotency-key": "k" })].concat(
    other.post("/v1/runs", { ...body, tags: ["b"] }, { "idempotency-key": "k" }),
  );
  expect((await Promise.all(bodies)).map(({ status }) => status).sort()).toEqual([201, 422]);
});

test.each([
  ["an empty key", {}, ""],
  ["a long key", {}, "x".repeat(600)],
  ["a key beside an id", { runId: "r" }, "k"],
])("%s is refused", async (_name, more, value) => {
  const { post } = await openServer();
  const reply = await post("/v1/runs", { ...body, ...more }, { "idempotency-key": value });
  expect(reply).toMatchObject({ status: 400, body: { code: "KEY_INVALID" } });
});

test("a run has settings of its own, and keeps them in a retry and a fork", async () => {
  const { post, get, stopped, loom } = await openServer({ budget: { tokens: 1_000 }, approval: "never" });
  const settings = {
    approval: "always",
    budget: { tokens: 500, modelCalls: 9 },
    limits: { turns: 2 },
    replan: "never",
  };
  const { body: run } = await post("/v1/runs", { plan: PLAN, settings });
  await stopped(run.runId);
  expect((await get(`/v1/runs/${run.runId}`)).body.waiting.approvals).toMatchObject([{ subject: "plan" }]);
  const own = { approval: "always", turns: 2, replan: "never", budget: { tokens: 500, modelCalls: 9, wallMs: null } };
  expect((await loom.engine.load(run.runId)).request.settings).toMatchObject(own);

  await post(`/v1/runs/${run.runId}/commands`, { type: "cancel" });
  await stopped(run.runId);
  const fork = await post(`/v1/runs/${run.runId}/fork`, { at: "greet" });
  expect((await loom.engine.load(fork.body.runId)).request.settings).toMatchObject(own);
  await post(`/v1/runs/${run.runId}/commands`, { type: "retry" });
  expect((await loom.engine.load(run.runId)).request.settings).toMatchObject(own);
});

test.each<[object, object, string]>([
  [{ approval: "effects" }, { approval: "never" }, "approval"],
  [{ approval: () => ({ required: false, reason: "" }) }, { approval: "effects" }, "approval"],
  [{}, { guard: "off" }, "guard"],
  [{ concurrency: 2 }, { concurrency: 3 }, "concurrency"],
  [{ budget: { costUsd: 1 }, prices: {} }, { budget: { costUsd: 2 } }, "budget.costUsd"],
  [{ limits: { replans: 1 } }, { limits: { replans: 2 } }, "limits.replans"],
])("of a configuration with %o, a run cannot have %o", async (config, settings, name) => {
  const { post } = await openServer(config);
  const reply = await post("/v1/runs", { plan: PLAN, settings });
  expect(reply).toMatchObject({
    status: 403,
    body: { code: "SETTING_LOOSER", next: { action: "set", setting: name } },
  });
});

test("a setting that no run has of its own is refused by its name", async () => {
  const { post, loom } = await openServer();
  expect(await post("/v1/runs", { plan: PLAN, settings: { store: "x" } })).toMatchObject({
    status: 400,
    body: { code: "REQUEST_INVALID", faults: [{ at: "/settings", is: "unknown", field: "store" }] },
  });
  await expect(loom.start("", { plan: PLAN, settings: { limits: { steps: 3 } as object } })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
});
