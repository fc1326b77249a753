// A run killed with SIGKILL right before or right after any durable write ends, once resumed, as if nothing had happened.
// In: plans, and real processes that kill themselves. Out: what differs from the unkilled run. The model server lives here,
// so that it sees what is asked twice. PLANLOOM_CRASH_ALL=1 tries every write of every plan, and kills each resume again.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunDocument } from "../../src/run/document.js";
import type { RunEvent } from "../../src/run/event.js";
import type { JournalRow } from "../../src/store/event-store.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { startFakeOpenAI, type FakeOpenAI } from "../../src/testing/fake-openai-server.js";
import type { ChatBody, FakeReply } from "../../src/testing/fake-reply.js";
import { soundChain } from "../engine/parts.js";
import { PLANNED, PLANS } from "./plans.mjs";

const ALL = process.env["PLANLOOM_CRASH_ALL"] === "1";
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const CHILD = here("child.mjs");
const COMMAND = here("../../bin/planloom.js");
const CONFIG = here("crash.config.mjs");
/** Processes at a time. */
const WIDTH = 2;
/** Runs with more of them are not killed at every point, unless all are asked for. */
const MANY_WRITES = 10;
/** A child that takes longer hangs. */
const CHILD_MS = 30_000;
const TEST_MS = ALL ? 600_000 : 120_000;

type PlanName = keyof typeof PLANS;
type Kill = { readonly n: number; readonly when: "before" | "after" };

interface Told {
  readonly writes: number;
  readonly document?: RunDocument;
  /** The status in which the resumed run came to rest first. */
  readonly first?: string;
  readonly code?: string;
}

interface Place {
  readonly name: PlanName;
  readonly path: string;
  readonly runId: string;
  readonly effectsFile: string;
}

interface Effect {
  readonly tool: string;
  readonly key: string;
  readonly x: string;
}

let server: FakeOpenAI;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "planloom-crash-"));
  server = await startFakeOpenAI({ reply: (body, index) => ({ ...replyTo(body), usage: usageOf(index) }) });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The number of a request, told as its tokens: the journal keeps them, so that a row knows which request it answers. */
const usageOf = (index: number) => ({ prompt_tokens: 1_000 + index, completion_tokens: 1 });
const indexOf = (row: JournalRow): number | undefined => {
  const { value } = (row.outcome ?? {}) as { readonly value?: { readonly usage?: { readonly inputTokens: number } } };
  return value?.usage === undefined ? undefined : value.usage.inputTokens - 1_000;
};

/** Depends on nothing but the request: a turn that is asked again is answered alike. */
function replyTo(body: ChatBody): FakeReply {
  const said = body.messages.filter(({ role }) => role === "assistant").length;
  if (body.model === "planner") return { json: PLANNED };
  if (body.model === "synthesizer") return { text: "All was looked at, and paid for." };
  const city = /city-\d/.exec(JSON.stringify(body.messages))?.[0] ?? "nowhere";
  if (body.response_format !== undefined) return { json: { x: city } };
  const wanted = (body.tools ?? []).map((tool) => tool.function.name);
  const next = wanted[said];
  return next === undefined ? { text: `done in ${city}` } : { toolCalls: [{ name: next, args: { x: city } }] };
}

let places = 0;

function newPlace(name: PlanName): Place {
  const runId = `${name}-${++places}`;
  return { name, runId, path: join(folder, `${runId}.db`), effectsFile: join(folder, `${runId}.effects`) };
}

/** Runs the child to its end, which may be its own SIGKILL. */
async function child(place: Place, mode: "start" | "resume", kill?: Kill): Promise<Told | "killed"> {
  const argument = JSON.stringify({ ...place, mode, url: server.url, kill });
  const running = spawn(process.execPath, [CHILD, argument], { timeout: CHILD_MS, killSignal: "SIGTERM" });
  let [out, errors] = ["", ""];
  running.stdout.on("data", (data: Buffer) => (out += data.toString()));
  running.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  const [code, signal] = (await once(running, "close")) as [number | null, string | null];
  if (signal === "SIGKILL" && kill !== undefined) return "killed";
  if (code !== 0) throw new Error(`the child ended with ${signal ?? code}: ${errors}`);
  return JSON.parse(out) as Told;
}

const effectsOf = ({ effectsFile }: Place): readonly Effect[] =>
  !existsSync(effectsFile)
    ? []
    : readFileSync(effectsFile, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Effect);

const requestsOf = ({ runId }: Place) =>
  server.requests.flatMap(({ headers, body }, index) =>
    headers.authorization === `Bearer ${runId}` ? [{ index, body: JSON.stringify(body) }] : [],
  );

interface Kept {
  readonly log: readonly RunEvent[];
  readonly journal: readonly JournalRow[];
}

async function keptOf({ path, runId }: Place): Promise<Kept> {
  const store = await openSqliteStore({ path });
  try {
    return { log: await store.read(runId), journal: await store.readRunJournal(runId) };
  } finally {
    await store.close();
  }
}

/** What must be the same, killed or not. */
const essence = (document: RunDocument | undefined) => ({
  status: document?.status,
  answer: document?.answer,
  steps: document?.steps.map(({ id, status, output, items }) => ({
    id,
    status,
    output,
    items: items?.map((item) => [item.status, item.output]),
  })),
});

/** Calls that act once whose intent is durable and whose outcome is not. */
function doubtsIn({ log, journal }: Kept): number {
  const open = new Set<string>();
  for (const event of log) {
    if (event.type === "step.started" && event.data.effects === "once") open.add(event.data.step);
    if (event.type === "step.completed") open.delete(event.data.step);
  }
  return open.size + journal.filter(({ name, outcome }) => name === "tool pay" && outcome === null).length;
}

