// Text of others in each field of each event, at the surface of the command line. In: the recorded logs with a hostile text in every free
// text. Out: what each command that reads a run prints, on a terminal and in a pipe.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { atCommand, diffCommand } from "../../src/cli/command/look.js";
import { graphCommand } from "../../src/cli/command/plan.js";
import { answerCommand } from "../../src/cli/command/answer.js";
import { eventsCommand, showCommand } from "../../src/cli/command/read.js";
import { replayCommand } from "../../src/cli/command/replay.js";
import { runsCommand } from "../../src/cli/command/runs.js";
import { sayError } from "../../src/cli/error-text.js";
import { Follower } from "../../src/cli/follow.js";
import { say } from "../../src/cli/output.js";
import { tableLines } from "../../src/cli/render/table.js";
import type { Json, JsonObject } from "../../src/plan/json.js";
import { planHashBy, programHash } from "../../src/plan/plan-hash.js";
import type { RunEvent } from "../../src/run/event.js";
import { foldNext } from "../../src/run/log/chain.js";
import { emptyRun } from "../../src/run/state.js";
import { openStore } from "../../src/store/locate.js";
import { LOGS, logIn, resealed } from "../fixtures/logs.js";

const terminal = vi.hoisted(() => ({ is: false }));
vi.mock("node:tty", () => ({ isatty: (descriptor: number) => terminal.is && descriptor !== 0 }));

const HOSTILE = "\u001b]0;t\u0007\u001b[2J\u009b31m\u202e\u200b\u2800\u00ad\r\nFORGED line\u2028FORGED too\n\tFORGED";
/** What no output may hold, but new lines. */
const RAW = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u00ad\u200b\u202a-\u202e\u2066-\u2069\u2800]/u;
const FORGED = /^\s*FORGED/m;

/** Names that hold words of others, whatever they look like. All other texts are words of others if they hold a space. */
const FREE: ReadonlySet<string> = new Set([
  ...["goal", "title", "text", "comment", "message", "description", "summary", "answer", "output", "question"],
  ...["agent", "ask", "instructions", "input", "value", "draft", "note"],
]);

/** The value with the hostile text in each free text. */
function poisoned(value: Json, field = ""): Json {
  if (typeof value === "string") return FREE.has(field) || value.includes(" ") ? `${value}${HOSTILE}` : value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => poisoned(one, field));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, KEPT.has(name) ? one : poisoned(one, name)]),
  );
}

/** Expressions, types and schemas must be readable. */
const KEPT: ReadonlySet<string> = new Set([
  "when",
  "forEach",
  "expect",
  "output",
  "tools",
  "schema",
  "expression",
  "kernel",
]);

/** The log as a stranger's tools, models and people could have filled it; undefined if it is no sound log any more. */
function hostileLog(name: string): readonly RunEvent[] | undefined {
  const filled = logIn(name).map((event) => {
    // Its `answer` says who writes the answer.
    if (event.type === "execution.completed") return event;
    const data = event.data as unknown as JsonObject;
    const output = data["output"] === undefined ? {} : { output: poisoned(data["output"], "text") };
    const by = event.by === "engine" ? event.by : `ann ${HOSTILE}`;
    return { ...event, by, data: { ...(poisoned(data) as JsonObject), ...output } };
  }) as unknown as readonly RunEvent[];
  const log = resealed(withHashes(filled));
  const run = emptyRun(log[0]!.runId);
  return log.every((event) => foldNext(run, event).ok) ? log : undefined;
}

/** Each plan with its own hashes again, wherever the log names it. */
function withHashes(log: readonly RunEvent[]): readonly RunEvent[] {
  let text = JSON.stringify(log);
  for (const event of log) {
    if (event.type !== "plan.proposed") continue;
    const { plan, tools, hash, program, hashVersion = 1 } = event.data;
    text = text.replaceAll(hash, planHashBy(hashVersion, event.data)!);
    if (hashVersion > 1) text = text.replaceAll(program, programHash(plan, tools));
  }
  return JSON.parse(text) as readonly RunEvent[];
}

let printed = "";
beforeEach(() => {
  printed = "";
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((chunk) => {
      printed += String(chunk);
      return true;
    });
});
afterEach(() => {
  vi.restoreAllMocks();
  terminal.is = false;
});

