// Another engine and another store, written against the published entry points alone: both pass the conformance suites,
// and a loom runs on them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLoom, memoryStore, tool } from "planloom";
import type { Command, OpenEngine, Run, StartRequest } from "planloom/engine";
import { engineConformance, scriptedModel, storeConformance } from "planloom/testing";
import { toyEngine } from "./toy-engine.js";
import { driveByHand } from "./toy-loop.js";
import { toyStore } from "./toy-store.js";

/** A path of a file that goes when the test ends. */
function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "planloom-toy-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "runs.jsonl");
}

const shout = tool({
  name: "shout",
  description: "Writes a text in capital letters.",
  input: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  output: { type: "string" },
  effects: "once",
  run: async ({ text }: { text: string }) => text.toUpperCase(),
});
const plan = { steps: [{ id: "loud", tool: "shout", with: { text: "hello" } }], answer: { value: "${{ loud }}" } };
const config = { engine: toyEngine, tools: [shout], approval: "always" } as const;

describe("a toy store", () => {
  for (const { name, run } of storeConformance({ openStore: () => toyStore(newFile()) })) it(name, run);
});

describe("a toy engine", () => {
  const openStore = async () => memoryStore();
  for (const { name, run } of engineConformance({ openEngine: toyEngine, openStore, processes: false })) it(name, run);
});

describe("a loom on both", () => {
  it("runs a plan once a person has approved it", async () => {
    const store = await toyStore(newFile());
    const loom = await createLoom({ ...config, store });
    const run = await loom.start("Shout hello", { plan });
    const { status, waiting } = await run.result();
    expect(status).toBe("awaiting-approval");
    expect(await run.approve(waiting!.approvals[0]!.hash)).toStrictEqual({ ok: true });
    expect(await run.result()).toMatchObject({ status: "completed", answer: "HELLO" });
    await loom.close();
    await store.close();
  });

  it("goes on with a run of a process that has ended", async () => {
    const file = newFile();
    const before = await toyStore(file);
    const first = await createLoom({ ...config, store: before });
    const { id } = await first.start("Shout hello", { plan });
    const { waiting } = await (await first.get(id)).result();
    await first.close();
    await before.close();

    const store = await toyStore(file);
    const second = await createLoom({ ...config, store });
    const run = await second.get(id);
    await run.approve(waiting!.approvals[0]!.hash);
    expect(await run.result()).toMatchObject({ status: "completed", answer: "HELLO" });
    expect((await second.list()).runs).toMatchObject([{ runId: id, status: "completed" }]);
    await second.close();
    await store.close();
  });
});

describe("a loop by hand", () => {
  it("runs a plan with an approval and an agent step, from the kernel, perform and a store alone", async () => {
    const approve = ({ approvals }: Run): Command => ({ type: "approve", hash: [...approvals.pending.keys()][0]! });
    const engine: OpenEngine = (ports) =>
      Object.assign(toyEngine(ports), {
        start: async (request: StartRequest) => (await driveByHand(ports, request, approve)).id,
      });
    const call = { toolCalls: [{ name: "shout", args: { text: "hello" } }] };
    const executor = scriptedModel([call, "It was shouted: HELLO."]);
    const loom = await createLoom({ ...config, engine, store: memoryStore(), models: { executor } });
    const agent = { id: "loud", agent: "Shout hello, and tell what was shouted.", tools: ["shout"] };
    const run = await loom.start("Shout hello", { plan: { steps: [agent], answer: { value: "${{ loud }}" } } });

    const ended = { status: "completed", answer: "It was shouted: HELLO." };
    expect(await run.result()).toMatchObject(ended);
    expect(await run.replay({ strict: true })).toMatchObject(ended);
    const rows = await run.journal();
    expect(rows.map(({ outcome }) => outcome !== null)).toStrictEqual([true, true, true]);
    await loom.close();
  });
});

describe("the setting `engine`", () => {
  it("is a function", async () => {
    const wrong = createLoom({ engine: "toy" as never, store: "memory" });
    await expect(wrong).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("engine") as unknown,
    });
  });

  it("whose promise rejects makes createLoom reject, and the caller's store stays open", async () => {
    const store = memoryStore();
    const closed: string[] = [];
    const close = store.close.bind(store);
    store.close = () => (closed.push("store"), close());
    const engine = () => Promise.reject(new Error("no connection"));
    await expect(createLoom({ engine, store })).rejects.toThrow("no connection");
    await expect(createLoom({ engine, store: "memory" })).rejects.toThrow("no connection");
    expect(closed).toStrictEqual([]);
  });
});

it("the toys import the published entry points and nothing else", () => {
  const folder = import.meta.dirname;
  const toys = readdirSync(folder).filter((name) => name.startsWith("toy-"));
  const imports = toys.flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/\bfrom "([^"]+)"|\bimport\("([^"]+)"\)/g)].map(
      ([, statical, dynamic]) => statical ?? dynamic,
    ),
  );
  expect(toys.length).toBeGreaterThan(0);
  expect(
    [...new Set(imports)].filter((from) => !/^(node:.+|planloom(\/(engine|testing|plan))?|\.\/toy-.+)$/.test(from!)),
  ).toEqual([]);
});

it("docs/engines-and-stores.md has every name of planloom/engine", async () => {
  const docs = readFileSync(new URL("../../../../docs/engines-and-stores.md", import.meta.url), "utf8");
  const names = Object.keys(await import("planloom/engine"));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
});

it("the suites need no test runner but one that runs functions: Node's own", () => {
  const program = `
    import { test } from "node:test";
    import { memoryStore } from "planloom";
    import { storeConformance } from "planloom/testing";
    for (const { name, run } of storeConformance({ openStore: async () => memoryStore() })) test(name, run);
  `;
  const args = ["--test-reporter=tap", "--input-type=module", "--eval", program];
  const ran = spawnSync(process.execPath, args, { cwd: import.meta.dirname, encoding: "utf8" });
  expect(ran.stdout).toMatch(/^# fail 0$/m);
  expect(Number(/^# pass (\d+)$/m.exec(ran.stdout)?.[1])).toBeGreaterThan(50);
});
