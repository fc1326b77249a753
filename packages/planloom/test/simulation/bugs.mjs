// Bugs to be planted, each one a small change of one compiled file. In: nothing. Out: a list of texts to find and to put there.
// Separate from the campaign so that a new bug is one entry; a text that is not found any more fails the gate by name.

/** @type {readonly { name: string, file: string, find: string, put: string }[]} */
export const BUGS = [
  {
    name: "a call begins before its intent is durable",
    file: "src/engine/drive.js",
    find: "await store.append(run.id, { expectedSeq, epoch }, events);",
    put: "{ this.#act(); await store.append(run.id, { expectedSeq, epoch }, events); }",
  },
  {
    name: "no intent in the journal",
    file: "src/engine/journal.js",
    find: "await write(null);",
    put: "",
  },
  {
    name: "an unknown outcome is tried again",
    file: "src/run/failure.js",
    find: 'return effects === "once" || cancelling;',
    put: "return cancelling;",
  },
  {
    name: "an inner call in doubt is made again",
    file: "src/engine/journal.js",
    find: 'options.effects === "once"',
    put: "false",
  },
  {
    name: "a tool that does not know is taken to say no",
    file: "src/engine/reconcile.js",
    find: 'if (answer === "unknown")',
    put: 'if (answer === "unknown")\n        return { type: "reconciled", key, happened: false };\n    if (answer === "never")',
  },
  {
    name: "a tool says no of a call that is still on its way",
    file: "test/simulation/service.js",
    find: 'if ((this.inFlight.get(key) ?? 0) > 0)\n            return "unknown";',
    put: "",
  },
  {
    name: "a key for each attempt",
    file: "src/run/begin.js",
    find: "hashOf([run.id, spec.id, work.item, name, args, 0])",
    put: "hashOf([run.id, spec.id, work.item, name, args, work.attempt])",
  },
  {
    name: "a torn tail is accepted",
    file: "test/simulation/disk.js",
    find: "#mendTail() {",
    put: "#mendTail() {\n        this.#torn?.();",
  },
  {
    name: "a torn tail is fatal",
    file: "test/simulation/disk.js",
    find: "#mendTail() {",
    put: "#mendTail() {\n        if (this.#torn !== undefined) this.weather.faultOf = () => 'full';",
  },
  {
    name: "no fencing",
    file: "src/store/store-error.js",
    find: "if (epoch === present)",
    put: "if (true)",
  },
  {
    name: "a process that slept does not ask whether it still owns the run",
    file: "src/engine/drive.js",
    find: "this.#ports.clock.now() >= this.leaseUntil",
    put: "false",
  },
  {
    name: "a model that fails takes its finished turns with it",
    file: "src/engine/journal.js",
    find: "const outcome = await run(earlier !== undefined);",
    put: 'const outcome = await run(earlier !== undefined);\n        if (options.effects === "none") return outcome;',
  },
  {
    name: "a refusal is believed for the call before it",
    file: "src/agents/tool-turn.js",
    find: "{ ...outcome, uncertain: true }",
    put: "outcome",
  },
  {
    name: "late outcomes of a cancelled run are forgotten",
    file: "src/run/failure.js",
    find: 'return effects === "once" || cancelling;',
    put: 'return effects === "once" && !cancelling;',
  },
  {
    name: "no time limit for tools",
    file: "src/engine/deadline.js",
    find: 'const cancelTimer = clock.setTimer(timeoutMs, () => stop("timeout"));',
    put: "const cancelTimer = () => undefined;",
  },
  {
    name: "crashes eat attempts",
    file: "src/run/decide.js",
    find: "if (work.crashes <= run.settings.crashes)",
    put: "if (work.crashes > 0)\n        return failed(run, work, error, at);\n    if (work.crashes <= run.settings.crashes)",
  },
  {
    name: "acknowledged before it is durable",
    file: "src/engine/drive.js",
    find: "await store.append(run.id, { expectedSeq, epoch }, events);",
    put: "void store.append(run.id, { expectedSeq, epoch }, events).catch((error) => this.stop(error));",
  },
  {
    name: "a command of the inbox counts twice",
    file: "src/engine/drive.js",
    find: "this.run.applied.has(inputId) ? undefined : readCommand(payload)",
    put: "readCommand(payload)",
  },
  {
    name: "the journal is ignored on resume",
    file: "src/engine/journal.js",
    find: "if (isDone(recorded))",
    put: "if (false)",
  },
  {
    name: "another attempt forgets recorded effects",
    file: "src/engine/journal.js",
    find: "if (row.key !== null && !isDone(byKey.get(row.key)))",
    put: "if (row.key !== null && row.attempt === attempt && !isDone(byKey.get(row.key)))",
  },
  {
    name: "recovery forgets open calls",
    file: "src/run/evolve.js",
    find: "work.crashes++;",
    put: "{ work.crashes++; run.owed.delete(effect.key); }",
  },
  {
    name: "a fan-out closes early",
    file: "src/run/failure.js",
    find: "step.itemsOpen !== 1)",
    put: "step.itemsOpen > 2)",
  },
  {
    name: "a skip does not release its dependants",
    file: "src/run/evolve-step.js",
    find: 'if (status === "failed")\n        return;\n    for',
    put: 'if (status !== "completed")\n        return;\n    for',
  },
  {
    name: "a retry before its time",
    file: "src/run/advance.js",
    find: "retry.at <= at",
    put: "true",
  },
  {
    name: "one call more than the concurrency allows",
    file: "src/run/advance.js",
    find: "run.running < run.settings.concurrency",
    put: "run.running <= run.settings.concurrency",
  },
  {
    name: "calls are approved without asking",
    file: "src/run/begin.js",
    find: "if (!run.granted.has(hash))",
    put: "if (false)",
  },
  {
    name: "a cancelled run starts more work",
    file: "src/run/advance.js",
    find: "if (run.cancelling !== undefined)",
    put: "if (run.cancelling !== undefined && run.running === 0)",
  },
];
