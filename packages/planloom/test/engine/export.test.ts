// Runs exported to one document and opened again: the same run, without secrets, that nothing can write to.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { exportRun } from "../../src/engine/export.js";
import type { RunEvent } from "../../src/run/event.js";
import { openStore } from "../../src/store/locate.js";
import { memoryStore } from "../../src/store/memory.js";
import { openExport } from "../../src/store/open-export.js";
import type { RunExport } from "../../src/store/run-export.js";
import type { EventStore } from "../../src/store/event-store.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";
import { LOGS, logIn, storeOf } from "../fixtures/logs.js";

const SECRET = "s3cr3t-of-the-bank";

const echo = tool({
  name: "echo",
  description: "Says it again.",
  input: z.object({ text: z.string() }),
  output: z.string(),
  effects: "none",
  run: ({ text }) => `said ${text}`,
});

async function loomOf(config: LoomConfig) {
  const loom = await createLoom({ tools: [echo], ...config }, { env: {} });
  onTestFinished(() => loom.close());
  return loom;
}

/** A run whose goal, plan and outputs hold the value of a secret, which the loom that ran it does not know. */
async function toldSecret() {
  const store = memoryStore();
  const models = {
    default: scriptedModel([{ toolCalls: [{ name: "echo", args: { text: SECRET } }] }, "Done.", "It is done."]),
  };
  const loom = await loomOf({ store, models, approval: "always" });
  const plan = {
    goal: `Log in with ${SECRET}`,
    steps: [
      { id: "a", tool: "echo", with: { text: `Bearer ${SECRET}` } },
      { id: "b", agent: "Say it.", tools: ["echo"], with: { a: "${{ a }}" } },
    ],
  };
  const run = await loom.start(plan.goal, { plan });
  const [approval] = (await run.result()).waiting!.approvals;
  await run.approve(approval!.hash);
  expect((await run.result({ untilEnd: true })).status).toBe("completed");
  return { store, run };
}

/** The document as another process reads it from a file. */
const copyOf = (document: RunExport): RunExport => JSON.parse(JSON.stringify(document)) as RunExport;

test("an exported run is the same run: document, trace, view and evidence; strict replay decides the same", async () => {
  const { run } = await toldSecret();
  const document = copyOf(await run.export());
  expect(document).toMatchObject({ planloomExport: 1, runId: run.id, head: { status: "completed" } });
  expect(document).not.toHaveProperty("replaced");
  const opened = await loomOf({ store: openExport(document) });
  expect((await opened.list()).runs).toMatchObject([{ runId: run.id, status: "completed" }]);
  const again = await opened.get(run.id);
  expect(await again.document()).toEqual(await run.document());
  expect(await again.trace()).toEqual(await run.trace());
  expect(await again.journal()).toEqual(await run.journal());
  expect(await again.evidence()).toEqual(await run.evidence());
  await again.replay({ strict: true });
  expect(await again.export()).toEqual(document);
});

test("the values of secrets are replaced everywhere, and the log and its plan have hashes of their own", async () => {
  const { store, run } = await toldSecret();
  const plain = await run.export();
  const loom = await loomOf({ store, secrets: { BANK: SECRET, OTHER: "never-used-here" } });
  const document = copyOf(await (await loom.get(run.id)).export());
  expect(JSON.stringify(document)).not.toContain(SECRET);
  expect(document.head.goal).toBe("Log in with [secret BANK]");
  expect(document.replaced).toMatchObject({ secrets: ["BANK"], rows: expect.any(Number) as number });
  expect(document.replaced!.events).toBeGreaterThan(3);
  expect(document.replaced!.rows).toBeGreaterThan(0);
  // The original can be named: its last event, by the hash that covers its whole log.
  expect(document.original).toEqual(plain.original);
  const hashOf = (events: readonly RunEvent[]) => events.find((event) => event.type === "plan.proposed")!.data.hash;
  expect(hashOf(document.events)).not.toBe(hashOf(plain.events));
  expect(document.events.flatMap((event) => (event.type === "approval.granted" ? [event.data.hash] : []))).toEqual([
    hashOf(document.events),
  ]);
  const again = await (await loomOf({ store: openExport(document) })).get(run.id);
  expect(await again.document()).toMatchObject({ status: "completed", goal: "Log in with [secret BANK]" });
  expect((await again.evidence()).checks.map(({ verdict }) => verdict)).toEqual(["clean", "clean", "clean", "clean"]);
});

test("a key of a model is a secret, too; a secret that is a word of the log itself is named", async () => {
  const { store, run } = await toldSecret();
  const models = { default: { model: "m", baseURL: "http://127.0.0.1:9/v1", apiKey: SECRET } };
  const document = await (await (await loomOf({ store, models })).get(run.id)).export();
  expect(JSON.stringify(document)).not.toContain(SECRET);
  expect(document.replaced!.secrets[0]).toMatch(/^models\./);
  const impossible = await loomOf({ store, secrets: { WORD: "plan-and-execute" } });
  await expect((await impossible.get(run.id)).export()).rejects.toMatchObject({
    code: "EXPORT_NOT_POSSIBLE",
    params: { seq: 1, secrets: ["WORD"] },
  });
});

