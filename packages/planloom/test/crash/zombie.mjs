// A process that drives a run whose owner may be a zombie: it takes the run over once that one's lease has run out. In:
// one JSON argument; `ageMs` is how far this process's clock is ahead, which is how a lease runs out without waiting
// for it. Out: on stdout one JSON line when its part is over, "owner" on stderr when it owns the run.
import { createLoom, openSqliteStore } from "../../dist/index.js";
import { PAYMENTS } from "./plans.mjs";
import { toolsOver } from "./tools.mjs";

const { mode, path, runId, effectsFile, ageMs } = JSON.parse(process.argv[2]);

const clock = {
  now: () => Date.now() + ageMs,
  setTimer(ms, ring) {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};
const store = await openSqliteStore({ path });
const loom = await createLoom(
  { tools: toolsOver(effectsFile, { slowMs: 5 }), store, guard: "off" },
  { env: {}, clock },
);
const listener = { event: ({ seq }) => void process.stderr.write(`event ${seq}\n`) };

async function driven() {
  if (mode === "start") return loom.start("a goal", { runId, plan: PAYMENTS.plan, listener });
  const run = await loom.get(runId);
  await run.resume(listener);
  return run;
}

const told = await driven()
  .then((run) => run.result())
  .then(({ status }) => ({ status }))
  .catch(({ code, message }) => ({ code, message }));
await loom.close();
await store.close();
process.stdout.write(JSON.stringify(told));
