// docs/events.md against real logs: every event type stands in it, and every event and field of the documents' runtime
// is where the page says, in a run with a rejection, approvals, a failure and a replan.
import { beforeAll, describe, expect, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import type { Json } from "../../src/plan/json.js";
import type { EventType, RunEvent } from "../../src/run/event.js";
import { startFakeOpenAI } from "../../src/testing/fake-openai-server.js";
import type { ChatBody, FakeReply } from "../../src/testing/fake-reply.js";
import { eventsOf, toolNamed } from "../engine/parts.js";
import { ToolError } from "../../src/tools/tool.js";
import { document, section, sources } from "./codes.js";

const page = document("events.md");

/** The cells of the table of other names; code marks are left out. */
const ROWS = section(page, "## The names of other systems")
  .split("\n")
  .filter((line) => line.startsWith("| `AGENT_"))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, name = "", field = "", type = "", where = ""]) => ({
    name: name.replaceAll("`", ""),
    field: field.replaceAll("`", ""),
    type: type.replaceAll("`", "") as EventType,
    path: /^`([^`]+)`/.exec(where)?.[1] ?? "",
    tokens: where.includes("`inputTokens` + `outputTokens`"),
  }));

/** What the documents' runtime records, field by field, as its description has it. */
const SEED: Readonly<Record<string, readonly string[]>> = {
  AGENT_STARTED: ["run_id", "query", "planner_model", "executor_model"],
  AGENT_PLAN_GENERATED: ["plan", "plan[].step", "plan[].description", "plan[].tool", "planner_tokens"],
  AGENT_PLAN_APPROVAL_REQUESTED: ["hook_id", "plan"],
  AGENT_PLAN_APPROVED: ["hook_id", "approved", "feedback"],
  AGENT_PLAN_REJECTED: ["hook_id", "approved", "feedback"],
  AGENT_STEP_STARTED: ["step", "description", "tool"],
  AGENT_STEP_COMPLETED: ["step", "result", "executor_tokens"],
  AGENT_REPLANNING: ["reason", "original_plan", "new_plan"],
  AGENT_EXECUTION_COMPLETED: ["total_steps", "successful", "failed", "replans"],
  AGENT_COMPLETED: [""],
  AGENT_FAILED: [""],
};

/** The data of all events: those of event.ts up to this mark, and the groups in files of their own. */
function eventBodies(until: string): string {
  const [text = ""] = sources("run").filter((source) => source.includes("export interface EventData "));
  const groups = sources("run/event").flatMap((source) => [...source.matchAll(/interface \w+Events \{[^]*?^\}/gm)]);
  const own = text.slice(text.indexOf("export interface EventData "), text.indexOf(until));
  return [own, ...groups.map(([group]) => group.slice(group.indexOf("\n")))].join("\n");
}

test("every type of event stands in its table, and no other", () => {
  const body = eventBodies("export interface PassingFailure");
  const types = [...body.matchAll(/^ {2}"([a-z]+\.[A-Za-z]+)"/gm)].map(([, type]) => type);
  expect(types.length).toBeGreaterThan(30);
  const listed = [...section(page, "## Types").matchAll(/^\| `([a-z]+\.[A-Za-z]+)`/gm)].map(([, type]) => type);
  expect(listed.toSorted()).toEqual(types.toSorted());
});

/** The lines of a table below a heading, by the codes in their first cell. */
function rowsBelow(heading: string): ReadonlyMap<string, string> {
  const rows = section(page, heading).split("\n");
  return new Map(
    rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, key = ""]) => [key, row])),
  );
}

test("the row of each event names its fields", () => {
  const body = eventBodies("export type FailureCause");
  const rows = rowsBelow("## Types");
  const failing = ["attempt", "error", "decision", "reason", "retryAt", "usage", "unpaid"];
  const parts = body.split(/^ {2}(?="[a-z]+\.[A-Za-z]+": ?)/m).slice(1);
  expect(parts.length).toBeGreaterThan(30);
  for (const part of parts) {
    const [, type = ""] = /^"([^"]+)"/.exec(part)!;
    const oneLine = part.trimEnd().split("\n").length === 1;
    const fields = [...part.matchAll(oneLine ? /readonly (\w+)\??:/g : /^ {4}readonly (\w+)\??:/gm)].map(
      ([, name = ""]) => name,
    );
    const inherited = /\bPassingFailure\b/.test(part) ? failing.filter((name) => !part.includes(`"${name}"`)) : [];
    const ref = /\bStepRef &/.test(part) ? ["step", "item"] : [];
    // A tool's answer about its call asks no model.
    const wanted = [...ref, ...inherited, ...fields].filter((name) => type !== "reconcile.failed" || name !== "unpaid");
    expect(
      wanted.filter((name) => !new RegExp(`\\b${name}\\b`).test(rows.get(type) ?? "")),
      type,
    ).toEqual([]);
  }
});

test("every code of a reason has its row", () => {
  const [text = ""] = sources("run").filter((source) => source.includes("export type ReplanReason"));
  const codes = [...text.matchAll(/"([A-Z]+(?:_[A-Z]+)*)"/g)].map(([, code = ""]) => code);
  expect(new Set(codes).size).toBeGreaterThan(35);
  const rows = rowsBelow("## Failures and reasons");
  expect([...new Set(codes)].filter((code) => !rows.has(code))).toEqual([]);
});

test("every event and field of the documents has its row", () => {
  const wanted = Object.entries(SEED).flatMap(([name, fields]) => fields.map((field) => `${name} ${field}`));
  expect(ROWS.map(({ name, field }) => `${name} ${field}`)).toEqual(wanted);
});

const GOAL = "Tell what was found";
const step = (id: string, tool: string, query: string, more: object = {}) => ({
  id,
  title: `The ${id}`,
  description: `Has ${tool} look for ${query}.`,
  tool,
  with: { x: query },
  ...more,
});
const LOOK = step("look", "search", "companies");
const FETCH = step("fetch", "search", "nothing");
const MENDED = step("fetch", "archive", "nothing");
const TELL = {
  id: "tell",
  title: "Tell it",
  description: "Write what was found, in one sentence.",
  agent: "Write one sentence.",
  with: { found: "${{ fetch }}" },
};
const ANSWER = { value: "${{ tell }}" };
const FIRST = { steps: [LOOK], answer: { value: "${{ look }}" } };
const SECOND = { steps: [LOOK, FETCH, TELL], answer: ANSWER };
const PATCH = { operations: [{ op: "replace", id: "fetch", step: MENDED }] };
const USAGES = {
  planner: { prompt_tokens: 1_000, completion_tokens: 200 },
  executor: { prompt_tokens: 250, completion_tokens: 50 },
};

const search = toolNamed("search", "none", ({ x }) => {
  if (x === "nothing") throw new ToolError("There is nothing.", { code: "NOTHING", retryable: false });
  return "three companies";
});
const archive = toolNamed("archive", "none", () => "an old page");

/** The log of a run whose planner says these things, one after the other, and that a person answers so. */
async function told(drafts: readonly Json[], start: object, answers: (run: LoomRun) => Promise<void>) {
  const left = [...drafts];
  const reply = ({ model }: ChatBody): FakeReply => {
    if (model === "light") return { text: "An old page was found.", usage: USAGES.executor };
    const draft = left.shift();
    return draft === undefined ? { status: 400, text: "asked too often" } : { json: draft, usage: USAGES.planner };
  };
  const server = await startFakeOpenAI({ reply });
  const role = (model: string) => ({ model, baseURL: server.url, apiKey: "any" });
  const models = { planner: role("strong"), executor: role("light") };
  const config = { tools: [search, archive], models, store: "memory", approval: "always" } as const;
  const loom = await createLoom(config, { env: {} });
  try {
    const run = await loom.start(GOAL, start);
    await answers(run);
    return await logOf(run);
  } finally {
    await loom.close();
    await server.close();
  }
}

async function logOf(run: LoomRun): Promise<readonly RunEvent[]> {
  const log: RunEvent[] = [];
  for await (const event of run.events()) log.push(event);
  return log;
}

async function approve(run: LoomRun, comment: string): Promise<void> {
  const { waiting } = await run.result();
  expect(await run.approve(waiting?.approvals[0]?.hash ?? "", { comment })).toEqual({ ok: true });
}

/** Rejected, approved, failed, patched, approved, completed. */
const mendedRun = () =>
  told([FIRST, SECOND, PATCH], { runId: "abc123" }, async (run) => {
    await run.result();
    expect(await run.reject("Fetch the page, too")).toEqual({ ok: true });
    await approve(run, "Looks good");
    await approve(run, "Still good");
    expect(await run.result()).toMatchObject({ status: "completed", answer: "An old page was found." });
  });

/** A run whose plan wants no mending. */
const failedRun = () => {
  const plan = { ...SECOND, steps: SECOND.steps.map((one) => ({ ...one, onFailure: "fail" })) };
  return told([], { plan }, async (run) => {
    await approve(run, "");
    expect(await run.result()).toMatchObject({ status: "failed" });
  });
};

/** Which of the events of its type, and what stands there. */
type Expected = readonly [which: (event: RunEvent) => boolean, value: unknown];

function storyOf(log: readonly RunEvent[]): Readonly<Record<string, Expected>> {
  const proposed = eventsOf(log, "plan.proposed");
  const hashes = proposed.map(({ data }) => data.hash);
  const stepsWith = (...steps: readonly object[]) => steps.map((one) => expect.objectContaining(one) as unknown);

  const any = () => true;
  const last = (type: EventType) => (event: RunEvent) => event === log.findLast((one) => one.type === type);
  const revision = (n: number) => (event: RunEvent) => event === proposed[n - 1];
  const of = (id: string) => (event: RunEvent) => "step" in event.data && event.data.step === id;
  const asked = (text: string) => (event: RunEvent) => "comment" in event.data && event.data.comment === text;
  return {
    "AGENT_STARTED run_id": [any, "abc123"],
    "AGENT_STARTED query": [any, GOAL],
    "AGENT_STARTED planner_model": [any, "strong"],
    "AGENT_STARTED executor_model": [any, "light"],
    "AGENT_PLAN_GENERATED plan": [revision(2), stepsWith(LOOK, FETCH, TELL)],
    "AGENT_PLAN_GENERATED plan[].step": [revision(2), ["look", "fetch", "tell"]],
    "AGENT_PLAN_GENERATED plan[].description": [revision(2), [LOOK.description, FETCH.description, TELL.description]],
    "AGENT_PLAN_GENERATED plan[].tool": [revision(2), ["search", "search", undefined]],
    "AGENT_PLAN_GENERATED planner_tokens": [revision(2), 1_200],
    "AGENT_PLAN_APPROVAL_REQUESTED hook_id": [last("approval.requested"), hashes[2]],
    "AGENT_PLAN_APPROVAL_REQUESTED plan": [({ data }) => "hash" in data && data.hash === hashes[0], stepsWith(LOOK)],
    "AGENT_PLAN_APPROVED hook_id": [asked("Looks good"), hashes[1]],
    "AGENT_PLAN_APPROVED approved": [asked("Looks good"), "approval.granted"],
    "AGENT_PLAN_APPROVED feedback": [asked("Looks good"), "Looks good"],
    "AGENT_PLAN_REJECTED hook_id": [any, hashes[0]],
    "AGENT_PLAN_REJECTED approved": [any, "approval.denied"],
    "AGENT_PLAN_REJECTED feedback": [any, "Fetch the page, too"],
    "AGENT_STEP_STARTED step": [of("look"), "look"],
    "AGENT_STEP_STARTED description": [revision(3), [LOOK.description, MENDED.description, TELL.description]],
    "AGENT_STEP_STARTED tool": [revision(3), ["search", "archive", undefined]],
    "AGENT_STEP_COMPLETED step": [of("look"), "look"],
    "AGENT_STEP_COMPLETED result": [of("look"), "three companies"],
    "AGENT_STEP_COMPLETED executor_tokens": [of("tell"), 300],
    "AGENT_REPLANNING reason": [any, { code: "POLICY", why: { code: "NOT_RETRYABLE" }, policy: "patch", by: "run" }],
    "AGENT_REPLANNING original_plan": [revision(2), stepsWith(LOOK, FETCH, TELL)],
    "AGENT_REPLANNING new_plan": [revision(3), stepsWith(LOOK, MENDED, TELL)],
    "AGENT_EXECUTION_COMPLETED total_steps": [any, 3],
    "AGENT_EXECUTION_COMPLETED successful": [any, 3],
    "AGENT_EXECUTION_COMPLETED failed": [any, 0],
    "AGENT_EXECUTION_COMPLETED replans": [any, 1],
    "AGENT_COMPLETED ": [any, true],
    "AGENT_FAILED ": [any, expect.objectContaining({ code: "NOTHING" })],
  };
}

describe("each of them is where the page says", () => {
  let log: readonly RunEvent[];
  let failed: readonly RunEvent[];

  beforeAll(async () => {
    log = await mendedRun();
    failed = await failedRun();
  });

  test.each(ROWS.map((row) => [`${row.name} ${row.field}`, row] as const))("%s", (name, { type, path, tokens }) => {
    const [which, value] = storyOf(log)[name]!;
    const found = (name === "AGENT_FAILED " ? failed : log).find((event) => event.type === type && which(event));
    expect(found, `${type} in the log`).toBeDefined();
    const there = valueAt(found, path);
    expect(tokens ? tokensOf(there) : there).toEqual(value);
  });

  test("the last plan before a replan and the first one after it are those that it names", () => {
    const proposed = eventsOf(log, "plan.proposed");
    const { seq } = eventsOf(log, "replan.requested")[0]!;
    expect(proposed.findLast((event) => event.seq < seq)?.data.revision).toBe(2);
    expect(proposed.find((event) => event.seq > seq)?.data.revision).toBe(3);
  });
});

/** `a.b`, and `a[].b` for the b of each element of a. */
function valueAt(value: unknown, path: string): unknown {
  const [head = "", ...rest] = path.split("[].");
  const at = head.split(".").reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
  return rest.length === 0 ? at : (at as unknown[]).map((element) => valueAt(element, rest.join("[].")));
}

function tokensOf(usage: unknown): number {
  const { inputTokens, outputTokens } = usage as { readonly inputTokens: number; readonly outputTokens: number };
  return inputTokens + outputTokens;
}
