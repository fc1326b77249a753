// A store whose files vanish or are replaced while a process uses it. In: real files, taken away between two steps. Out:
// STORE_GONE before anything more is done or told, and a new store with the runs, in which they go on.
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { Loom } from "../../src/loom/loom.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { tool } from "../../src/tools/tool.js";
import type { PlanloomError } from "../../src/words/planloom-error.js";
import { folder, started } from "./sample.js";

const NEW = { expectedSeq: 0, epoch: 0 };

/** Takes the files away, in each way that is noticed. */
const WAYS: readonly (readonly [string, string, (path: string) => void])[] = [
  ["is removed", "missing", (path) => ["", "-wal", "-shm"].forEach((end) => rmSync(path + end))],
  ["goes with its folder", "missing", (path) => rmSync(dirname(path), { recursive: true })],
  ["is moved away", "missing", (path) => renameSync(path, `${path}.old`)],
  [
    "is replaced by a backup",
    "replaced",
    (path) => {
      copyFileSync(path, `${path}.new`);
      renameSync(`${path}.new`, path);
    },
  ],
  ["loses its write-ahead log", "log-missing", (path) => rmSync(`${path}-wal`)],
  [
    "gets another write-ahead log",
    "log-replaced",
    (path) => {
      rmSync(`${path}-wal`);
      writeFileSync(`${path}-wal`, "");
    },
  ],
];

const PLAN = {
  steps: ["a", "b", "c"].map((id, index) => ({
    id,
    tool: "act",
    with: { id },
    ...(index === 0 ? {} : { dependsOn: [["a", "b", "c"][index - 1]] }),
  })),
  answer: { value: "done" },
};

async function loomOver(store: string, act: (id: string) => void): Promise<Loom> {
  const loom = await createLoom(
    {
      store,
      tools: [
        tool({
          name: "act",
          description: "Acts.",
          input: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
          output: { type: "string" },
          effects: "once",
          run: ({ id }) => (act(id as string), id as string),
        }),
      ],
    },
    { env: {} },
  );
  onTestFinished(() => loom.close());
  return loom;
}

const thrownBy = (promise: Promise<unknown>): Promise<PlanloomError> =>
  promise.then(
    () => expect.fail("it was told as done"),
    (error: unknown) => error as PlanloomError,
  );

describe.each(WAYS)("a store that %s under a run", (_, lost, take) => {
  test("stops the run before its next call, and the run goes on from the saved file", async () => {
    const path = join(folder(), "store", "runs.db");
    mkdirSync(dirname(path));
    const acted: string[] = [];
    const loom = await loomOver(path, (id) => {
      acted.push(id);
      if (id === "b") take(path);
    });
    const run = await loom.start("g", { plan: PLAN });
    const gone = await thrownBy(run.result());

    expect(gone).toMatchObject({ code: "STORE_GONE", params: { path, lost, runs: [run.id] } });
    expect(acted).toStrictEqual(["a", "b"]);
    const { file } = gone.params as { readonly file: string };
    if (existsSync(dirname(path))) expect(dirname(file)).toBe(dirname(path));
    await expect(loom.list()).rejects.toMatchObject({ code: "STORE_GONE", params: { file } });
    await expect(loom.start("g", { plan: PLAN })).rejects.toMatchObject({ code: "STORE_GONE" });

    const again = await loomOver(file, (id) => void acted.push(id));
    const saved = await again.get(run.id);
    await saved.resume();
    // Step c was about to begin: its intent is in the saved file, so nobody knows whether it took effect.
    await saved.settle("c", "not-happened");
    expect(await saved.result()).toMatchObject({ status: "completed", answer: "done" });
    expect(acted).toStrictEqual(["a", "b", "c"]);
    if (!existsSync(dirname(path))) rmSync(dirname(file), { recursive: true });
  });
});

test("a run that only waits learns of it when its lease is renewed", async () => {
  const path = join(folder(), "runs.db");
  const clock = fakeClock();
  const loom = await createLoom({ store: path, tools: [] }, { env: {}, clock });
  onTestFinished(() => loom.close());
  const run = await loom.start("g", {
    plan: { steps: [{ id: "a", ask: "Well?", timeout: "2h" }], answer: { value: "done" } },
  });
  const stopped = thrownBy(run.result({ untilEnd: true }));
  rmSync(path);
  for (let passed = 0; passed < 20; passed++) await clock.advance(1_000);
  expect(await stopped).toMatchObject({ code: "STORE_GONE", params: { runs: [run.id] } });
});

test("a store without a run of this process says that there was nothing to save", async () => {
  const path = join(folder(), "runs.db");
  const store = await openSqliteStore({ path });
  onTestFinished(() => store.close());
  const { events, head } = started("r");
  await store.append("r", NEW, events, head);
  rmSync(path);
  const gone = await thrownBy(store.put("r", { inputId: "i", at: 1, by: "me", payload: {} }));
  expect(gone).toMatchObject({ code: "STORE_GONE", params: { lost: "missing", runs: [] } });
  expect(readdirSync(dirname(path)).filter((name) => name.includes("rescued"))).toStrictEqual([]);
});
