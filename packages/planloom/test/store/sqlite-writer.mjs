// A process that writes until it is killed, for sqlite.test.ts. In: the path of a store and a run id. Out: on stdout,
// the seq of every event after its append was acknowledged. Plain JavaScript over the built library: no loader stands
// between.
import { openSqliteStore } from "../../dist/store/sqlite.js";

const [path, runId] = process.argv.slice(2);
const store = await openSqliteStore({ path });
for (let seq = 1; seq <= 1_000_000; seq++) {
  const envelope = { runId, seq, at: seq, v: 1, inputId: `input-${seq}`, by: "engine", prev: "" };
  const event = { type: "run.paused", data: { reason: "x".repeat(seq % 5_000) }, ...envelope };
  await store.append(runId, { expectedSeq: seq - 1, epoch: 0 }, [event]);
  process.stdout.write(`${seq}\n`);
}
