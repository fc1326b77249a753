// The local engine: the conformance suite over both stores, and what only it promises.
import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { localEngine } from "../../src/engine/local.js";
import { performIn } from "../../src/perform/perform.js";
import type { Services } from "../../src/perform/services.js";
import { memoryStore } from "../../src/store/memory.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { engineConformance } from "../../src/testing/conformance/engine.js";
import { testEach } from "../conformance.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { call, folder, latch, requestOf, toolNamed, turn, servicesOf } from "./parts.js";

let ids = 0;

async function openLocal(services: Services): Promise<Engine> {
  const { store, clock } = services;
  return localEngine({ store, clock, perform: performIn(services), newId: (of) => `${of}-${++ids}`, defer: turn });
}

const stores = {
  memory: async () => memoryStore(),
  sqlite: () => openSqliteStore({ path: join(folder(), "planloom.db") }),
};
for (const [name, openStore] of Object.entries(stores))
  testEach(`local engine, ${name}`, engineConformance({ openEngine: localEngine, openStore, children: true }));

describe("a local engine", () => {
  test("takes a run over at once where its holder has died, whatever the lease says", async () => {
    const store = memoryStore();
    const clock = fakeClock();
    const gate = latch<string>();
    const services = servicesOf({ store, clock, tools: [toolNamed("wait", "none", () => gate.passed)] });
    const engine = await openLocal(services);
    const runId = await engine.start(requestOf(services, { plan: { steps: [call("a", "wait")] } }));
    await engine.close();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await store.claim(runId, 1, `${hostname().replaceAll("/", "-")}/${pid}/1/x`, Number.MAX_SAFE_INTEGER);

    const other = await openLocal(services);
    await other.drive(runId, "RESUMED");
    gate.open("done");
    expect((await other.stopped(runId, { untilEnd: true })).run.answering.answer).toBe("done");
    expect(await store.owner(runId)).toMatchObject({ epoch: 3, holder: null });
    await other.close();
  });

  test("refuses a retry of an ended run that it cannot read, in the log", async () => {
    const store = memoryStore();
    const services = servicesOf({ store, clock: fakeClock(), tools: [toolNamed("look", "none")] });
    const engine = await openLocal(services);
    const runId = await engine.start(requestOf(services, { plan: { steps: [call("a", "look")] } }));
    await engine.stopped(runId, { untilEnd: true });
    await store.put(runId, { inputId: "odd", at: 1, by: "ben", payload: { type: "retry", models: 1 } });
    await engine.drive(runId, "RETRIED");
    await engine.stopped(runId, { untilEnd: true });
    expect((await store.read(runId)).at(-1)).toMatchObject({
      ...{ type: "input.refused", inputId: "odd", by: "ben" },
      data: { code: "COMMAND_UNREADABLE", command: { type: "retry", unknown: true } },
    });
    await engine.close();
  });

  test("leaves no timer behind when nothing is left to drive", async () => {
    const clock = fakeClock();
    const services = servicesOf({ store: memoryStore(), clock, tools: [toolNamed("look", "none")] });
    const engine = await openLocal(services);
    const runId = await engine.start(requestOf(services, { plan: { steps: [call("a", "look")] } }));
    await engine.stopped(runId);
    await clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });
});
