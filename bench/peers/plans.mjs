// The plans that every system runs. A step has an id, the ids that it needs, and how many ms its tool waits.
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const step = (id, deps = [], ms = 100) => ({ id, deps, ms });

export const plans = {
  // Three parallel steps, twice. Critical path 500 ms, one after the other 900 ms.
  diamond: [
    step("s1"),
    ...["s2", "s3", "s4"].map((id) => step(id, ["s1"])),
    step("s5", ["s2", "s3", "s4"]),
    ...["s6", "s7", "s8"].map((id) => step(id, ["s5"])),
    step("s9", ["s6", "s7", "s8"]),
  ],
  // A chain of four short steps beside a long and a short one. Critical path 250 ms; a barrier between levels gives 350.
  uneven: [
    step("a1", [], 50),
    ...[2, 3, 4].map((n) => step(`a${n}`, [`a${n - 1}`], 50)),
    step("b1", [], 200),
    step("b2", ["b1"], 50),
  ],
};

export const chain = (length) => Array.from({ length }, (_, n) => step(`n${n}`, n === 0 ? [] : [`n${n - 1}`], 0));

export const wide = (length) => Array.from({ length }, (_, n) => step(`n${n}`, [], 0));

/** ms that no scheduler can be faster than. */
export function criticalPath(plan) {
  const done = new Map();
  for (const { id, deps, ms } of plan) done.set(id, Math.max(0, ...deps.map((dep) => done.get(dep))) + ms);
  return Math.max(...done.values());
}

/** Steps by level, for systems that run one level after the other. */
export function levels(plan) {
  const levelOf = new Map();
  const found = [];
  for (const one of plan) {
    const level = Math.max(-1, ...one.deps.map((id) => levelOf.get(id))) + 1;
    levelOf.set(one.id, level);
    (found[level] ??= []).push(one);
  }
  return found;
}

/** The tool of every step. `ran` counts the calls. */
export async function runTool({ id, ms }, inputs, ran) {
  ran?.push(id);
  if (ms > 0) await sleep(ms);
  return { id, n: Object.keys(inputs).length };
}
