// A process that is killed while a tool of its run is at work. In: the file of a store, the id of the run and a
// traceparent. Its spans die with it.
import * as api from "@opentelemetry/api";
import { createLoom, tool } from "../../dist/index.js";
import { z } from "zod";

const [path, runId, traceparent] = process.argv.slice(2);
const slow = tool({
  name: "slow",
  description: "Is slow.",
  input: z.object({}),
  effects: "none",
  run: () => (process.kill(process.pid, "SIGKILL"), new Promise(() => undefined)),
});
const loom = await createLoom({ tools: [slow], store: path, telemetry: { api } }, { env: {} });
const plan = { steps: [{ id: "a", tool: "slow" }], answer: { value: "done" } };
await loom.start("Be slow.", { plan, runId, traceparent });
