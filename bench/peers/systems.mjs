// The systems that are measured, and what each store promises. In: nothing. Out: data.
// `keeps`: what a finished step survives. docs/benchmarks.md says how we know. `node`: the version that it needs.
export const SYSTEMS = [
  { adapter: "bare", variant: "none", title: "bare promises", keeps: "nothing" },
  { adapter: "planloom", variant: "memory", title: "Planloom, in memory", keeps: "nothing" },
  { adapter: "planloom", variant: "sqlite", title: "Planloom, SQLite", keeps: "a power cut: one synced commit a step" },
  { adapter: "rawsqlite", variant: "commit", title: "raw SQLite", keeps: "a power cut: one synced commit a step" },
  { adapter: "langgraph-graph", variant: "nosave", title: "LangGraph graph, no store", keeps: "nothing" },
  {
    adapter: "langgraph-graph",
    variant: "sqlite",
    title: "LangGraph graph, SQLite",
    keeps: "a crash (synchronous = NORMAL)",
  },
  { adapter: "langgraph-func", variant: "memory", title: "LangGraph functional, in memory", keeps: "nothing" },
  {
    adapter: "langgraph-func",
    variant: "sqlite",
    title: "LangGraph functional, SQLite",
    keeps: "a crash (synchronous = NORMAL)",
  },
  { adapter: "mastra", variant: "nosave", title: "Mastra, no store", keeps: "nothing", node: 22 },
  { adapter: "mastra", variant: "libsql", title: "Mastra, libSQL", keeps: "a crash (synchronous = NORMAL)", node: 22 },
  { adapter: "aisdk", variant: "nosave", title: "AI SDK, tool loop", keeps: "nothing", node: 22 },
  { adapter: "oma", variant: "nosave", title: "Open Multi-Agent, no store", keeps: "nothing" },
];

/** Not tried: an earlier run of 1,000 steps took 108 s. Every other case is measured, or ends with "over N s". */
export const LEFT_OUT = [["oma", /1000/]];

export const CASES = ["uneven", "diamond", "chain10", "wide10", "chain100", "wide100", "chain1000", "wide1000"];

export const PROBES = ["planloom", "langgraph-graph", "langgraph-func", "mastra"];
