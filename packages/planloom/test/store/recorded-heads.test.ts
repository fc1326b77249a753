// Runs of earlier builds in the list. In: the recorded logs and store files of test/fixtures. Out: heads that say what
// the documents of those builds said.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import type { RunDocument } from "../../src/loom/document.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { documentIn, logIn, LOGS, storeOf } from "../fixtures/logs.js";
import { folder } from "./sample.js";

test.each(LOGS)("the run of %s", async (name) => {
  const { status, goal, stepsCompleted, replanCount, tags = [] } = documentIn(name) as RunDocument;
  const log = logIn(name);
  const { store } = await storeOf(log);
  const totals = { completed: stepsCompleted, replans: replanCount };
  const { runs } = await store.list();
  expect(runs).toMatchObject([{ status, goal, totals, lastSeq: log.length, lastType: log.at(-1)!.type, tags }]);
});

const STORES = join(import.meta.dirname, "..", "fixtures", "store-0.1.0");

test.each(readdirSync(STORES))("the runs of the store file %s, which is then written on", async (name) => {
  const path = join(folder(), "planloom.db");
  writeFileSync(path, gunzipSync(readFileSync(join(STORES, name))));
  const store = await openSqliteStore({ path });
  onTestFinished(() => store.close());
  const { runs } = await store.list();
  expect(runs.length).toBeGreaterThan(0);
  expect(runs.filter(({ unreadable }) => unreadable !== undefined)).toStrictEqual([]);
  expect((await store.list()).runs).toStrictEqual(runs);
});
