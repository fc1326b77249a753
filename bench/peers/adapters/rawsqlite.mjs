// The least that a durable run costs: bare promises, and one synced SQLite commit of two rows for each finished step.
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { runTool } from "../plans.mjs";

/** Built into Node.js from 22.13, before that the package that the store uses. */
function database() {
  const builtIn = process.getBuiltinModule?.("node:sqlite");
  if (builtIn !== undefined) return builtIn.DatabaseSync;
  return createRequire(path.join(import.meta.dirname, "../../../packages/planloom/package.json"))(
    "@photostructure/sqlite",
  ).DatabaseSync;
}

export async function build(plan) {
  const Database = database();
  const db = new Database(process.env["SQLITE_PATH"] ?? path.join(os.tmpdir(), `raw-${process.pid}.db`));
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  db.exec("CREATE TABLE events (run TEXT, seq INTEGER, data TEXT, PRIMARY KEY (run, seq)) WITHOUT ROWID");
  const insert = db.prepare("INSERT INTO events VALUES (?, ?, ?)");
  let runs = 0;
  return async (ran) => {
    const run = `run-${++runs}`;
    let seq = 0;
    const commit = (step, output) => {
      const text = JSON.stringify({ type: "step.completed", step, output, prev: "0".repeat(64), key: "0".repeat(64) });
      db.exec("BEGIN IMMEDIATE");
      insert.run(run, ++seq, text);
      insert.run(run, ++seq, text);
      db.exec("COMMIT");
    };
    const results = new Map();
    for (const step of plan)
      results.set(
        step.id,
        (async () => {
          const inputs = {};
          for (const id of step.deps) inputs[id] = await results.get(id);
          const output = await runTool(step, inputs, ran);
          commit(step.id, output);
          return output;
        })(),
      );
    await Promise.all(results.values());
  };
}