async function storeWith(log: readonly RunEvent[]): Promise<{ readonly store: string; readonly runId: string }> {
  const folder = mkdtempSync(join(tmpdir(), "planloom-foreign-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "s.db");
  const store = await openStore(file);
  const { runId } = log[0]!;
  await store.append(runId, { expectedSeq: 0, epoch: 0 }, log);
  await store.close();
  return { store: file, runId };
}

const SOUND = LOGS.map((name) => [name, hostileLog(name)] as const).filter(([, log]) => log !== undefined);

test("most of the recorded logs stay sound with the text of a stranger in them", () => {
  expect(SOUND.length).toBeGreaterThan(LOGS.length / 2);
  const types = new Set(SOUND.flatMap(([, log]) => log!.map(({ type }) => type)));
  for (const type of ["plan.proposed", "approval.requested", "step.failed", "step.suspended", "run.failed"])
    expect(types).toContain(type);
});

/** One log of each story is enough: builds differ in what they record, not in how it is shown. */
const STORIES = [...new Map(SOUND.map(([name, log]) => [name.split("/").at(-1)!, log!]))];

describe.each([
  ["in a pipe", false],
  ["on a terminal", true],
])("%s", (_where, isTerminal) => {
  test.each(STORIES)(
    "%s: no command prints a raw character, or a line that looks like the program's",
    async (_name, log) => {
      terminal.is = isTerminal;
      const { store, runId } = await storeWith(log);
      const flags = { store };
      const steps = log.flatMap(({ type, data }) => (type === "step.started" ? [data.step] : []));
      const commands: readonly (readonly [string, () => Promise<unknown>])[] = [
        ["show", () => showCommand(runId, flags)],
        ["trace", () => showCommand(runId, { ...flags, trace: true })],
        ["show --json", () => showCommand(runId, { ...flags, json: true })],
        ["show --at", () => atCommand(runId, steps[0] ?? "none", flags)],
        ["events", () => eventsCommand(runId, flags)],
        ["diff", () => diffCommand(runId, undefined, undefined, flags)],
        ["graph", () => graphCommand(runId, { ...flags, format: "ascii" })],
        ["mermaid", () => graphCommand(runId, { ...flags, format: "mermaid" })],
        ["replay", () => replayCommand(runId, flags)],
        ["runs", () => runsCommand(flags)],
      ];
      for (const [name, command] of commands) {
        printed = "";
        await command().catch((error: unknown) => sayError(error));
        expect(printed, name).not.toBe("");
        expect(RAW.exec(printed)?.[0], name).toBeUndefined();
        if (!name.includes("json") && name !== "events") expect(printed, name).not.toMatch(FORGED);
      }
      // The answer alone is a document of its own on stdout: its lines stay as they are.
      printed = "";
      await answerCommand(runId, flags).catch((error: unknown) => sayError(error));
      expect(RAW.exec(printed.replaceAll("\t", ""))?.[0]).toBeUndefined();
    },
  );

  test.each(STORIES)("%s: the lines of a run that is followed, and its table", (_name, log) => {
    terminal.is = isTerminal;
    const follower = new Follower({
      show: (lines) => lines.forEach(({ text }) => say(text)),
      follow: () => undefined,
      answer: () => undefined,
      settle: () => undefined,
      rest: () => undefined,
    });
    const run = emptyRun(log[0]!.runId);
    for (const recorded of log) {
      const link = foldNext(run, recorded);
      if (link.ok) follower.event(link.event);
    }
    for (const line of tableLines(run, new Map(), run.log.updatedAt, { columns: 80, rows: 40 })) {
      expect(line).not.toMatch(RAW);
      say(line);
    }
    expect(RAW.exec(printed)?.[0]).toBeUndefined();
    expect(printed).not.toMatch(FORGED);
  });
});

test("with --raw an answer is the bytes that came", async () => {
  const [, log] = STORIES.find(([, events]) =>
    events.some(({ type, data }) => type === "answer.written" && typeof data.answer === "string"),
  )!;
  const { store, runId } = await storeWith(log);
  await answerCommand(runId, { store, raw: true });
  expect(printed).toContain(HOSTILE);
});
