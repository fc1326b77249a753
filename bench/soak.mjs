// A steady stream of runs for minutes, watching for what grows. In: `node bench/soak.mjs [--minutes 5] [--rate 50]`, runs begun
// each second. Out: memory and open handles early and late, overhead per step; exits with 1 where something grew.
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { oneRun, openScene, quantile } from "./load.mjs";
import { median } from "./measure.mjs";

const SAMPLE_MS = 2_000;
/** Heap after a collection, and open handles, may differ so much between the first and the last third of a soak. */
const HEAP_MB = 12;
const HANDLES = 8;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

function sample(inFlight) {
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().filter((kind) => kind !== "Timeout" && kind !== "Immediate").length;
  return { rssMb: rss / 1e6, heapMb: heapUsed / 1e6, handles, inFlight };
}

/** The median of one figure over the first and the last third of the samples. */
function growth(samples, figure) {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const values = samples.map((entry) => entry[figure]);
  return { early: median(values.slice(0, third)), late: median(values.slice(-third)) };
}

export async function soak({ minutes, rate }) {
  const { store, loom } = await openScene();
  const overheads = [];
  const samples = [];
  const inFlight = new Set();
  let runs = 0;
  let failed;
  const begin = () => {
    runs++;
    const run = oneRun(loom, overheads)
      .catch((error) => (failed ??= error))
      .finally(() => inFlight.delete(run));
    inFlight.add(run);
  };
  const starter = setInterval(begin, 1_000 / rate);
  const sampler = setInterval(() => samples.push(sample(inFlight.size)), SAMPLE_MS);
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, minutes * 60_000));
  clearInterval(starter);
  clearInterval(sampler);
  await Promise.all(inFlight);
  const seconds = (performance.now() - began) / 1_000;
  const { commits } = store;
  await loom.close();
  await store.close();
  if (failed !== undefined) throw failed;
  // The first samples still warm up: compiled code, prepared statements, the cache of parsed expressions.
  const steady = samples.slice(Math.floor(samples.length / 5));
  const rss = growth(steady, "rssMb");
  const heap = growth(steady, "heapMb");
  const handles = growth(steady, "handles");
  const overheadP50 = quantile(overheads, 0.5);
  const overheadP99 = quantile(overheads, 0.99);
  const grew = heap.late - heap.early > HEAP_MB || handles.late - handles.early > HANDLES;
  const mostInFlight = samples.reduce((most, entry) => Math.max(most, entry.inFlight), 0);
  return {
    seconds,
    runs,
    steps: overheads.length,
    overheadP50,
    overheadP99,
    commits,
    rss,
    heap,
    handles,
    mostInFlight,
    grew,
  };
}

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const result = await soak({ minutes: option("minutes", 5), rate: option("rate", 50) });
  console.log(JSON.stringify(result, null, 2));
  process.exitCode = result.grew ? 1 : 0;
}
