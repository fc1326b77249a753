// The logger: what is told at which level, with codes and data, and never contents. A logger that fails harms nothing.
import { expect, test } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { LIMITS } from "../../src/limits.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import type { LogData } from "../../src/telemetry/logger.js";
import { observedStore } from "../../src/telemetry/observer.js";
import { tool } from "../../src/tools/tool.js";
import { PlanloomError } from "../../src/words/planloom-error.js";

const fetchIt = (fails: number) =>
  tool({
    name: "fetch_it",
    description: "Fetches it.",
    input: z.object({ what: z.string() }),
    output: z.string(),
    effects: "none",
    run: ({ what }) => {
      if (fails-- > 0) throw new Error("private words");
      return what;
    },
  });

const fenced = () => new PlanloomError("STORE_FENCED", { runId: "r", epoch: 1, present: 2 });

function lines() {
  const told: [string, LogData, string][] = [];
  const at = (level: string) => (data: LogData, message: string) => void told.push([level, data, message]);
  return { told, logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") } };
}

const open = (config: LoomConfig) => createLoom({ store: memoryStore(), guard: "off", ...config }, { env: {} });
const plan = {
  steps: [
    { id: "a", tool: "fetch_it", with: { what: "the secret plan" }, retry: { attempts: 2, delay: "1ms" } },
    { id: "q", ask: "Which private one?", dependsOn: ["a"] },
  ],
  answer: { value: "${{ q }}" },
};

test("is told starts, retries, waits and ends by code; contents stay out of it", async () => {
  const { told, logger } = lines();
  const loom = await open({ tools: [fetchIt(1)], logger });
  const run = await loom.start("A private goal", { plan });
  await run.result();
  await run.respond("q", "a private answer");
  await run.result();
  const failing = await loom.start("Fail", { plan: { steps: [{ id: "a", tool: "fetch_it", with: { what: "x" } }] } });
  await failing.result();
  await loom.close();
  const codes = told.filter(([level]) => level !== "debug").map(([level, { code }]) => `${level} ${code}`);
  expect(codes.slice(0, 4)).toEqual(["info RUN_STARTED", "warn RETRY", "info RUN_WAITING", "info RUN_ENDED"]);
  expect(told.find(([, { code }]) => code === "RETRY")?.[1]).toEqual({
    ...{ code: "RETRY", runId: run.id, step: "a", attempt: 1, error: "TOOL_THREW", decision: "retry" },
  });
  expect(told.some(([level, { code, type }]) => level === "debug" && code === "EVENT" && type === "step.started")).toBe(
    true,
  );
  expect(JSON.stringify(told)).not.toMatch(/private|secret plan/);
});

test("is told that another model answered, and that a run failed", async () => {
  const { told, logger } = lines();
  const down = new PlanloomError("PROVIDER_FAILED", {
    model: "first",
    problem: "status",
    status: 500,
    text: "private",
  });
  const first = scriptedModel(() => ({ error: down }), { name: "first" });
  const executor = { ...first, fallbacks: [scriptedModel(["fine"], { name: "second" })] };
  const loom = await open({ models: { executor }, logger });
  await loom.run("Say.", { plan: { steps: [{ id: "s", agent: "Say.", tools: [] }], answer: { value: "${{ s }}" } } });
  const bad = { steps: [{ id: "s", agent: "Say.", tools: [], retry: { attempts: 1 } }], answer: { value: "${{ s }}" } };
  await loom.run("Say.", { plan: bad });
  await loom.close();
  expect(told).toContainEqual([
    "warn",
    expect.objectContaining({ code: "MODEL_FALLBACK", model: "second", failed: "first", error: "PROVIDER_FAILED" }),
    "another model answered",
  ]);
  expect(told).toContainEqual([
    "error",
    expect.objectContaining({ code: "RUN_ENDED", status: "failed" }),
    "run failed",
  ]);
  expect(JSON.stringify(told)).not.toMatch(/private/);
});

test("is told of a store that fails or is slow; a lost run is told apart", async () => {
  const told: unknown[] = [];
  const store = { ...memoryStore(), append: () => Promise.reject(fenced()) };
  const watched = observedStore(store, {
    stored: (operation, ms, runId, error) => told.push([operation, runId, error]),
  });
  await expect(watched.append("r", { expectedSeq: 0, epoch: 1 }, [])).rejects.toMatchObject({ code: "STORE_FENCED" });
  expect(told).toEqual([["append", "r", expect.objectContaining({ code: "STORE_FENCED" })]]);
  const { RunLogger } = await import("../../src/telemetry/logger.js");
  const { told: said, logger } = lines();
  const runLogger = new RunLogger(logger);
  runLogger.stored("append", 3, "r", fenced());
  runLogger.stored("append", LIMITS.storeSlowMs, "r");
  runLogger.stored("read", 1, "r", new Error("private"));
  expect(said.map(([level, { code }]) => `${level} ${code}`)).toEqual([
    ...["warn LEASE_LOST", "warn STORE_SLOW", "error STORE_ERROR"],
  ]);
});

test("may throw and reject: the run goes on", async () => {
  const broken = () => {
    throw new Error("full disk");
  };
  const late = () => Promise.reject(new Error("full disk"));
  const loom = await open({ tools: [fetchIt(0)], logger: { debug: broken, info: late, warn: broken, error: late } });
  const one = { steps: [plan.steps[0]!], answer: { value: "ok" } };
  expect(await loom.run("Go.", { plan: one })).toMatchObject({ status: "completed" });
  await loom.close();
});
