// The routes of the HTTP API in process: each is a call of the library, and each error is a problem with a next step.
import { expect, test } from "vitest";
import { errorProblem, thrownResponse } from "../../src/server/problem.js";
import { surfaceFor } from "../../src/server/surface-studio.js";
import type { ErrorSubject } from "../../src/words/errors.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { ERROR_SAMPLES } from "../words/samples.js";
import { ANN, BEN, openServer, PLAN } from "./parts.js";

const text: unknown = expect.any(String);
const list: unknown = expect.any(Array);
const hasEcho: unknown = expect.stringContaining("echo");

test("a run is started, followed, approved, answered, read in parts and deleted", async () => {
  const { post, get, ask, stopped } = await openServer();
  const started = await post("/v1/runs", { plan: PLAN, tags: ["demo"], runId: "run 1/ä" });
  expect(started).toMatchObject({ status: 201, body: { runId: "run 1/ä", tags: ["demo"] } });
  const at = started.headers.get("location")!;
  expect(at).toBe("/v1/runs/run%201%2F%C3%A4");
  await stopped("run 1/ä");

  const waiting = await get(at);
  const approval = waiting.body.waiting.approvals[0]!;
  expect(approval).toMatchObject({ subject: { step: "pay" }, args: { invoice: "A1" } });
  const approved = await post(`${at}/commands`, { type: "approve", hash: approval.hash, args: { invoice: "A2" } });
  expect(approved).toMatchObject({ status: 200, body: { runId: "run 1/ä" } });
  await stopped("run 1/ä");
  const answered = await post(`${at}/commands`, { type: "respond", step: "format", value: "PDF" });
  expect(answered.status).toBe(200);
  await stopped("run 1/ä");

  expect((await get(at)).body).toMatchObject({ status: "completed", answer: "paid A2 as PDF" });
  expect((await get("/v1/runs?tag=demo&text=INVOICE&status=completed")).body).toMatchObject({
    runs: [{ runId: "run 1/ä", status: "completed" }],
    cursor: null,
  });
  const { events } = (await get(`${at}/events`)).body;
  expect(events.find((event) => event.type === "approval.granted")).toMatchObject({ by: ANN.name });
  expect((await get(`${at}/plans/1`)).body).toMatchObject({ revision: 1, goal: PLAN.goal });
  expect((await get(`${at}/context?step=pay`)).body).toMatchObject({ step: "pay", arguments: { invoice: "A2" } });
  expect((await get(`${at}/diff`)).body).toMatchObject({ code: "NO_REVISION", status: 404 });
  expect((await get(`${at}/journal?step=pay`)).body).toMatchObject({ rows: list });
  expect((await get(`${at}/view`)).body).toMatchObject({ status: "completed", rows: list });
  expect((await get(`${at}/evidence`)).body).toMatchObject({ success: true });
  const compared = await post(`${at}/evidence`, { expected: "paid A1 as PDF" });
  expect(compared.body).toMatchObject({ evaluation: { met: false } });
  expect(await ask("DELETE", at)).toMatchObject({ status: 204 });
  expect(await get(at)).toMatchObject({ status: 404, body: { code: "RUN_UNKNOWN" } });
});

test("an ended run is previewed, forked and retried", async () => {
  const { post, stopped } = await openServer();
  const { body: run } = await post("/v1/runs", { plan: PLAN });
  const at = `/v1/runs/${run.runId}`;
  await stopped(run.runId);
  expect(await post(`${at}/retry-preview`, {})).toMatchObject({ status: 409, body: { code: "RUN_NOT_ENDED" } });
  expect(await post(`${at}/fork`, { at: "greet" })).toMatchObject({ status: 409, body: { code: "RUN_NOT_ENDED" } });
  expect(await post(`${at}/commands`, { type: "cancel" })).toMatchObject({ status: 200 });
  await stopped(run.runId);

  expect((await post(`${at}/retry-preview`, {})).body).toMatchObject({ ok: true, reused: ["greet"] });
  expect((await post(`${at}/fork-preview`, { at: "pay" })).body).toMatchObject({
    reused: ["greet"],
    runs: ["pay", "format"],
  });
  const fork = await post(`${at}/fork`, { at: "pay", runId: "second" });
  expect(fork).toMatchObject({ status: 201, body: { runId: "second", parent: { runId: run.runId, at: "pay" } } });
  expect(await post(`${at}/commands`, { type: "retry" })).toMatchObject({ status: 200, body: { runId: run.runId } });
  await stopped(run.runId);
  expect(await post(`${at}/commands`, { type: "pause" })).toMatchObject({ status: 200, body: { status: "paused" } });
  expect(await post(`${at}/commands`, { type: "resume" })).toMatchObject({ status: 200 });
});

