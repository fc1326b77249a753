// Exported runs opened over HTTP: read like any run under the id of the file, never steered, and not kept when damaged.
import { expect, onTestFinished, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { DOCUMENT } from "./description.js";
import { openServer, PLAN, type Served } from "./parts.js";
import { codeOf, testServer, TOKENS } from "./server.js";

/** An export of a run that waits for a person, and its id on the server that has it. */
async function exported(): Promise<{ readonly document: Record<string, unknown>; readonly served: Served }> {
  const served = await openServer({ approval: "always" });
  const { runId } = (await served.post("/v1/runs", { plan: PLAN, runId: "r1" })).body;
  await served.stopped(runId);
  return { document: (await served.get(`/v1/runs/${runId}/export`)).body, served };
}

test("every route that reads a run reads an opened file, under the id of the file", async () => {
  const { document, served: origin } = await exported();
  const { hash } = (await origin.get("/v1/runs/r1")).body.waiting.approvals[0]!;
  const other = await openServer();
  const opened = await other.post("/v1/opened", document);
  expect([opened.status, opened.body]).toMatchObject([201, { runId: "r1", replaced: null }]);
  const id = String(opened.body["id"]);
  expect(opened.headers.get("location")).toBe(`/v1/runs/${encodeURIComponent(id)}`);
  expect((await other.get(`/v1/opened/${id}`)).body).toEqual(opened.body);
  const filled = (path: string, of: string) =>
    path.replace("{id}", of).replace("{hash}", hash).replace("{revision}", "1").replace("{step}", "greet");
  const asked = { diff: "?from=1&to=1", context: "?step=greet" };
  const reads = Object.keys(DOCUMENT.paths).filter(
    (path) => path.startsWith("/v1/runs/{id}") && DOCUMENT.paths[path]!["get"],
  );
  expect(reads.length).toBeGreaterThan(9);
  for (const path of reads) {
    if (path.endsWith("/progress")) continue;
    const query = asked[path.split("/").at(-1) as keyof typeof asked] ?? "";
    const [here, there] = await Promise.all([
      other.get(filled(path, id) + query),
      origin.get(filled(path, "r1") + query),
    ]);
    expect([path, here.status]).toEqual([path, there.status]);
    if (["/v1/runs/{id}", "/v1/runs/{id}/events", "/v1/runs/{id}/export"].includes(path))
      expect(here.body).toEqual(there.body);
  }
  expect((await other.post(`/v1/runs/${id}/evidence`, { expected: "x" })).body).toHaveProperty("evaluation");
  expect((await other.get("/v1/runs")).body["runs"]).toEqual([]);
});

test("an opened run takes no command", async () => {
  const { document } = await exported();
  const server = await openServer();
  const id = String((await server.post("/v1/opened", document)).body["id"]);
  const asks: readonly (readonly [method: string, rest: string, body?: object])[] = [
    ["POST", "/commands", { type: "cancel" }],
    ["POST", "/fork", { at: 1 }],
    ["POST", "/retry-preview", {}],
    ["DELETE", ""],
  ];
  for (const [method, rest, body] of asks) {
    const refused = await server.ask(method, `/v1/runs/${id}${rest}`, body);
    expect([rest, refused.status, refused.body["code"]]).toEqual([rest, 409, "STORE_READ_ONLY"]);
    expect(refused.body.next.text).not.toBe("");
  }
});

test("damaged, foreign, later and oversize files are refused with the next step, and nothing is kept", async () => {
  const { document } = await exported();
  const server = await openServer();
  const events = document["events"] as readonly object[];
  const cases: readonly (readonly [body: unknown, code: string, says: RegExp])[] = [
    [JSON.stringify(document).slice(0, -40), "EXPORT_INVALID", /not an exported run/],
    [{ some: "file" }, "EXPORT_INVALID", /not an exported run/],
    [[1], "EXPORT_INVALID", /not an exported run/],
    [{ planloomRecording: 1 }, "EXPORT_INVALID", /a recording/],
    [{ ...document, planloomExport: 99 }, "EXPORT_INVALID", /version 99/],
    [{ ...document, events: [1] }, "EXPORT_DAMAGED", /event/],
    [{ ...document, events: events.slice(1) }, "EXPORT_DAMAGED", /damaged: event 1/],
    [{ ...document, journal: [{}] }, "EXPORT_DAMAGED", /seal/],
    ["[".repeat(5_000) + "]".repeat(5_000), "EXPORT_INVALID", /not an exported run/],
    [`"${"x".repeat(LIMITS.openedBytes)}"`, "EXPORT_INVALID", /larger than 32 MiB/],
  ];
  for (const [body, code, says] of cases) {
    const refused = await server.post("/v1/opened", body);
    expect(refused.body).toMatchObject({ code, detail: expect.stringMatching(says) as string });
    expect(refused.status).toBe(422);
    expect(refused.body.next.text).not.toBe("");
  }
});

test("a token that only reads opens files; a file is given up after its time, and the first one when there are many", async () => {
  const { document } = await exported();
  const clock = fakeClock(1_000);
  const { ask, loom } = await testServer({ clock });
  onTestFinished(() => loom.close());
  const open = async (): Promise<string> => {
    const response = await ask("/v1/opened", { token: TOKENS.read, body: document });
    return ((await response.json()) as { readonly id: string }).id;
  };
  const statusOf = async (id: string) => (await ask(`/v1/runs/${id}/view`, { token: TOKENS.read })).status;
  expect((await ask("/v1/opened", { body: document })).status).toBe(401);
  const first = await open();
  expect(await statusOf(first)).toBe(200);
  for (let count = 1; count < LIMITS.openedRuns; count++) await open();
  expect(await statusOf(first)).toBe(200);
  const last = await open();
  expect([await statusOf(first), await statusOf(last)]).toEqual([404, 200]);
  await clock.advance(LIMITS.openedMs);
  expect(await codeOf(await ask(`/v1/runs/${last}`, { token: TOKENS.read }))).toBe("OPENED_GONE");
});
