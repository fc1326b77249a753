// Loads the code of a command. In: the names of a command. Out: its function. Nothing is imported before a command is
// called, so the help loads none of it.

/** The function of a command. It gets its arguments, then its flags, and gives an exit code. */
type Call = (...args: never[]) => Promise<number>;

/** By the name with the names before it: `models test`. */
export const LOADERS: { readonly [name: string]: () => Promise<Call> } = {
  run: async () => (await import("./command/run.js")).runCommand,
  models: async () => (await import("./command/models.js")).modelsCommand,
  "models test": async () => (await import("./command/models.js")).modelsTestCommand,
  "models forget": async () => (await import("./command/models.js")).modelsForgetCommand,
  init: async () => (await import("./command/init.js")).initCommand,
  demo: async () => (await import("./demo/demo.js")).demoCommand,
  doctor: async () => (await import("./command/doctor.js")).doctorCommand,
  trust: async () => (await import("./command/trust.js")).trustCommand,
  completion: async () => (await import("./command/completion.js")).completionCommand,
  serve: async () => (await import("./command/serve.js")).serveCommand,
  studio: async () => (await import("./command/serve.js")).studioCommand,
  mcp: async () => (await import("./command/mcp.js")).mcpCommand,
  "mcp login": async () => (await import("./command/mcp-login.js")).mcpLoginCommand,
  "mcp logout": async () => (await import("./command/mcp-login.js")).mcpLogoutCommand,
  plan: async () => (await import("./command/plan.js")).planCommand,
  check: async () => (await import("./command/plan.js")).checkCommand,
  estimate: async () => (await import("./command/plan.js")).estimateCommand,
  graph: async () => (await import("./command/plan.js")).graphCommand,
  tools: async () => (await import("./command/plan.js")).toolsCommand,
  schema: async () => (await import("./command/plan.js")).schemaCommand,
  runs: async () => (await import("./command/runs.js")).runsCommand,
  show: async () => (await import("./command/read.js")).showCommand,
  report: async () => (await import("./command/report.js")).reportCommand,
  export: async () => (await import("./command/export.js")).exportCommand,
  delete: async () => (await import("./command/delete.js")).deleteCommand,
  diff: async () => (await import("./command/look.js")).diffCommand,
  replay: async () => (await import("./command/replay.js")).replayCommand,
  events: async () => (await import("./command/read.js")).eventsCommand,
  watch: async () => (await import("./command/read.js")).watchCommand,
  answer: async () => (await import("./command/answer.js")).answerCommand,
  resume: async () => (await import("./command/steer.js")).resumeCommand,
  pause: async () => (await import("./command/steer.js")).pauseCommand,
  goal: async () => (await import("./command/steer.js")).goalCommand,
  cancel: async () => (await import("./command/steer.js")).cancelCommand,
  retry: async () => (await import("./command/retry.js")).retryCommand,
  fork: async () => (await import("./command/retry.js")).forkCommand,
  approve: async () => (await import("./command/person.js")).approveCommand,
  edit: async () => (await import("./command/steer.js")).editCommand,
  reject: async () => (await import("./command/person.js")).rejectCommand,
  respond: async () => (await import("./command/person.js")).respondCommand,
};