async function tryPoint(name: PlanName, kill: Kill, unkilled: Told, again?: Kill): Promise<void> {
  const place = newPlace(name);
  const first = await child(place, "start", kill);
  // Steps that ended together needed one write less: there was no such point this time.
  if (first !== "killed") return expect(essence(first.document)).toEqual(essence(unkilled.document));
  if (again !== undefined) await child(place, "resume", again);
  const [kept, asked] = [await keptOf(place), requestsOf(place).length];
  const told = await child(place, "resume");
  if (told === "killed") throw new Error("nobody was to be killed");
  if (kept.log.length === 0) return expect(told).toMatchObject({ code: "RUN_UNKNOWN" });

  expect(essence(told.document)).toEqual(essence(unkilled.document));
  if (again === undefined) expect(told.first).toBe(doubtsIn(kept) > 0 ? "needs-attention" : "completed");
  const after = await keptOf(place);
  expect(after.log.slice(0, kept.log.length)).toEqual(kept.log);
  expect(soundChain(after.log)).toBe(true);
  checkEffects(effectsOf(place));
  checkRequests(place, kept, asked);
}

function checkEffects(effects: readonly Effect[]): void {
  const payments = effects.filter(({ tool }) => tool === "pay").map(({ key }) => key);
  expect(new Set(payments).size).toBe(payments.length);
  const keys = new Map<string, string>();
  for (const { tool, key, x } of effects) {
    if (tool !== "put" && tool !== "flaky") continue;
    expect(keys.get(`${tool} ${key}`) ?? x).toBe(x);
    keys.set(`${tool} ${key}`, x);
  }
}

/** A reply that the journal held when the process died is not asked for again. */
function checkRequests(place: Place, kept: Kept, asked: number): void {
  const requests = requestsOf(place);
  const finished = new Set(kept.journal.map(indexOf).filter((index) => index !== undefined));
  const paid = new Set(requests.filter(({ index }) => finished.has(index)).map(({ body }) => body));
  expect(finished.size).toBe(paid.size);
  expect(requests.slice(asked).filter(({ body }) => paid.has(body))).toStrictEqual([]);
}

/**
 * Every point; of a long run one between each write and the next, at the beginning of every other such window (nothing was
 * done since the write) and at the end of those between (all was done that the next write tells).
 */
function pointsOf(writes: number): readonly Kill[] {
  const numbers = Array.from({ length: writes }, (_, index) => index + 1);
  const told = ALL || writes <= MANY_WRITES ? numbers : numbers.filter((n) => n % 2 === 0);
  return told.flatMap((n) => [{ n, when: "before" } as const, { n, when: "after" } as const]);
}

async function inParallel<T>(work: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  const queue = [...work];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await each(one);
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
}

describe("a run that is killed goes on as if it had not been", () => {
  test.each(Object.keys(PLANS) as PlanName[])(
    "%s",
    async (name) => {
      const unkilled = await child(newPlace(name), "start");
      if (unkilled === "killed") throw new Error("nobody was to be killed");
      expect(unkilled.document?.status).toBe("completed");
      const points = pointsOf(unkilled.writes);
      const failures: string[] = [];
      const attempt = async (kill: Kill, again?: Kill): Promise<void> => {
        await tryPoint(name, kill, unkilled, again).catch((error: unknown) => {
          failures.push(
            `${kill.when} write ${kill.n}${again === undefined ? "" : `, then ${again.when} ${again.n}`}: ${String(error)}`,
          );
        });
      };
      await inParallel(points, (kill) => attempt(kill));
      if (ALL) await inParallel(points, (kill) => attempt(kill, { n: 1 + (kill.n % 3), when: kill.when }));
      expect(failures).toStrictEqual([]);
      if (ALL) console.log(`${name}: ${unkilled.writes} writes, ${points.length} points, each with a second kill too`);
    },
    TEST_MS,
  );
});

/** `planloom resume RUN --json` over the same store, in a process of its own. */
async function resumedByCommand({ path, runId, effectsFile }: Place): Promise<{ code: number | null; out: string }> {
  const options = { timeout: CHILD_MS, env: { ...process.env, PLANLOOM_STORE: path, CRASH_EFFECTS: effectsFile } };
  const running = spawn(process.execPath, [COMMAND, "resume", runId, "--json", "--config", CONFIG], options);
  let out = "";
  running.stdout.on("data", (data: Buffer) => (out += data.toString()));
  const [code] = (await once(running, "close")) as [number | null];
  return { code, out };
}

describe("planloom resume", () => {
  test("goes on with a run whose process was killed, and says so by its answer or its exit code", async () => {
    const unkilled = await child(newPlace("chain"), "start");
    if (unkilled === "killed") throw new Error("nobody was to be killed");
    const inDoubt: number[] = [];
    await inParallel([2, 3, 4, 5], async (n) => {
      const place = newPlace("chain");
      expect(await child(place, "start", { n, when: "before" })).toBe("killed");
      const doubts = doubtsIn(await keptOf(place));
      const { code, out } = await resumedByCommand(place);
      const document = JSON.parse(out) as RunDocument;
      checkEffects(effectsOf(place));
      if (doubts > 0) inDoubt.push(n);
      expect([n, code, document.status]).toStrictEqual(doubts > 0 ? [n, 5, "needs-attention"] : [n, 0, "completed"]);
      if (doubts === 0) expect(essence(document)).toEqual(essence(unkilled.document));
    });
    expect(inDoubt).toHaveLength(1);
  });
});
