// A process that drives one run over a SQLite store, and may kill itself right before or right after its n-th durable
// write. In: one JSON argument. Out: one JSON line, where it lives to write it. Tools record what they do in a file.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { createLoom, openSqliteStore, tool, ToolError } from "../../dist/index.js";
import { PLANS } from "./plans.mjs";

const { mode, name, path, runId, url, effectsFile, kill } = JSON.parse(process.argv[2]);
const { plan, goal = "a goal", roles = [] } = PLANS[name];

/** Durable before it returns, as an effect on the world would be. */
function act(line) {
  const file = openSync(effectsFile, "a");
  writeSync(file, `${JSON.stringify(line)}\n`);
  fsyncSync(file);
  closeSync(file);
}

const acted = () =>
  existsSync(effectsFile)
    ? readFileSync(effectsFile, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];

const input = { type: "object", properties: { x: { type: "string" } }, required: ["x"], additionalProperties: false };
const toolNamed = (toolName, effects, check = () => undefined) =>
  tool({
    name: toolName,
    description: `Does ${toolName}.`,
    input,
    output: { type: "string" },
    effects,
    run({ x }, { key, attempt }) {
      check(attempt);
      const output = `${toolName} ${x}`;
      act({ tool: toolName, key, x, output });
      return output;
    },
  });

const tools = [
  toolNamed("look", "none"),
  toolNamed("put", "idempotent"),
  toolNamed("pay", "once"),
  toolNamed("flaky", "idempotent", (attempt) => {
    if (attempt < 3) throw new ToolError(`not in attempt ${attempt}`);
  }),
];

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
const loom = await createLoom({ tools, store, models }, { env: {} });

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
      const line = acted().find((effect) => effect.key === key);
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