test("an opened export refuses every write, and nothing is driven", async () => {
  const { run } = await toldSecret();
  const store = openExport(await run.export());
  const opened = await loomOf({ store, models: { default: scriptedModel([]) } });
  const again = await opened.get(run.id);
  const refused = { code: "STORE_READ_ONLY" };
  await expect(again.retry({ from: "a" })).rejects.toMatchObject(refused);
  await expect(opened.delete(run.id)).rejects.toMatchObject(refused);
  await expect(
    opened.start("Another goal", { plan: { steps: [{ id: "a", tool: "echo", with: { text: "x" } }] } }),
  ).rejects.toMatchObject(refused);
  const row = (await run.journal())[0]!;
  const writes: readonly ((to: EventStore) => Promise<unknown>)[] = [
    (to) => to.append(run.id, { expectedSeq: 0, epoch: 0 }, []),
    (to) => to.writeJournal(row, 0),
    (to) => to.claim(run.id, 0, "me", 1),
    (to) => to.put(run.id, { inputId: "i", at: 1, by: "me", payload: null }),
    (to) => to.delete(run.id, 0),
  ];
  for (const write of writes) await expect(write(store)).rejects.toMatchObject(refused);
});

test.each<[string, (document: RunExport) => unknown, object]>([
  ["a text", () => "x", { code: "EXPORT_INVALID", params: { problem: "not-export" } }],
  ["another document", () => ({ runId: "r" }), { code: "EXPORT_INVALID", params: { problem: "not-export" } }],
  [
    "a recording",
    ({ events }) => ({ planloomRecording: 1, events }),
    { code: "EXPORT_INVALID", params: { problem: "recording" } },
  ],
  [
    "one of a later version",
    (it) => ({ ...it, planloomExport: 2 }),
    { code: "EXPORT_INVALID", params: { problem: "newer", version: 2 } },
  ],
  [
    "one without events",
    (it) => ({ ...it, events: [] }),
    { code: "EXPORT_INVALID", params: { problem: "incomplete" } },
  ],
  [
    "one without a journal",
    ({ journal: _, ...it }) => it,
    { code: "EXPORT_INVALID", params: { problem: "incomplete" } },
  ],
  ["a changed event", (it) => changed(it, 2, { at: 1 }), { code: "EXPORT_DAMAGED", params: { part: "event", seq: 4 } }],
  [
    "a changed last event",
    (it) => changed(it, it.events.length - 1, { at: 1 }),
    { code: "EXPORT_DAMAGED", params: { part: "seal" } },
  ],
  [
    "a missing event",
    (it) => ({ ...it, events: it.events.slice(0, -1) }),
    { code: "EXPORT_DAMAGED", params: { part: "seal" } },
  ],
  [
    "a changed journal",
    (it) => ({ ...it, journal: it.journal.slice(1) }),
    { code: "EXPORT_DAMAGED", params: { part: "seal" } },
  ],
  ["events of a later version", (it) => changed(it, 2, { v: 99 }), { code: "EVENT_NEWER" }],
])("%s is refused, and it is said why", async (_, edit, expected) => {
  const { run } = await toldSecret();
  const document = edit(copyOf(await run.export()));
  expect(thrownBy(() => openExport(document, "run.json"))).toMatchObject(expected);
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

const changed = (document: RunExport, index: number, field: object): RunExport => ({
  ...document,
  events: document.events.map((event, at) => (at === index ? { ...event, ...field } : event)),
});

test.each(LOGS.filter((name) => /people|planned|agent-and/.test(name)))(
  "%s: a log of an earlier build",
  async (name) => {
    const { store, runId } = await storeOf(logIn(name));
    const opened = openExport(copyOf(await exportRun(store, runId, {})));
    expect(await opened.read(runId)).toEqual(await store.read(runId));
    // The goal stands in the plan, too, so its hash is made again by the version that the log has.
    const { goal } = (await store.list()).runs[0]!;
    const word = goal.padEnd(8, "x");
    const clean = await exportRun(store, runId, goal === word ? { GOAL: word } : {});
    expect((await openExport(copyOf(clean)).list()).runs).toMatchObject([
      { goal: goal === word ? "[secret GOAL]" : goal },
    ]);
  },
);

test("a file that ends in .json is opened as an export by the name of a store", async () => {
  const { run } = await toldSecret();
  const folder = mkdtempSync(join(tmpdir(), "planloom-export-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "run.json");
  writeFileSync(file, JSON.stringify(await run.export()));
  const store = await openStore(file);
  expect(store.name).toBe(`export ${file}`);
  expect((await store.list()).runs).toHaveLength(1);
  writeFileSync(file, "{");
  await expect(openStore(file)).rejects.toMatchObject({ code: "EXPORT_INVALID", params: { problem: "unreadable" } });
  const database = await openStore(join(folder, "new.json"));
  await database.close();
  await (await openStore(join(folder, "new.json"))).close();
});
