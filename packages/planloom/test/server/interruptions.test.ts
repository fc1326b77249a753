// What breaks off: a process that drives runs, a server that starts again, a store that does not answer, a client that
// leaves. In: a server without a port. Out: runs go on, and nothing is done twice.
import { expect, test } from "vitest";
import { z } from "zod";
import { LIMITS } from "../../src/limits.js";
import { keepRecovering } from "../../src/server/recovering.js";
import { memoryStore } from "../../src/store/memory.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";
import { askingRun, codeOf, HERE, testServer, TOKENS } from "./server.js";

const token = TOKENS.all;

test("a run whose process has died is taken while the server runs, and an error is told once", async () => {
  const store = memoryStore();
  const calls: (() => void)[] = [];
  const wait = tool({
    name: "wait",
    description: "Waits.",
    input: z.object({}),
    effects: "none",
    run: (_input, { signal }) =>
      new Promise<string>((resolve, reject) => {
        calls.push(() => resolve("done"));
        signal.addEventListener("abort", () => reject(new Error("stopped")));
      }),
  });
  const first = await testServer({}, store, { tools: [wait] });
  const plan = { goal: "Wait", steps: [{ id: "w", tool: "wait", with: {} }], answer: { value: "${{ w }}" } };
  const { id } = await first.loom.start("Wait", { plan });
  await first.loom.close();
  // Another machine drives it. Nobody knows whether it lives, until its lease ends.
  const holder = "elsewhere/1/1/x/boot/space";
  await store.claim(id, (await store.owner(id))!.epoch, holder, Date.now() + 1e9);

  const second = await testServer({}, store, { tools: [wait] });
  const clock = fakeClock();
  const told: unknown[] = [];
  const stop = await keepRecovering(second.loom, (error) => told.push(error), clock);
  await clock.advance(LIMITS.recoverMs);
  expect((await store.owner(id))!.holder).toBe(holder);
  const list = store.list.bind(store);
  store.list = () => Promise.reject(new Error("the disk is away"));
  await clock.advance(LIMITS.recoverMs * 3);
  expect(told).toHaveLength(1);
  store.list = list;
  await store.renew(holder, 0);
  const run = await second.loom.get(id);
  const before = calls.length;
  await clock.advance(LIMITS.recoverMs);
  for await (const { type } of run.events({ follow: true })) if (type === "run.resumed") break;
  while (calls.length === before) await new Promise((resolve) => setImmediate(resolve));
  calls.at(-1)!();
  expect(await run.result()).toMatchObject({ status: "completed", answer: "done" });
  stop();
  expect(clock.pending).toBe(0);
  await second.loom.close();
});

test("a command with an inputId is obeyed once, also over a restart of the server", async () => {
  const store = memoryStore();
  const first = await testServer({}, store);
  const run = await askingRun(first.loom, 2);
  await run.result();
  const path = `/v1/runs/${run.id}/commands`;
  const body = { type: "respond", step: "q0", value: "yes", inputId: "click-1" };
  expect((await first.ask(path, { token, body })).status).toBe(200);
  await run.result();
  await first.loom.close();
  const second = await testServer({}, store);
  await (await second.loom.get(run.id)).result();
  const { lastSeq } = (await store.list()).runs[0]!;
  expect((await second.ask(path, { token, body })).status).toBe(200);
  expect((await store.list()).runs[0]!.lastSeq).toBe(lastSeq);
  const other = await second.ask(path, { token, body: { ...body, value: "no" } });
  expect([other.status, await codeOf(other)]).toEqual([422, "INPUT_REUSED"]);
  await second.loom.close();
});

test("a server whose store does not answer lives, and is not ready", async () => {
  const store = memoryStore();
  const { ask, loom } = await testServer({}, store);
  expect((await ask("/readyz")).status).toBe(200);
  store.list = () => Promise.reject(new Error("the disk is away"));
  const refused = await ask("/readyz");
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: "NOT_READY" }]);
  expect((await ask("/healthz")).status).toBe(200);
  await loom.close();
});

test("a plan for a client that has left is not written to its end", async () => {
  let asked = (_signal: AbortSignal) => {};
  const planning = new Promise<AbortSignal>((resolve) => (asked = resolve));
  const planner = scriptedModel(({ signal }) => {
    asked(signal);
    return { wait: new Promise(() => undefined), text: "" };
  });
  const { fetch, loom } = await testServer({}, memoryStore(), { models: { planner } });
  const client = new AbortController();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const init = { method: "POST", headers, body: '{"goal":"x"}', signal: client.signal };
  const answer = fetch(new Request(`${HERE}/v1/plans`, init));
  const signal = await planning;
  client.abort();
  expect(signal.aborted).toBe(true);
  expect((await answer).ok).toBe(false);
  await loom.close();
});
