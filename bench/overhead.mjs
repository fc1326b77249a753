// What a step costs when it does nothing: chains and wide plans, in memory and durable, and how the cost grows.
import { chain, durable, library, loomOver, parallel, timeRun } from "./library.mjs";
import { row, rounds, summary } from "./measure.mjs";

const ROUNDS = 9;

async function over(open, concurrency, measure) {
  const store = await open();
  const loom = await loomOver(store, { concurrency });
  try {
    return await measure(loom, store);
  } finally {
    await loom.close();
    await store.close();
  }
}

const memory = async () => library.memoryStore();

export async function chains() {
  const plan = chain(1_000);
  const inMemory = await over(memory, 4, (loom) => rounds(ROUNDS, async () => (await timeRun(loom, plan)) / 1_000, 3));
  const onDisk = await over(durable, 4, async (loom, store) => {
    const perStep = [];
    const ratio = [];
    const commits = [];
    for (let i = 0; i <= ROUNDS; i++) {
      const commit = await oneCommit(store);
      const before = store.commits;
      const step = (await timeRun(loom, plan)) / 1_000;
      if (i === 0) continue;
      perStep.push(step);
      commits.push(commit);
      ratio.push(step / commit);
      if (store.commits - before > 1_010) throw new Error(`${store.commits - before} commits for 1,000 steps`);
    }
    return { perStep: summary(perStep), ratio: summary(ratio), commit: summary(commits) };
  });
  return [
    row("no-op chain of 1,000 steps, in memory, per step", "ms", inMemory, "<= 0.1 ms"),
    row("no-op chain of 1,000 steps, durable, per step", "ms", onDisk.perStep, "<= 0.5 ms (aim)"),
    row("one commit of two events, same file and run", "ms", onDisk.commit, ""),
    row("durable step / one commit", "", onDisk.ratio, "<= 2.5"),
  ];
}

/** ms of one append of two events as the chain writes them, each committed before the next: median of 200. */
async function oneCommit(store) {
  const runId = `commit-${Math.random().toString(36).slice(2)}`;
  const epoch = await store.claim(runId, 0, "bench", Date.now() + 60_000);
  const times = [];
  for (let seq = 1; seq < 400; seq += 2) {
    const event = (n) => ({
      runId,
      seq: n,
      at: Date.now(),
      type: "step.started",
      data: {
        step: "s1",
        attempt: 1,
        key: "0".repeat(64),
        effects: "none",
        args: {},
        from: { steps: [], tools: [] },
        allowance: null,
      },
      v: 1,
      inputId: `1.${n}`,
      by: "engine",
      prev: "0".repeat(64),
    });
    const began = performance.now();
    await store.append(runId, { expectedSeq: seq - 1, epoch }, [event(seq), event(seq + 1)]);
    times.push(performance.now() - began);
  }
  return summary(times).median;
}

export async function wide() {
  const plan = parallel(1_000);
  const result = await over(durable, 1_000, (loom) =>
    rounds(ROUNDS, async () => (await timeRun(loom, plan)) / 1_000, 2),
  );
  return [row("1,000 parallel no-op steps, concurrency 1,000, durable", "s", result, "<= 0.2 s")];
}

export async function growth() {
  const rows = [];
  let first;
  for (const length of [1_000, 10_000, 100_000]) {
    const plan = chain(length);
    const result = await over(memory, 4, (loom) =>
      rounds(length > 10_000 ? 1 : 3, async () => ((await timeRun(loom, plan)) * 1_000) / length, 1),
    );
    first ??= result.median;
    const ratio = (result.median / first).toFixed(2);
    rows.push(
      row(
        `chain of ${length.toLocaleString("en")} steps, in memory, per step`,
        "µs",
        result,
        length === 1_000 ? "" : `linear (${ratio} of 1,000)`,
      ),
    );
  }
  return rows;
}