test("plans are checked and estimated, and tools listed, without a run", async () => {
  const { post, get } = await openServer();
  const checked = await post("/v1/plans/check", { plan: PLAN });
  expect(checked.body).toMatchObject({ ok: true, hash: text, quality: { orderDefined: true } });
  const wrong = { goal: "x", steps: [{ id: "a", tool: "ecko", with: { value: 1 } }] };
  expect((await post("/v1/plans/check", { plan: wrong })).body).toMatchObject({
    ok: false,
    findings: [{ code: "UNKNOWN_TOOL", message: text, fix: hasEcho }],
  });
  expect((await post("/v1/plans/estimate", { plan: PLAN })).body).toMatchObject({ unknown: list });
  expect(await post("/v1/plans/estimate", { plan: wrong })).toMatchObject({
    status: 422,
    body: { code: "PLAN_INVALID", findings: [{ code: "UNKNOWN_TOOL", fix: hasEcho }] },
  });
  expect(await post("/v1/plans", { goal: "Add" })).toMatchObject({ status: 422, body: { code: "NO_PLANNER" } });
  const { tools } = (await get("/v1/tools")).body;
  expect(tools).toContainEqual(expect.objectContaining({ name: "pay", effects: "once", control: ["invoice"] }));
  expect(await get("/readyz")).toMatchObject({ status: 200, body: { ok: true } });
});

