// Mastra: a workflow that runs one level of steps after the other.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWorkflow, createStep } from "@mastra/core/workflows";
import { Mastra } from "@mastra/core";
import { z } from "zod";
import { levels, runTool } from "../plans.mjs";
export async function build(plan, variant = "nosave") {
  let log;
  const any = z.any();
  let wf = createWorkflow({ id: "plan", inputSchema: any, outputSchema: any });
  const mk = (s) =>
    createStep({
      id: s.id,
      inputSchema: any,
      outputSchema: any,
      execute: async ({ getStepResult }) =>
        runTool(s, Object.fromEntries(s.deps.map((d) => [d, getStepResult(d)])), log),
    });
  for (const lv of levels(plan)) wf = lv.length === 1 ? wf.then(mk(lv[0])) : wf.parallel(lv.map(mk));
  wf = wf.commit();
  let storage;
  if (variant === "memory") {
    const { InMemoryStore } = await import("@mastra/core/storage");
    storage = new InMemoryStore();
  }
  if (variant === "libsql") {
    const { LibSQLStore } = await import("@mastra/libsql");
    storage = new LibSQLStore({
      id: "bench",
      url: process.env.LIBSQL_URL ?? "file:" + join(tmpdir(), "peer-mastra-" + process.pid + ".db"),
    });
  }
  const mastra = new Mastra({ workflows: { plan: wf }, logger: false, ...(storage ? { storage } : {}) });
  const w = mastra.getWorkflow("plan");
  return async (l) => {
    log = l;
    const run = await w.createRun();
    const r = await run.start({ inputData: {} });
    if (r.status !== "success")
      throw new Error("mastra " + r.status + " " + (r.error?.message ?? JSON.stringify(r.error)));
    return r.steps;
  };
}
