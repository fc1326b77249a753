// The tools of the runs that are killed: each records in a file what it does. In: the file. Out: tools, and what was
// done. Separate because both the child process and the configuration of the command line use them.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { tool, ToolError } from "../../dist/index.js";

/** What was done so far, oldest first. */
export function actedIn(effectsFile) {
  if (!existsSync(effectsFile)) return [];
  const lines = readFileSync(effectsFile, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** Durable before it returns, as an effect on the world would be. */
function act(effectsFile, line) {
  const file = openSync(effectsFile, "a");
  writeSync(file, `${JSON.stringify(line)}\n`);
  fsyncSync(file);
  closeSync(file);
}

const input = { type: "object", properties: { x: { type: "string" } }, required: ["x"], additionalProperties: false };

/** `slowMs`: how long each takes before and after it acts. */
export function toolsOver(effectsFile, { slowMs = 0 } = {}) {
  const pause = () => (slowMs === 0 ? undefined : delay(slowMs));
  const toolNamed = (name, effects, check = () => undefined, returned = (output) => output) =>
    tool({
      name,
      description: `Does ${name}.`,
      input,
      output: { type: "string" },
      effects,
      async run({ x }, { key, attempt }) {
        check(attempt);
        const output = `${name} ${x}`;
        await pause();
        act(effectsFile, { tool: name, key, x, output });
        await pause();
        return returned(output);
      },
    });
  const undoable = (name, compensateEffects) =>
    tool({
      name,
      description: `Does ${name}.`,
      input,
      output: { type: "string" },
      effects: "once",
      run({ x }, { key }) {
        act(effectsFile, { tool: name, key, x, output: `${name} ${x}` });
        return `${name} ${x}`;
      },
      compensateEffects,
      compensate: (output, { x }, { key }) => act(effectsFile, { tool: `un${name}`, key, x, output }),
    });
  const sign = toolNamed("sign", "once");
  const required = /** @type {const} */ ("required");
  return [
    toolNamed("look", "none"),
    { ...sign, spec: { ...sign.spec, approval: required } },
    tool({
      name: "linger",
      description: "Waits until it is stopped.",
      input,
      output: { type: "string" },
      effects: "none",
      run: (_args, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
        }),
    }),
    tool({
      name: "die",
      description: "Ends its process.",
      input,
      effects: "none",
      run({ x }) {
        if (x === "exit") process.exit(0);
        process.kill(process.pid, "SIGKILL");
        return new Promise(() => undefined);
      },
    }),
    undoable("book", "idempotent"),
    undoable("post", "once"),
    tool({
      name: "stumble",
      description: "Fails.",
      input,
      effects: "none",
      run() {
        throw new ToolError("this never works", { retryable: false });
      },
    }),
    toolNamed("put", "idempotent"),
    toolNamed("pay", "once"),
    // It acts, and its output cannot be used.
    toolNamed("garble", "once", undefined, () => 815),
    toolNamed("brittle", "none", (attempt) => {
      if (attempt < 2) throw new ToolError("somebody has to look at it", { retryable: false });
    }),
    toolNamed("flaky", "idempotent", (attempt) => {
      if (attempt < 3) throw new ToolError(`not in attempt ${attempt}`);
    }),
  ];
}
