// LangGraph.js with a graph: one node for each step, and edges for what it needs.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StateGraph, Annotation, START, END, MemorySaver } from "@langchain/langgraph";
import { runTool } from "../plans.mjs";
export async function build(plan, variant = "nosave") {
  const State = Annotation.Root({ results: Annotation({ reducer: (a, b) => ({ ...a, ...b }), default: () => ({}) }) });
  let log;
  let g = new StateGraph(State);
  for (const s of plan) {
    g = g.addNode(s.id, async (st) => {
      const ins = Object.fromEntries(s.deps.map((d) => [d, st.results[d]]));
      return { results: { [s.id]: await runTool(s, ins, log) } };
    });
  }
  const hasChild = new Set(plan.flatMap((s) => s.deps));
  for (const s of plan) {
    if (!s.deps.length) g = g.addEdge(START, s.id);
    else if (s.deps.length === 1) g = g.addEdge(s.deps[0], s.id);
    else g = g.addEdge(s.deps, s.id);
    if (!hasChild.has(s.id)) g = g.addEdge(s.id, END);
  }
  let checkpointer;
  if (variant === "memory") checkpointer = new MemorySaver();
  if (variant === "sqlite") {
    const { SqliteSaver } = await import("@langchain/langgraph-checkpoint-sqlite");
    checkpointer = SqliteSaver.fromConnString(
      process.env.SQLITE_PATH ?? join(tmpdir(), "peer-lg-" + process.pid + ".sqlite"),
    );
  }
  const app = g.compile(checkpointer ? { checkpointer } : {});
  let run = 0;
  return async (l) => {
    log = l;
    const r = await app.invoke({}, { recursionLimit: 5000, configurable: { thread_id: "t" + Date.now() + run++ } });
    return r.results;
  };
}
