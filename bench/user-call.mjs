// What a user calls, warm: check, start, run to its end, and the document. In memory and durable; the durable run beside
// raw commits of one row per step through the same SQLite, in the same round. Processor time, not time that passes.
import { createRequire } from "node:module";
import path from "node:path";
import { chain, durable, library, loomOver, newFile, packageDir } from "./library.mjs";
import { row, summary } from "./measure.mjs";

const ROUNDS = 9;

const cpuMs = (before) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

/** Processor time of each part, in ms for each step. */
async function userCall(loom, length) {
  const plan = chain(length);
  const parts = {};
  let before = process.cpuUsage();
  const part = (name) => {
    parts[name] = cpuMs(before) / length;
    before = process.cpuUsage();
  };
  const checked = loom.check(plan);
  part("check");
  const run = await loom.start("a benchmark", { plan: checked });
  part("start");
  const { status } = await run.result({ untilEnd: true });
  part("run");
  await run.document();
  part("document");
  if (status !== "completed") throw new Error(`the run is ${status}`);
  parts.all = parts.check + parts.start + parts.run + parts.document;
  return parts;
}

/** SQLite as the store loads it: built into Node.js from 22.13, before that the package. */
async function sqlite() {
  const builtIn = process.getBuiltinModule?.("node:sqlite");
  if (builtIn !== undefined) return builtIn.DatabaseSync;
  const from = createRequire(path.join(packageDir, "package.json"));
  return from("@photostructure/sqlite").DatabaseSync;
}

/** Processor time of one commit of one row, in ms: as durable as the store (write-ahead log, synchronous = FULL). */
async function rawCommits(count) {
  const Database = await sqlite();
  const db = new Database(newFile());
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (n INTEGER PRIMARY KEY, text TEXT)");
  const insert = db.prepare("INSERT INTO rows (text) VALUES (?)");
  const text = "x".repeat(900);
  const before = process.cpuUsage();
  for (let n = 0; n < count; n++) {
    db.exec("BEGIN IMMEDIATE");
    insert.run(text);
    db.exec("COMMIT");
  }
  const took = cpuMs(before) / count;
  db.close();
  return took;
}

async function measured(open, length, beside) {
  const store = await open();
  const loom = await loomOver(store);
  const all = [];
  const ratios = [];
  try {
    for (let round = -2; round < ROUNDS; round++) {
      const parts = await userCall(loom, length);
      const raw = await beside?.(length);
      if (round < 0) continue;
      all.push(parts);
      if (raw !== undefined) ratios.push(parts.all / raw);
    }
  } finally {
    await loom.close();
    await store.close();
  }
  const of = (name) => summary(all.map((parts) => parts[name]));
  return { of, ratio: ratios.length > 0 ? summary(ratios) : undefined };
}

export async function userCalls() {
  const rows = [];
  for (const length of [10, 100, 1_000]) {
    const { of } = await measured(async () => library.memoryStore(), length);
    const target = length === 1_000 ? "<= 0.15 ms" : "";
    rows.push(
      row(`check, start, run and document, warm, in memory, ${length} steps, per step`, "ms", of("all"), target),
    );
    if (length < 1_000) continue;
    for (const name of ["check", "start", "run", "document"]) rows.push(row(`of these, ${name}`, "ms", of(name), ""));
  }
  const { of, ratio } = await measured(durable, 1_000, rawCommits);
  rows.push(row("the same durable, 1,000 steps, per step", "ms", of("all"), ""));
  rows.push(row("the same durable / one raw commit a step", "", ratio, "<= 1.3"));
  return rows;
}
