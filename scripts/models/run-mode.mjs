// Runs the whole path against one mode: a streamed plan, arguments that are filled in, a step with a failing tool and a
// typed output, a step without a type, and a streamed answer. In: a mode, and the library. Out: its row in the table.
import { ANSWER, GOAL, LEAST, LEVEL, NOTE } from "./model.mjs";
import { startServer } from "./server.mjs";

const LONGEST_MS = 60_000;

/**
 * outcome: `answer`, `told` (an error with the server's words and the remedy), `wrong` (a completed run with a wrong
 * value), or `failed` (an error that names no remedy, or no end). `problem` says why a mode is not as it should be.
 */
export async function runMode(mode, library) {
  const server = await startServer(mode);
  const called = [];
  const { createLoom } = library;
  const settings = { model: mode.model ?? "m", baseURL: server.url, apiKey: "key-of-no-use", ...mode.settings };
  const loom = await createLoom(
    {
      ...{ tools: toolsOf(called, library), store: "memory", approval: "never", onFailure: "fail" },
      ...(mode.turns && { limits: { turns: mode.turns } }),
      models: { default: mode.modelAt?.(server.url) ?? settings },
    },
    { env: {} },
  );
  let timer;
  const late = new Promise((done) => (timer = setTimeout(done, LONGEST_MS, { status: "late", steps: [] })));
  const run = await Promise.race([loom.run(GOAL), late]).catch((error) => ({ status: "thrown", steps: [], error }));
  clearTimeout(timer);
  server.close();
  await loom.close().catch(() => {});
  const judged = judge(mode, run, called);
  const requests = server.requests.length;
  // Without an answer, one request is the least.
  const extra = judged.outcome === "answer" ? Math.max(0, requests - LEAST) : Math.max(0, requests - 1);
  return { ...judged, requests, extra };
}

function toolsOf(called, { tool, ToolError, z }) {
  const place = z.object({ place: z.string() });
  const noted = (name, work) => (input) => {
    called.push(name);
    return work(input);
  };
  const day = z.number().int().positive().optional();
  return [
    tool({
      ...{ name: "tide", description: "Level of the tide at a place.", effects: "none" },
      ...{ input: place.extend({ day }), output: place.extend({ metres: z.number() }) },
      run: noted("tide", () => LEVEL),
    }),
    tool({
      ...{ name: "gauge", description: "Level at a place, from another source.", effects: "none" },
      ...{ input: place, output: place.extend({ metres: z.number() }) },
      run: noted("gauge", () => {
        throw new ToolError("The gauge is out of order.", { code: "BROKEN" });
      }),
    }),
    tool({
      ...{ name: "grade", description: "Notes a mark from 1 to 5 for a place.", effects: "none" },
      ...{ input: place.extend({ mark: z.number().min(1).max(5) }), output: z.object({ ok: z.boolean() }) },
      run: noted("grade", () => ({ ok: true })),
    }),
  ];
}

function judge(mode, run, called) {
  const failure = run.failure ?? run.error ?? run.steps.map((step) => step.failure ?? step.error).find(Boolean);
  if (run.status === "completed") {
    const wrong = wrongIn(run, called);
    if (wrong !== undefined) return { outcome: "wrong", problem: wrong };
    return mode.told === undefined ? { outcome: "answer" } : { outcome: "answer", problem: "an error was expected" };
  }
  const words = `${failure?.code ?? run.status}: ${failure?.message ?? ""} Next: ${failure?.next ?? ""}`;
  const { says, next } = mode.told ?? { says: /./, next: /(?!)/ };
  const named = says.test(failure?.message ?? "") && next.test(String(failure?.next ?? ""));
  if (mode.told === undefined) return { outcome: "failed", problem: words, words };
  return named ? { outcome: "told", words } : { outcome: "failed", problem: words, words };
}

/** The first value of a completed run that is not right. */
function wrongIn(run, called) {
  const output = (id) => run.steps.find((step) => step.id === id)?.output;
  if (JSON.stringify(output("level")) !== JSON.stringify(LEVEL)) return `level is ${JSON.stringify(output("level"))}`;
  if (output("note") !== NOTE) return `note is ${JSON.stringify(output("note"))}`;
  if (run.answer !== ANSWER) return `the answer is ${JSON.stringify(run.answer)}`;
  const times = (name) => called.filter((one) => one === name).length;
  if (times("grade") !== 1) return "grade was not called once";
  return times("tide") < 2 ? "tide was not called in each step" : undefined;
}
