// Which runs are shown. In: the query of the address. Out: the query to the server, and whether a run fits.
import type { Head } from "../../parts/run-state.js";

export const FILTERS = ["all", "waiting", "running", "failed", "done", "other"] as const;
export type Filter = (typeof FILTERS)[number];

export const FILTER_WORD: { readonly [filter in Filter]: string } = {
  all: "All",
  waiting: "Waiting",
  running: "Running",
  failed: "Failed",
  done: "Done",
  other: "Other",
};

/** The server's statuses of a filter. Empty: all. */
const STATUSES: { readonly [filter in Filter]: readonly string[] } = {
  all: [],
  waiting: ["waiting"],
  running: ["planning", "running", "answering"],
  failed: ["failed"],
  done: ["completed"],
  other: ["paused", "cancelled", "unreadable"],
};

export interface Shown {
  readonly filter: Filter;
  readonly text: string;
}

/** An unknown filter shows all. */
export function shownIn(query: URLSearchParams): Shown {
  const filter = FILTERS.find((name) => name === query.get("status")) ?? "all";
  return { filter, text: query.get("text") ?? "" };
}

/** The address of the page with this filter. */
export function runsAddress({ filter, text }: Shown): string {
  const query = new URLSearchParams();
  if (filter !== "all") query.set("status", filter);
  if (text !== "") query.set("text", text);
  return query.size === 0 ? "/runs" : `/runs?${query}`;
}

/** The path of the server's list. */
export function listPath({ filter, text }: Shown, more: { readonly [name: string]: string } = {}): string {
  const query = new URLSearchParams(STATUSES[filter].map((status) => ["status", status]));
  if (text !== "") query.set("text", text);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return `/v1/runs?${query}`;
}

export function fits(head: Head, filter: Filter): boolean {
  if (filter === "all") return true;
  const waits = head.unreadable === undefined && head.waiting !== undefined;
  const status = head.unreadable === undefined ? head.status : "unreadable";
  return STATUSES[filter].some((wanted) => wanted === status || (wanted === "waiting" && waits));
}
