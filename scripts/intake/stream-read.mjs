// The time to read a plan from a stream. In: nothing. Out: the time for 64 steps in pieces of one token each, with the
// end, which must be below 5 ms. It is the median of many readings, because the first ones include compilation.
import { PlanStream } from "../../packages/planloom/dist/plan/read/stream.js";

const STEPS = 64;
const MOST_MS = 5;
const TOKEN = 4;

const step = (i) => ({
  id: `s${i}`,
  title: `Search for thing ${i}`,
  description: `Look it up, "quoted" and {in brackets}, and say what ${i} has to do with it.`,
  tool: "search",
  with: { query: `thing ${i}`, before: i === 0 ? "none" : `\${{ s${i - 1}.results[0].title }}` },
  dependsOn: i === 0 ? [] : [`s${i - 1}`],
});

function once(pieces) {
  const began = performance.now();
  const stream = new PlanStream();
  let given = 0;
  for (const piece of pieces) given += stream.push(piece).length;
  const pushed = performance.now();
  const { result, differing } = stream.end();
  const sound = given === STEPS && result.kind === "plan" && differing.length === 0;
  return { pushMs: pushed - began, endMs: performance.now() - pushed, sound };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

export async function measure() {
  const plan = { steps: Array.from({ length: STEPS }, (_, i) => step(i)) };
  const text = `Here is the plan.\n\n\`\`\`json\n${JSON.stringify(plan, null, 2)}\n\`\`\``;
  const pieces = Array.from({ length: Math.ceil(text.length / TOKEN) }, (_, i) =>
    text.slice(i * TOKEN, (i + 1) * TOKEN),
  );
  const runs = Array.from({ length: 200 }, () => once(pieces)).slice(50);
  const [pushMs, endMs] = [median(runs.map((run) => run.pushMs)), median(runs.map((run) => run.endMs))];
  const markdown = [
    `| steps | characters | pieces | all pieces, ms | end, ms | together, at most ${MOST_MS} ms |`,
    "|---|---|---|---|---|---|",
    `| ${STEPS} | ${text.length} | ${pieces.length} | ${pushMs.toFixed(2)} | ${endMs.toFixed(2)} | ${(pushMs + endMs).toFixed(2)} |`,
  ].join("\n");
  const ok = runs.every(({ sound }) => sound) && pushMs + endMs < MOST_MS;
  return { title: "A plan that is still being written", markdown, ok, figures: { pushMs, endMs } };
}
