// What large values cost: one value at a depth put into a log, and steps that hand a value on. Both beside JSON.stringify
// of the same value, in the same round.
import { durable, library, loomOver } from "./library.mjs";
import { row, rounds, summary } from "./measure.mjs";

const MB = 1_000_000;
const ROUNDS = 5;

/** About `bytes` of JSON: records with short texts and numbers. */
const records = (bytes) =>
  Array.from({ length: Math.ceil(bytes / 100) }, (_, n) => ({
    id: n,
    name: `record ${n} `.padEnd(60, "x"),
    size: n / 3,
  }));

/** The value inside of `depth` records. */
function nested(value, depth) {
  let whole = value;
  for (let level = 0; level < depth; level++) whole = { level, inner: whole };
  return whole;
}

const cpuMs = (before) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

const event = (runId, seq, output) => ({
  runId,
  seq,
  at: Date.now(),
  type: "step.completed",
  data: { step: "s1", attempt: 1, output, from: { steps: [], tools: [] }, usage: null },
  v: 1,
  inputId: `1.${seq}`,
  by: "engine",
  prev: "0".repeat(64),
});

/** Processor time of one append of a value that no append has had before, over that of JSON.stringify. */
async function appended(store, depth) {
  const runId = `values-${Math.random().toString(36).slice(2)}`;
  const epoch = await store.claim(runId, 0, "bench", Date.now() + 60_000);
  const ratios = [];
  for (let seq = 1; seq <= ROUNDS; seq++) {
    const value = nested([Math.random(), ...records(MB)], depth);
    const began = process.cpuUsage();
    for (let again = 0; again < 5; again++) JSON.stringify(value);
    const plain = cpuMs(began) / 5;
    const before = process.cpuUsage();
    await store.append(runId, { expectedSeq: seq - 1, epoch }, [event(runId, seq, value)]);
    ratios.push(cpuMs(before) / plain);
  }
  return summary(ratios);
}

const giveBack = (value) =>
  library.tool({
    name: "hand_on",
    description: "Hands on what it is given.",
    input: { type: "object", properties: { value: {} } },
    effects: "none",
    run: ({ value: given }) => given ?? value,
  });

const handing = {
  steps: Array.from({ length: 10 }, (_, n) => ({
    id: `s${n}`,
    tool: "hand_on",
    with: n === 0 ? {} : { value: `\${{ s${n - 1} }}` },
  })),
  answer: { value: "done" },
};

async function handedOn(open, value) {
  const store = await open();
  const loom = await loomOver(store, { tools: [giveBack(value)] });
  try {
    return await rounds(
      3,
      async () => {
        const began = process.cpuUsage();
        const { status, error } = await loom.run("hand on", { plan: handing });
        if (status !== "completed") throw new Error(error?.message ?? status);
        return cpuMs(began) / 1_000;
      },
      1,
    );
  } finally {
    await loom.close();
    await store.close();
  }
}

export async function values() {
  const rows = [];
  const store = await durable();
  for (const depth of [1, 30, 200])
    rows.push(
      row(`1 MB value at depth ${depth} into the log / JSON.stringify`, "", await appended(store, depth), "<= 3"),
    );
  await store.close();
  const value = records(7 * MB);
  const memory = await handedOn(async () => library.memoryStore(), value);
  rows.push(row("10 steps handing on 7 MB of records, in memory, processor time", "s", memory, "<= 1 s"));
  rows.push(row("10 steps handing on 7 MB of records, durable", "s", await handedOn(durable, value), "<= 1 s"));
  rows.push(
    row("10 steps handing on a text of 7 MB, durable", "s", await handedOn(durable, "x".repeat(7 * MB)), "<= 1 s"),
  );
  return rows;
}