test("a command with an id is obeyed once, and answered the same", async () => {
  const { post, get, as, stopped } = await openServer();
  const { body: run } = await post("/v1/runs", { plan: PLAN });
  const at = `/v1/runs/${run.runId}`;
  await stopped(run.runId);
  const { hash } = (await get(at)).body.waiting.approvals[0]!;
  const approve = { type: "approve", hash, inputId: "1" };
  const both = await Promise.all([post(`${at}/commands`, approve), post(`${at}/commands`, approve)]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  await stopped(run.runId);
  expect((await post(`${at}/commands`, approve)).status).toBe(200);
  const granted = (await get(`${at}/events`)).body.events.filter(({ type }) => type === "approval.granted");
  expect(granted).toHaveLength(1);
  expect(await post(`${at}/commands`, { ...approve, hash: "other" })).toMatchObject({
    status: 422,
    body: { code: "INPUT_REUSED" },
  });
  // Another token has ids of its own, and without an id the command is judged anew.
  const refused = { status: 409, body: { code: "ALREADY_APPROVED" } };
  expect(await as(BEN).post(`${at}/commands`, approve)).toMatchObject(refused);
  expect(await post(`${at}/commands`, { type: "approve", hash })).toMatchObject(refused);
});

test("a next step names a route of the run", async () => {
  const { post, get, stopped } = await openServer();
  const { body: run } = await post("/v1/runs", { plan: PLAN });
  await stopped(run.runId);
  await post(`/v1/runs/${run.runId}/commands`, { type: "reject", comment: "Too dear" });
  await stopped(run.runId);
  const { report } = (await get(`/v1/runs/${run.runId}`)).body;
  expect(report.next).toContain(`POST /v1/runs/${run.runId}/commands`);
  const refused = await post(`/v1/runs/${run.runId}/commands`, { type: "pause" });
  expect(refused).toMatchObject({ status: 409, body: { code: "RUN_ENDED", next: { runId: run.runId } } });
  expect(refused.body.next.text).toContain(`/v1/runs/${run.runId}`);
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
});

test.each<[string, string, string, unknown, number, string, RegExp]>([
  ["an unknown field", "POST", "/v1/runs", { gaol: "x" }, 400, "REQUEST_INVALID", /"gaol".* fields are goal, plan/su],
  [
    "a field of a command",
    "POST",
    "/v1/runs/r/commands",
    { type: "approve", hash: "h", yes: 1 },
    400,
    "REQUEST_INVALID",
    /"yes".*hash, comment/su,
  ],
  ["no hash", "POST", "/v1/runs/r/commands", { type: "approve" }, 400, "REQUEST_INVALID", /`hash` is missing/u],
  [
    "another command",
    "POST",
    "/v1/runs/r/commands",
    { type: "ok" },
    400,
    "REQUEST_INVALID",
    /`type` is "ok".*approve, reject/su,
  ],
  ["a list as the body", "POST", "/v1/runs", [], 400, "REQUEST_INVALID", /it is a list, not a record/u],
  ["another type", "POST", "/v1/runs", { goal: 12 }, 400, "REQUEST_INVALID", /`goal` is 12, not a text/u],
  [
    "a plan that is a number",
    "POST",
    "/v1/plans/check",
    { plan: 12 },
    400,
    "REQUEST_INVALID",
    /`plan` is 12, not a plan/u,
  ],
  [
    "a field deeper down",
    "POST",
    "/v1/runs",
    { goal: "x", trust: { a: "yes" } },
    400,
    "REQUEST_INVALID",
    /`trust.a` is "yes".*public/su,
  ],
  ["a hostile field", "POST", "/v1/runs", '{"__proto__": {"goal": "x"}}', 400, "REQUEST_INVALID", /"__proto__"/u],
  ["no goal", "POST", "/v1/runs", {}, 400, "GOAL_EMPTY", /goal/u],
  ["broken JSON", "POST", "/v1/runs", "{", 400, "JSON_INVALID", /JSON/u],
  ["deep JSON", "POST", "/v1/runs", `${"[".repeat(1e4)}${"]".repeat(1e4)}`, 400, "JSON_INVALID", /deeper than 500/u],
  ["another filter", "GET", "/v1/runs?stat=failed", undefined, 400, "REQUEST_INVALID", /"stat".*status, text/su],
  ["another status", "GET", "/v1/runs?status=done", undefined, 400, "REQUEST_INVALID", /"done".*completed/su],
  [
    "a limit in words",
    "GET",
    "/v1/runs?limit=ten",
    undefined,
    400,
    "REQUEST_INVALID",
    /`limit` is "ten", not a whole number/u,
  ],
  ["a limit twice", "GET", "/v1/runs?limit=1&limit=2", undefined, 400, "REQUEST_INVALID", /`limit` is a list/u],
  ["a foreign cursor", "GET", "/v1/runs?cursor=x", undefined, 400, "CURSOR_INVALID", /cursor/u],
  ["an unknown run", "GET", "/v1/runs/nope", undefined, 404, "RUN_UNKNOWN", /GET \/v1\/runs/u],
  ["an unknown run's journal", "GET", "/v1/runs/nope/journal", undefined, 404, "RUN_UNKNOWN", /nope/u],
  ["an unknown route", "GET", "/v1/run", undefined, 404, "ROUTE_UNKNOWN", /openapi/u],
  ["another method", "PUT", "/v1/runs", {}, 405, "METHOD_NOT_ALLOWED", /Use .*POST/u],
  ["a context without a step", "GET", "/v1/runs/r/context", undefined, 400, "REQUEST_INVALID", /`step` is missing/u],
])("%s is a problem", async (_name, method, path, body, status, code, words) => {
  const { ask } = await openServer();
  const reply = await ask(method, path, body);
  expect(reply).toMatchObject({ status, body: { status, code, type: "about:blank" } });
  expect(`${reply.body.detail} ${reply.body.next.text}`).toMatch(words);
  expect(reply.headers.get("content-type")).toBe("application/problem+json");
});

test("a body that is not JSON is refused by its type, and a wrong method names the right ones", async () => {
  const { ask } = await openServer();
  const plain = await ask("POST", "/v1/runs", "goal=x", { "content-type": "text/plain" });
  expect(plain).toMatchObject({ status: 415, body: { code: "MEDIA_TYPE" } });
  const put = await ask("PUT", "/v1/runs/r");
  expect(put.headers.get("allow")).toBe("GET, DELETE, HEAD");
});

test("an approval of a plan that was replaced says what changed since", async () => {
  const { post, get, stopped } = await openServer({ approval: "always" });
  const { body: run } = await post("/v1/runs", { plan: PLAN });
  const at = `/v1/runs/${run.runId}`;
  await stopped(run.runId);
  const { hash } = (await get(at)).body.waiting.approvals[0]!;
  const [greet, ...rest] = PLAN.steps;
  const plan = { ...PLAN, steps: [{ ...greet, with: { value: "good day" } }, ...rest] };
  expect((await post(`${at}/commands`, { type: "edit", plan, hash })).status).toBe(200);
  const stale = await post(`${at}/commands`, { type: "approve", hash });
  expect(stale).toMatchObject({
    status: 409,
    body: {
      code: "STALE_HASH",
      diff: { from: { revision: 1, hash }, to: { revision: 2 }, changed: [{ id: "greet" }] },
      next: { runId: run.runId },
    },
  });
  expect((await get(`${at}/export`)).body).toMatchObject({ runId: run.runId });
});

const PAGE = new Request("http://127.0.0.1/", { headers: { "planloom-words": "studio" } });

test("each error of the library has a status, one that may pass says when to ask again, and no page is told a route", () => {
  const statuses = Object.entries(ERROR_SAMPLES).flatMap(([code, samples]) =>
    samples.map((params) => {
      const error = new PlanloomError(...([code, params] as unknown as ErrorSubject));
      const { status, headers } = thrownResponse(error, surfaceFor(PAGE));
      const { text } = errorProblem(error, surfaceFor(PAGE)).next;
      // No page asks for a route that does not exist.
      expect([code, text.includes("/v1/")]).toEqual([code, code === "ROUTE_UNKNOWN"]);
      expect([code, status >= 400 && status !== 500]).toEqual([code, true]);
      expect([code, status === 503 && !headers.has("retry-after")]).toEqual([code, false]);
      return [code, status] as const;
    }),
  );
  expect(Object.fromEntries(statuses)).toMatchObject({
    ...{ STORE_BUSY: 503, STORE_FAILED: 503, STORE_FULL: 507, RUN_DAMAGED: 409, ENGINE_CLOSED: 503 },
    ...{ PROVIDER_FAILED: 502, PROVIDER_TIMEOUT: 504, PROVIDER_RATE_LIMITED: 503, MODEL_NOT_SET: 422 },
    ...{ RUN_UNKNOWN: 404, RUN_OWNED: 409, RUN_EXISTS: 409, PLAN_INVALID: 422, GOAL_EMPTY: 400, NO_PLANNER: 422 },
  });
});
