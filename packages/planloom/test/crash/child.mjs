// A process that drives one run over a SQLite store, and may kill itself right before or right after its n-th durable
// write. In: one JSON argument. Out: one JSON line, where it lives to write it.
import { createLoom, openSqliteStore } from "../../dist/index.js";
import { PLANS, poison } from "./plans.mjs";
import { actedIn, toolsOver } from "./tools.mjs";

const { mode, name, path, runId, url, effectsFile, kill, sync } = JSON.parse(process.argv[2]);
const { plan, goal = "a goal", roles = [], person, approval = "never", onFailure } = PLANS[name] ?? poison(name);

const WRITES = ["append", "writeJournal", "put"];
const die = () => process.kill(process.pid, "SIGKILL");
let writes = 0;

function mortal(store) {
  return new Proxy(store, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (!WRITES.includes(key)) return typeof value === "function" ? value.bind(target) : value;
      return async (...args) => {
        const n = ++writes;
        if (kill?.n === n && kill.when === "before") die();
        const written = await value.apply(target, args);
        if (kill?.n === n && kill.when === "after") die();
        return written;
      };
    },
  });
}

const model = (role) => (roles.includes(role) ? { [role]: { model: role, baseURL: url, apiKey: runId } } : {});
const models = { ...model("planner"), ...model("executor"), ...model("synthesizer") };
const store = mortal(await openSqliteStore({ path, ...(sync && { sync }) }));
const policy = onFailure === undefined ? {} : { onFailure };
const tools = toolsOver(effectsFile);
const loom = await createLoom({ tools, store, models, approval, guard: "off", ...policy }, { env: {} });

async function started() {
  const run = await loom.start(goal, { runId, ...(plan === undefined ? {} : { plan }) });
  return attended(run);
}

async function resumed() {
  const run = await loom.get(runId).catch((error) => error);
  if (run instanceof Error) return { code: run.code };
  let recoveryMs;
  // Counted from the start of this process.
  await run.resume({ event: () => (recoveryMs ??= performance.now()) });
  return { recoveryMs, ...(await attended(run)) };
}

/** Goes on to the end, and does what a person would do on the way. */
async function attended(run) {
  const cancelling = person === "cancels" ? cancelled(run) : undefined;
  let document = await run.result();
  const first = document.status;
  const toRetry = () => person === "retries" && document.status === "failed";
  const toAnswer = () => ["needs-attention", "awaiting-approval"].includes(document.status);
  for (let i = 0; i < 8 && (toAnswer() || toRetry()); i++) {
    if (toRetry()) await run.retry();
    else for (const one of await waitingRuns(run)) await answered(one, await one.document());
    document = await run.result();
  }
  await cancelling;
  return { first, document };
}

/** The run, and the child runs below it, as far as they wait for a person. */
async function waitingRuns(run) {
  const { runs } = await loom.list({ within: run.id });
  const waiting = [];
  for (const one of [run, ...(await Promise.all(runs.map(({ runId: id }) => loom.get(id))))]) {
    const {
      approvals = [],
      questions = [],
      unknown = [],
      unusable = [],
      undoing,
    } = (await one.document()).waiting ?? {};
    if (approvals.length + questions.length + unknown.length + unusable.length > 0 || undoing !== undefined)
      waiting.push(one);
  }
  return waiting;
}

async function answered(run, document) {
  for (const { hash } of document.waiting.approvals) await run.approve(hash);
  for (const { step } of document.waiting.questions) await run.respond(step, "the first");
  await settled(run, document);
  await replaced(run, document);
  await undone(run, document);
}

/** Where nobody knows whether a call was undone, says what the effects file knows. */
async function undone(run, { waiting: { undoing } }) {
  if (undoing === undefined) return;
  const { step, tool, args } = undoing;
  const done = actedIn(effectsFile).some((effect) => effect.tool === `un${tool}` && effect.x === args.x);
  await run.settle(step, done ? "undone" : "again");
}

/** Where an output cannot be used, gives the one that the effects file knows. */
async function replaced(run, document) {
  for (const { step, key } of document.waiting.unusable) {
    const { output } = actedIn(effectsFile).find((effect) => effect.key === key);
    await run.settle(step, "use", { output });
  }
}

/** Once its second step is at work. */
async function cancelled(run) {
  for await (const { type, data } of run.events({ follow: true })) {
    if (type === "step.started" && data.step === "b") return run.cancel("enough");
  }
}

/** Where an outcome is unknown, says what the effects file knows. */
async function settled(run, document) {
  const doubts = [];
  for await (const event of run.events()) if (event.type === "step.unknown") doubts.push(event.data);
  for (const place of document.waiting.unknown) {
    const { key } = doubts.findLast(({ step, item }) => step === place.step && item === place.item);
    const line = actedIn(effectsFile).find((effect) => effect.key === key);
    const options = place.item === undefined ? {} : { item: place.item };
    if (line === undefined) await run.settle(place.step, "not-happened", options);
    else await run.settle(place.step, "happened", { ...options, output: line.output });
  }
}

const told = mode === "start" ? await started() : await resumed();
await loom.close();
await store.close();
process.stdout.write(`${JSON.stringify({ writes, ...told })}\n`);
