// `planloom runs`: lists runs by their heads. In: filters. Out: one line for each run, or one JSON document.
import { commandLine } from "../carried.js";
import { DURATION_PATTERN, durationMs } from "../../plan/duration.js";
import type { ListedRun, ListQuery, RunList, StatusFilter } from "../../store/event-store.js";
import { STATUS_FILTERS } from "../../store/listing.js";
import { problemOf, usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { withStore, type StoreFlags } from "../open-loom.js";
import { print, printJson, say } from "../output.js";
import { unreadableError } from "../../loom/unreadable-run.js";
import { runLines } from "../render/runs.js";
import { recordedSince } from "../recorded.js";
import { oneLine } from "../style.js";

export interface RunsFlags extends StoreFlags {
  readonly json?: boolean;
  readonly status?: string;
  readonly text?: string;
  readonly tag?: readonly string[];
  readonly playbook?: string;
  readonly since?: string;
  readonly children?: boolean;
  readonly limit?: string;
  readonly cursor?: string;
}

export async function runsCommand(flags: RunsFlags): Promise<number> {
  const query = queryIn(flags);
  return withStore(flags, async (store, storeName) => {
    const list = await store.list(query);
    const recorded = await Promise.all(list.runs.map((run) => recordedSince(store, run)));
    if (flags.json === true) printJson(documentOf(list, recorded));
    else {
      for (const line of runLines(list.runs, Date.now(), recorded)) print(line);
      if (list.runs.length === 0) say(nothingText(flags, storeName));
      if (list.cursor !== undefined) say(`More runs: the same command with --cursor ${list.cursor}`);
    }
    return EXIT.done;
  });
}

function nothingText({ status, text, tag = [], playbook, since, cursor }: RunsFlags, storeName: string): string {
  const any = tag.length === 0 && [status, text, playbook, since, cursor].every((filter) => filter === undefined);
  return any
    ? `No runs yet in ${storeName}. Start one: ${commandLine(["run", '"your goal"'])}`
    : `No run in ${storeName} fits.`;
}

/** Throws USAGE. */
function queryIn({ status, text, tag = [], playbook, since, children, limit = "50", cursor }: RunsFlags): ListQuery {
  if (!/^[1-9]\d{0,8}$/.test(limit)) {
    throw usageError(`--limit is ${oneLine(limit, 60)}.`, "Write a whole number of at least 1.");
  }
  return {
    limit: Number(limit),
    ...(status === undefined ? {} : { status: status.split(",").map(statusIn) }),
    ...(text === undefined ? {} : { text }),
    ...(tag.length === 0 ? {} : { tag }),
    ...(children === true ? {} : { children: false }),
    ...(playbook === undefined ? {} : { playbook }),
    ...(since === undefined ? {} : { since: sinceIn(since) }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

function statusIn(word: string): StatusFilter {
  const status = STATUS_FILTERS.find((filter) => filter === word.trim());
  if (status !== undefined) return status;
  const next = `Write one or several of ${STATUS_FILTERS.join(", ")}, with commas between.`;
  throw usageError(`--status is ${oneLine(word, 60)}.`, next);
}

/** A duration before now, or a date. */
function sinceIn(text: string): number {
  const at = DURATION_PATTERN.test(text) ? Date.now() - durationMs(text) : Date.parse(text);
  if (Number.isFinite(at)) return at;
  throw usageError(`--since is ${oneLine(text, 60)}.`, "Write a time such as 30m, 12h or 2d, or a date.");
}

function documentOf({ runs, cursor }: RunList, recorded: readonly number[]) {
  return {
    runs: runs.map((run, index) => rowOf(run, recorded[index] ?? 0)),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

function rowOf(run: ListedRun, recorded: number) {
  const times = { startedAt: iso(run.startedAt), updatedAt: iso(run.updatedAt) };
  if (run.unreadable === undefined) return { ...run, ...times, ...(recorded === 0 ? {} : { recorded }) };
  return { ...run, status: "unreadable", ...times, unreadable: problemOf(unreadableError(run)) };
}

/** null if the time is unknown or invalid. */
function iso(ms: number): string | null {
  const time = new Date(ms);
  return ms === 0 || Number.isNaN(time.getTime()) ? null : time.toISOString();
}
