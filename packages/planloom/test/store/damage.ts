// Real stores, as their files stand on the disk, and what damage makes of them. In: a kind of log, a damage. Out:
// copies of the files, and what can be read of them. Separate because the tests only say which outcomes are allowed.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLoom } from "../../src/loom/create-loom.js";
import { readEvents, loadRun } from "../../src/engine/log.js";
import { systemClock } from "../../src/clock.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { LIMITS } from "../../src/limits.js";
import type { RunEvent } from "../../src/run/event.js";
import type { JournalRow, ListedRun, InboxEntry } from "../../src/store/event-store.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";

const RUN = "run";

/** The bytes of a store: its file, and the write-ahead log beside it (empty where there is none). */
export interface Image {
  readonly db: Buffer;
  readonly wal: Buffer;
}

export interface Content {
  readonly log: readonly RunEvent[];
  readonly journal: readonly JournalRow[];
  readonly inbox: readonly InboxEntry[];
  readonly heads: readonly ListedRun[];
}

export interface Specimen {
  readonly name: string;
  /** What was acknowledged. */
  readonly content: Content;
  /** Closed, with everything in the one file; and as a process that is killed leaves it. */
  readonly images: readonly Image[];
}

export type Damage =
  | { readonly how: "cut"; readonly file: keyof Image; readonly to: number }
  | { readonly how: "flip"; readonly file: keyof Image; readonly at: number; readonly bit: number };

export const KINDS = ["small", "with blobs", "with journal"] as const;

const LARGE = LIMITS.blobBytes + 1;
const PLANS: Record<(typeof KINDS)[number], { readonly steps: readonly object[] }> = {
  small: {
    steps: [
      { id: "a", tool: "say", with: { text: "one" } },
      { id: "b", tool: "say", with: { text: "${{ a }}" } },
    ],
  },
  "with blobs": { steps: [{ id: "a", tool: "repeat", with: { text: "x" } }] },
  "with journal": {
    steps: [
      { id: "a", agent: "Say it twice.", tools: ["say"] },
      { id: "b", ask: "Was that all?" },
    ],
  },
};

const text = { type: "object", properties: { text: { type: "string" } }, required: ["text"] } as const;
const say = tool({
  name: "say",
  description: "Says it.",
  input: text,
  output: { type: "string" },
  effects: "once",
  run: ({ text: said }) => said as string,
});
const repeat = tool({
  name: "repeat",
  description: "Says it often.",
  input: text,
  output: { type: "string" },
  effects: "none",
  run: ({ text: said }) => (said as string).repeat(LARGE),
});
const twice = ["first", "second"].map((word) => ({ toolCalls: [{ name: "say", args: { text: word } }] }));

/** A run that was really driven, and the bytes that its store left behind. */
export async function specimen(name: (typeof KINDS)[number]): Promise<Specimen> {
  const folder = mkdtempSync(join(tmpdir(), "planloom-damage-"));
  try {
    const path = join(folder, "planloom.db");
    const store = await openSqliteStore({ path });
    const executor = scriptedModel([...twice, "It is said."]);
    const loom = await createLoom({ store, tools: [say, repeat], models: { executor } }, { env: {} });
    const run = await loom.start("Say it.", { runId: RUN, plan: PLANS[name] });
    if ((await run.result()).waiting !== undefined) await run.respond("b", "yes");
    await run.result();
    await loom.close();
    const open = imageAt(path);
    const content = await contentOf(path);
    await store.close();
    return { name, content, images: [imageAt(path), open] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function imageAt(path: string): Image {
  const wal = `${path}-wal`;
  return { db: readFileSync(path), wal: existsSync(wal) ? readFileSync(wal) : Buffer.alloc(0) };
}

/** Everything that the store tells of its run, by the ways that readers use. */
async function contentOf(path: string): Promise<Content> {
  const store = await openSqliteStore({ path });
  try {
    await loadRun(store, RUN);
    const log: RunEvent[] = [];
    for await (const event of readEvents(store, systemClock, RUN, {})) log.push(event);
    return {
      log,
      journal: await store.readRunJournal(RUN),
      inbox: await store.take(RUN, 0),
      heads: (await store.list()).runs,
    };
  } finally {
    await store.close();
  }
}

export type Outcome =
  | { readonly kind: "read"; readonly content: Content }
  | { readonly kind: "refused"; readonly code: string; readonly next: string | undefined };

/** What comes of opening and reading damaged files. Rejects where that is no refusal of ours. */
export async function outcomeOf(image: Image, damage: Damage): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "planloom-damaged-"));
  const path = join(folder, "planloom.db");
  try {
    const { db, wal } = damaged(image, damage);
    writeFileSync(path, db);
    if (wal.length > 0) writeFileSync(`${path}-wal`, wal);
    return { kind: "read", content: await contentOf(path) };
  } catch (error) {
    if (!(error instanceof PlanloomError)) throw error;
    return { kind: "refused", code: error.code, next: error.next };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function damaged(image: Image, damage: Damage): Image {
  const bytes = Buffer.from(image[damage.file]);
  if (damage.how === "flip") bytes[damage.at]! ^= 1 << damage.bit;
  return { ...image, [damage.file]: damage.how === "cut" ? bytes.subarray(0, damage.to) : bytes };
}

/** The head of a log: the same events, fewer of them, and no row of the journal that was never written. */
export function isPrefix(of: Content, found: Content): boolean {
  const rows = new Map(of.journal.map((row) => [keyOf(row), row]));
  const beginning = JSON.stringify(of.log.slice(0, found.log.length)) === JSON.stringify(found.log);
  const known = found.journal.every((row) => {
    const { outcome, at: _at, ...rest } = row;
    const { outcome: ended, at: _ended, ...whole } = rows.get(keyOf(row)) ?? row;
    return JSON.stringify(rest) === JSON.stringify(whole) && (outcome === null || isSame(outcome, ended));
  });
  return beginning && known && isSame(found.inbox, of.inbox.slice(0, found.inbox.length));
}

const keyOf = ({ stepId, attempt, n }: JournalRow): string => `${stepId} ${attempt} ${n}`;
export const isSame = (one: unknown, two: unknown): boolean => JSON.stringify(one) === JSON.stringify(two);
