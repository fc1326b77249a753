// LangGraph.js with its functional API: one task for each step. There is no barrier between levels.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entrypoint, task, MemorySaver } from "@langchain/langgraph";
import { runTool } from "../plans.mjs";
export async function build(plan, variant = "nosave") {
  let log;
  let checkpointer;
  if (variant === "memory") checkpointer = new MemorySaver();
  if (variant === "sqlite") {
    const { SqliteSaver } = await import("@langchain/langgraph-checkpoint-sqlite");
    checkpointer = SqliteSaver.fromConnString(
      process.env.SQLITE_PATH ?? join(tmpdir(), "peer-lgf-" + process.pid + ".sqlite"),
    );
  }
  const exec = task("exec", async (s, ins) => runTool(s, ins, log));
  const main = entrypoint({ name: "main", ...(checkpointer ? { checkpointer } : {}) }, async (plan) => {
    const p = new Map();
    for (const s of plan)
      p.set(
        s.id,
        Promise.all(s.deps.map(async (d) => [d, await p.get(d)])).then((e) => exec(s, Object.fromEntries(e))),
      );
    const out = {};
    for (const [k, v] of p) out[k] = await v;
    return out;
  });
  let run = 0;
  return async (l) => {
    log = l;
    return main.invoke(plan, { recursionLimit: 5000, configurable: { thread_id: "f" + Date.now() + run++ } });
  };
}
