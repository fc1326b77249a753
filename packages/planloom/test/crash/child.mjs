// A process that drives one run over a SQLite store, and may kill itself right before or right after its n-th durable
// write. In: one JSON argument. Out: one JSON line, where it lives to write it.
import { createLoom, openSqliteStore } from "../../dist/index.js";
import { PLANS } from "./plans.mjs";
import { actedIn, toolsOver } from "./tools.mjs";

const { mode, name, path, runId, url, effectsFile, kill } = JSON.parse(process.argv[2]);
const { plan, goal = "a goal", roles = [] } = PLANS[name];

const die = () => process.kill(process.pid, "SIGKILL");
let writes = 0;

function mortal(store) {
  return new Proxy(store, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (key !== "append" && key !== "writeJournal") return typeof value === "function" ? value.bind(target) : value;
      return async (...args) => {
        const n = ++writes;
        if (kill?.n === n && kill.when === "before") die();
        await value.apply(target, args);
        if (kill?.n === n && kill.when === "after") die();
      };
    },
  });
}

const model = (role) => (roles.includes(role) ? { [role]: { model: role, baseURL: url, apiKey: runId } } : {});
const models = { ...model("planner"), ...model("executor"), ...model("synthesizer") };
const store = mortal(await openSqliteStore({ path }));
const loom = await createLoom({ tools: toolsOver(effectsFile), store, models }, { env: {} });

async function started() {
  const run = await loom.start(goal, { runId, ...(plan === undefined ? {} : { plan }) });
  return { document: await run.result() };
}

/** Goes on to the end; where an outcome is unknown, says what the effects file knows. */
async function resumed() {
  const run = await loom.get(runId).catch((error) => error);
  if (run instanceof Error) return { code: run.code };
  await run.resume();
  let document = await run.result();
  const first = document.status;
  for (let i = 0; i < 8 && document.waiting !== undefined; i++) {
    const doubts = [];
    for await (const event of run.events()) if (event.type === "step.unknown") doubts.push(event.data);
    for (const place of document.waiting.unknown) {
      const { key } = doubts.findLast(({ step, item }) => step === place.step && item === place.item);
      const line = actedIn(effectsFile).find((effect) => effect.key === key);
      const options = place.item === undefined ? {} : { item: place.item };
      if (line === undefined) await run.settle(place.step, "not-happened", options);
      else await run.settle(place.step, "happened", { ...options, output: line.output });
    }
    document = await run.result();
  }
  return { first, document };
}

const told = mode === "start" ? await started() : await resumed();
await loom.close();
await store.close();
process.stdout.write(`${JSON.stringify({ writes, ...told })}\n`);
