// A run killed with SIGKILL right before or right after any durable write ends, once resumed, as if nothing had
// happened. In: plans, and real processes that kill themselves. Out: what differs from the unkilled run. The model
// server lives here, so that it sees what is asked twice. PLANLOOM_CRASH_ALL=1 tries every write of every plan, and
// kills each resume again.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { RunDocument } from "../../src/loom/document.js";
import type { JournalRow } from "../../src/store/event-store.js";
import { startFakeOpenAI, type FakeOpenAI } from "../../src/testing/fake-openai-server.js";
import type { ChatBody, FakeReply } from "../../src/testing/fake-reply.js";
import { soundChain } from "../engine/parts.js";
import { figure, middleAndMax } from "../figures.js";
import {
  CHILD_MS,
  doubtsIn,
  effectsOf,
  essence,
  here,
  inParallel,
  keptOf,
  newRunFiles,
  repeatedOf,
  spawned,
  undoneOf,
  type Kept,
  type Kill,
  type RunFiles,
  type PlanName,
  type Told,
} from "./processes.js";
import { PATCH, PLANNED, PLANS } from "./plans.mjs";

const ALL = process.env["PLANLOOM_CRASH_ALL"] === "1";
/** Points of one plan, unless all are asked for. */
const POINTS = 8;
/** A safety net for a busy machine. */
const TEST_MS = ALL ? 3_600_000 : 900_000;

let server: FakeOpenAI;
let folder: string;
const tally = { points: 0, violations: 0, recoveries: [] as number[] };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "planloom-crash-"));
  server = await startFakeOpenAI({ reply: (body, index) => ({ ...replyTo(body), usage: usageOf(index) }) });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
  const { points, violations, recoveries } = tally;
  const { median, max } = middleAndMax(recoveries.map(Math.round));
  figure("crash", { plans: Object.keys(PLANS).length, points, violations, recoveryMs: median, recoveryMsMax: max });
});

/**
 * The number of a request, told as its tokens: the journal keeps them, so that a row knows which request it answers.
 */
const usageOf = (index: number) => ({ prompt_tokens: 1_000 + index, completion_tokens: 1 });
const indexOf = (row: JournalRow): number | undefined => {
  const { value } = (row.outcome ?? {}) as { readonly value?: { readonly usage?: { readonly inputTokens: number } } };
  return value?.usage === undefined ? undefined : value.usage.inputTokens - 1_000;
};

/** Depends on nothing but the request: a turn that is asked again is answered alike. */
function replyTo(body: ChatBody): FakeReply {
  const said = body.messages.filter(({ role }) => role === "assistant").length;
  const form = body.response_format?.json_schema?.name;
  const text = JSON.stringify(body.messages);
  if (form === "judge") return { json: { verdict: "met", reason: "It does." } };
  if (form === "critique") {
    const isFine = text.includes("All was looked at");
    return { json: { verdict: isFine ? "fine" : "wanting", points: isFine ? [] : ["Say all."], unsupported: [] } };
  }
  if (body.model === "planner") return { json: form === "patch" ? PATCH : PLANNED };
  if (body.model === "synthesizer")
    return {
      text: text.includes("You wrote this answer before") ? "All was looked at, and paid for." : "It was paid.",
    };
  const city = /city-\d/.exec(JSON.stringify(body.messages))?.[0] ?? "nowhere";
  if (body.response_format !== undefined) return { json: { x: city } };
  const wanted = (body.tools ?? []).map((tool) => tool.function.name).filter((name) => name !== "read_result");
  const next = wanted[said];
  return next === undefined ? { text: `done in ${city}` } : { toolCalls: [{ name: next, args: { x: city } }] };
}

/** Runs the child to its end, which may be its own SIGKILL. A crash of a process loses nothing, however it is synced. */
const child = (files: RunFiles, mode: "start" | "resume", kill?: Kill): Promise<Told | "killed"> => {
  const sync = kill !== undefined && kill.n % 2 === 0 ? "process" : "power";
  return spawned<Told>("child", { ...files, mode, url: server.url, kill, sync }).told;
};

async function unkilledRun(name: PlanName): Promise<Told> {
  const told = await child(newRunFiles(folder, name), "start");
  if (told === "killed") throw new Error("nobody was to be killed");
  return told;
}

const requestsOf = ({ runId }: RunFiles) =>
  server.requests.flatMap(({ headers, body }, index) =>
    headers.authorization === `Bearer ${runId}` ? [{ index, body: JSON.stringify(body) }] : [],
  );

async function tryPoint(name: PlanName, kill: Kill, unkilled: Told, again?: Kill): Promise<void> {
  const files = newRunFiles(folder, name);
  const first = await child(files, "start", kill);
  // Steps that ended together needed one write less: there was no such point this time.
  if (first !== "killed") return expect(essence(first.document)).toEqual(essence(unkilled.document));
  tally.points++;
  if (again !== undefined && (await child(files, "resume", again)) === "killed") tally.points++;
  const [kept, asked] = [await keptOf(files), requestsOf(files).length];
  const told = await child(files, "resume");
  if (told === "killed") throw new Error("nobody was to be killed");
  if (kept.log.length === 0) return expect(told).toMatchObject({ code: "RUN_UNKNOWN" });

  if (told.recoveryMs !== undefined) tally.recoveries.push(told.recoveryMs);
  expect(essence(told.document)).toEqual(essence(unkilled.document));
  const alone = again === undefined && !("person" in PLANS[name]);
  if (alone) expect(told.first).toBe(doubtsIn(kept) > 0 ? "needs-attention" : "completed");
  const after = await keptOf(files);
  expect(after.log.slice(0, kept.log.length)).toEqual(kept.log);
  expect(soundChain(after.log)).toBe(true);
  expect(repeatedOf(effectsOf(files))).toBe(0);
  const [undone, done] = undoneOf(effectsOf(files));
  if (name === "undo") expect(undone).toEqual(done);
  checkRequests(files, kept, asked);
}

