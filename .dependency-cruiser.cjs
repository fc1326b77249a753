// The layer rule: the library's folders stand in the order in which data flows; each imports only folders above it.
const order = [
  "plan",
  "run",
  "words",
  "files",
  "tools",
  "model",
  "agents",
  "store",
  "engine",
  "perform",
  "telemetry",
  "streams",
  "loom",
  "recording",
  "server",
  "testing",
  "cli",
];
const src = "^packages/planloom/src/";

const layers = order.map((folder, index) => ({
  name: `layer-${folder}`,
  comment: `${folder}/ may import only ${order.slice(0, index).join(", ") || "nothing above it"}.`,
  severity: "error",
  from: { path: `${src}${folder}/` },
  to: { path: `${src}(${order.slice(index + 1).join("|") || "none"})/` },
}));

const plan = `${src}plan/`;
const planOrder = ["type", "expression", "check", "read", "revise", "estimate"];

/** The folders of plan/ stand in an order of their own. Its other files are shared: they know types and expressions only. */
const planning = [
  ...planOrder.map((folder, index) => ({
    name: `plan-${folder}`,
    comment: `plan/${folder}/ may import only ${planOrder.slice(0, index).join(", ") || "the files of plan/ itself"}.`,
    severity: "error",
    from: { path: `${plan}${folder}/` },
    to: { path: `${plan}(${planOrder.slice(index + 1).join("|") || "none"})/` },
  })),
  {
    name: "plan-shared",
    comment: "What every folder of plan/ imports must not import what is done with a plan.",
    severity: "error",
    from: { path: `${plan}[^/]+\\.ts$` },
    to: { path: `${plan}(check|read|revise|estimate)/` },
  },
];

const run = `${src}run/`;

/** The kernel goes one way: facts and state, the fold, the decisions, the log with the turn of the loop, the views. */
const kernel = [
  {
    name: "fold-decides-nothing",
    comment:
      "A decision stands in the event that made it. What the fold reads of policy would be decided anew on every reading.",
    severity: "error",
    from: { path: `${run}evolve/` },
    to: { path: [`${run}decide/`, `${run}(approval|followed-plan)\\.ts$`], reachable: true },
  },
  {
    name: "run-facts-first",
    severity: "error",
    from: { path: `${run}[^/]+\\.ts$` },
    to: { path: `${run}(evolve|decide|log|view)/` },
  },
  {
    name: "run-evolve-second",
    severity: "error",
    from: { path: `${run}evolve/` },
    to: { path: `${run}(decide|log|view)/` },
  },
  {
    name: "run-decide-third",
    severity: "error",
    from: { path: `${run}decide/` },
    to: { path: `${run}(log|view)/` },
  },
  { name: "run-views-last", severity: "error", from: { path: `${run}log/` }, to: { path: `${run}view/` } },
];

module.exports = {
  forbidden: [
    ...layers,
    ...planning,
    ...kernel,
    {
      name: "run-imports-only-plan",
      severity: "error",
      from: { path: `${src}run/` },
      to: {
        path: ["node_modules", "^node:", "^[a-z]"],
        pathNot: [`${src}(plan|run)/`, `${src}(limits|error|assert-never|sha256|beginning)\\.ts$`],
      },
    },
    {
      name: "eval-imports-published-names",
      severity: "error",
      from: { path: "^packages/planloom-eval/src/" },
      to: { path: src, pathNot: `${src}(index|config|plan)\\.ts$` },
    },
    {
      name: "plan-imports-little",
      severity: "error",
      from: { path: `${src}plan/` },
      to: {
        dependencyTypes: ["npm", "core"],
        pathNot: ["node_modules/zod", "node_modules/@marcbachmann/cel-js", "node_modules/yaml"],
      },
    },
    {
      name: "index-is-the-rim",
      severity: "error",
      from: { path: `${src}.+/`, pathNot: `${src}cli/` },
      to: { path: `${src}(index|plan|engine|config|streams|tools|testing/index)\\.ts$` },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-orphan-imports", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
