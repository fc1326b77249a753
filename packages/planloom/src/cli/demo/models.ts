// The names of the demo's models, which stand in its runs. In: nothing. Out: names. A run with these names is a run of
// the demo.

export const DEMO_MODELS = {
  planner: "scripted-planner",
  executor: "scripted-executor",
  synthesizer: "scripted-synthesizer",
};
