// The rule on what the fold and the readers of old logs may load. Imports of types do not count: they hold no value
// that could change.
const run = "^packages/planloom/src/run/";

module.exports = {
  forbidden: [
    {
      name: "fold-knows-no-limits",
      comment: "A changed limit must not change what an existing log means.",
      severity: "error",
      from: {
        path: [
          `${run}evolve/`,
          `${run}(state|work|status|lookup|steps|event|keys|queue|timetable|failure|reason|refusal)\\.ts$`,
          `${run}log/(later-fields|upcast-v1|upcast-v2|plan-v1|needs-before-v3)\\.ts$`,
        ],
      },
      to: { path: "^packages/planloom/src/limits\\.ts$", reachable: true },
    },
  ],
  options: { doNotFollow: { path: "node_modules" }, tsPreCompilationDeps: false },
};
