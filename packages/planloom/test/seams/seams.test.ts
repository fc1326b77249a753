// Another engine and another store, written against the published entry points alone: both pass the conformance suites, and a
// loom runs on them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLoom, memoryStore, tool } from "planloom";
import { engineConformance } from "planloom/testing";
import { toyEngine } from "./toy-engine.js";

describe("a toy engine", () => {
  const openStore = async () => memoryStore();
  for (const { name, run } of engineConformance({ openEngine: toyEngine, openStore, processes: false })) it(name, run);
});

describe("a loom on both", () => {
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

  it("runs a plan once a person has approved it", async () => {
    const loom = await createLoom({ ...config, store: memoryStore() });
    const run = await loom.start("Shout hello", { plan });
    const { status, waiting } = await run.result();
    expect(status).toBe("awaiting-approval");
    expect(await run.approve(waiting!.approvals[0]!.hash)).toStrictEqual({ ok: true });
    expect(await run.result()).toMatchObject({ status: "completed", answer: "HELLO" });
    await loom.close();
  });

  it("goes on with a run of a loom that was closed", async () => {
    const store = memoryStore();
    const first = await createLoom({ ...config, store });
    const { id } = await first.start("Shout hello", { plan });
    const { waiting } = await (await first.get(id)).result();
    await first.close();

    const second = await createLoom({ ...config, store });
    const run = await second.get(id);
    await run.approve(waiting!.approvals[0]!.hash);
    expect(await run.result()).toMatchObject({ status: "completed", answer: "HELLO" });
    await second.close();
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

  it("rejects createLoom as it rejects, and leaves a store of the caller open", async () => {
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
    [...new Set(imports)].filter((from) => !/^(planloom(\/(engine|testing|plan))?|\.\/toy-.+)$/.test(from!)),
  ).toEqual([]);
});
