// The runs of the page under a reader's eyes. In: parts of the server's list, and heads that changed. Out: groups of
// rows. A change is shown in its row; rows never move, and new runs gather until the reader asks for them.
import type { Head } from "../../parts/run-state.js";
import { dayText } from "../../parts/time-text.js";
import { fits, type Filter } from "./run-filter.js";

export interface RunList {
  /** Those that waited for a person when the list was loaded. */
  readonly waiting: readonly Head[];
  /** The others, newest last event first. */
  readonly rest: readonly Head[];
  /** Runs that came since. */
  readonly fresh: readonly Head[];
  /** Where the next part begins; null at the end. */
  readonly cursor: string | null;
}

export interface ListPart {
  readonly runs: readonly Head[];
  readonly cursor: string | null;
}

export function firstList(waiting: readonly Head[], { runs, cursor }: ListPart): RunList {
  return withPart({ waiting, rest: [], fresh: [], cursor }, { runs, cursor });
}

/** Adds an older part. A run that is there already stays where it is. */
export function withPart(list: RunList, { runs, cursor }: ListPart): RunList {
  const known = new Set([...list.waiting, ...list.rest].map(({ runId }) => runId));
  return { ...list, rest: [...list.rest, ...runs.filter(({ runId }) => !known.has(runId))], cursor };
}

/** Takes in runs that changed. */
export function withChanges(list: RunList, changed: readonly Head[], filter: Filter): RunList {
  const byId = new Map(changed.map((head) => [head.runId, head]));
  const renewed = (heads: readonly Head[]): readonly Head[] =>
    heads.some(({ runId, lastSeq }) => (byId.get(runId)?.lastSeq ?? lastSeq) !== lastSeq)
      ? heads.map((head) => byId.get(head.runId) ?? head)
      : heads;
  const [waiting, rest, old] = [renewed(list.waiting), renewed(list.rest), renewed(list.fresh)];
  const known = new Set([...waiting, ...rest, ...old].map(({ runId }) => runId));
  const added = changed.filter((head) => !known.has(head.runId) && fits(head, filter));
  if (waiting === list.waiting && rest === list.rest && old === list.fresh && added.length === 0) return list;
  return { ...list, waiting, rest, fresh: [...added, ...old] };
}

/** Where to look for changes: a little before the newest, because clocks of processes differ. */
export function changedSince({ waiting, rest, fresh }: RunList): number {
  const newest = Math.max(0, ...[...waiting, ...rest, ...fresh].map(({ updatedAt }) => updatedAt));
  return Math.max(0, newest - CLOCKS_DIFFER_MS);
}

const CLOCKS_DIFFER_MS = 2_000;

export interface Group {
  readonly title: string;
  readonly runs: readonly Head[];
}

export function groupsOf({ waiting, rest }: RunList, now: number): readonly Group[] {
  const groups = new Map<string, Head[]>();
  for (const head of rest) {
    const day = head.updatedAt === 0 ? "Time not known" : dayText(head.updatedAt, now);
    groups.set(day, [...(groups.get(day) ?? []), head]);
  }
  const days = [...groups].map(([title, runs]) => ({ title, runs }));
  return waiting.length === 0 ? days : [{ title: "Waiting for a person", runs: waiting }, ...days];
}