/** A reply that the journal held when the process died is not asked for again. */
function checkRequests(files: RunFiles, kept: Kept, asked: number): void {
  const requests = requestsOf(files);
  const finished = new Set(kept.journal.map(indexOf).filter((index) => index !== undefined));
  const paid = new Set(requests.filter(({ index }) => finished.has(index)).map(({ body }) => body));
  expect(finished.size).toBe(paid.size);
  expect(requests.slice(asked).filter(({ body }) => paid.has(body))).toStrictEqual([]);
}

/**
 * Every point; of a long run some, spread over it, now before a write (all was done that it tells) and now after one
 * (nothing was done since).
 */
function pointsOf(writes: number): readonly Kill[] {
  const all = Array.from({ length: writes }, (_, index) => index + 1).flatMap((n) => [
    { n, when: "before" } as const,
    { n, when: "after" } as const,
  ]);
  if (ALL || all.length <= POINTS) return all;
  const places = Array.from({ length: POINTS }, (_, i) => Math.floor((i * all.length) / POINTS) + (i % 2));
  return all.filter((_, index) => places.includes(index));
}

const ENDS: { readonly [name in PlanName]?: string } = { cancel: "cancelled", undo: "failed" };

describe("a killed run continues as if nothing had happened", () => {
  test.each(Object.keys(PLANS) as PlanName[])(
    "%s",
    async (name) => {
      const unkilled = await unkilledRun(name);
      expect(unkilled.document?.status).toBe(ENDS[name] ?? "completed");
      const points = pointsOf(unkilled.writes);
      const failures: string[] = [];
      const attempt = async (kill: Kill, again?: Kill): Promise<void> => {
        await tryPoint(name, kill, unkilled, again).catch((error: unknown) => {
          const then = again === undefined ? "" : `, then ${again.when} ${again.n}`;
          failures.push(`${kill.when} write ${kill.n}${then}: ${String(error)}`);
        });
      };
      await inParallel(points, (kill) => attempt(kill));
      if (ALL) await inParallel(points, (kill) => attempt(kill, { n: 1 + (kill.n % 3), when: kill.when }));
      tally.violations += failures.length;
      expect(failures).toStrictEqual([]);
    },
    TEST_MS,
  );
});

/** `planloom resume RUN --json` over the same store, in a process of its own. */
async function resumedByCommand({ path, runId, effectsFile }: RunFiles): Promise<{ code: number | null; out: string }> {
  const options = { timeout: CHILD_MS, env: { ...process.env, PLANLOOM_STORE: path, CRASH_EFFECTS: effectsFile } };
  const words = [here("../../bin/planloom.js"), "resume", runId, "--json", "--config", here("crash.config.mjs")];
  const running = spawn(process.execPath, words, options);
  let out = "";
  running.stdout.on("data", (data: Buffer) => (out += data.toString()));
  const [code] = (await once(running, "close")) as [number | null];
  return { code, out };
}

describe("planloom resume", () => {
  test("goes on with a run whose process was killed, and says so by its answer or its exit code", async () => {
    const unkilled = await unkilledRun("chain");
    const inDoubt: number[] = [];
    await inParallel([2, 3, 4, 5], async (n) => {
      const files = newRunFiles(folder, "chain");
      expect(await child(files, "start", { n, when: "before" })).toBe("killed");
      const doubts = doubtsIn(await keptOf(files));
      const { code, out } = await resumedByCommand(files);
      const document = JSON.parse(out) as RunDocument;
      expect(repeatedOf(effectsOf(files))).toBe(0);
      if (doubts > 0) inDoubt.push(n);
      expect([n, code, document.status]).toStrictEqual(doubts > 0 ? [n, 5, "needs-attention"] : [n, 0, "completed"]);
      if (doubts === 0) expect(essence(document)).toEqual(essence(unkilled.document));
    });
    expect(inDoubt).toHaveLength(1);
  });
});

describe("a call that ends its process", () => {
  test.each(["kill", "exit"])("ends the run as failed, after a few processes (%s)", async (how) => {
    const files = newRunFiles(folder, how);
    // A process that ends by itself says nothing.
    const told = (mode: "start" | "resume") => child(files, mode).catch(() => "killed" as const);
    expect(await told("start")).toBe("killed");
    for (let times = 1; times <= LIMITS.crashes; times++) expect(await told("resume")).toBe("killed");
    const last = await told("resume");
    expect(last).toMatchObject({ document: { status: "failed", error: { code: "POISON_STEP" } } });
    expect(effectsOf(files)).toHaveLength(1);
    expect((await keptOf(files)).log.at(-1)).toMatchObject({ type: "run.failed" });
  });
});
