// What the run page shows, as an address. In: the query of the address. Out: the chosen view, step, item, tab and filter;
// and the address of a change. Back and reload always give the same page.
export const TABS = ["input", "output", "conversation", "attempts", "events"] as const;
export type Tab = (typeof TABS)[number];

export const VIEWS = ["steps", "graph", "timeline"] as const;
export type View = (typeof VIEWS)[number];

export const FILTERS = ["all", "failed", "waiting"] as const;
export type Filter = (typeof FILTERS)[number];

export interface RunPlace {
  /** Absent: the page chooses by its width. */
  readonly view?: View;
  readonly filter: Filter;
  /** The key of the chosen row. */
  readonly step?: string;
  readonly item?: number;
  readonly tab: Tab;
  readonly attempt?: number;
  /** The number of an event. */
  readonly event?: number;
}

/** A step, or one item of it. */
export interface Chosen {
  readonly key: string;
  readonly item?: number;
}

export function readRunPlace(query: URLSearchParams): RunPlace {
  const step = query.get("step");
  return {
    ...named("view", oneOf(VIEWS, query.get("view"))),
    filter: oneOf(FILTERS, query.get("filter")) ?? "all",
    ...(step === null ? {} : { step, ...named("item", numberIn(query, "item")) }),
    tab: oneOf(TABS, query.get("tab")) ?? (query.has("event") ? "events" : query.has("attempt") ? "attempts" : "input"),
    ...named("attempt", numberIn(query, "attempt")),
    ...named("event", numberIn(query, "event")),
  };
}

/** `undefined` takes a part out. A change of the step takes its item, attempt and event out, too. */
export type PlaceChange = { readonly [part in keyof RunPlace]?: RunPlace[part] | undefined };

export function runAddress(runId: string, place: RunPlace, change: PlaceChange = {}): string {
  const moved = "step" in change ? { item: undefined, attempt: undefined, event: undefined, ...change } : change;
  const { view, filter, step, item, tab, attempt, event } = { ...place, ...moved };
  const parts: readonly (readonly [string, string | number | undefined])[] = [
    ["view", view],
    ["filter", filter === "all" ? undefined : filter],
    ["step", step],
    ["item", step === undefined ? undefined : item],
    ["tab", step === undefined || tab === "input" ? undefined : tab],
    ["attempt", attempt],
    ["event", event],
  ];
  const query = new URLSearchParams();
  for (const [name, value] of parts) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return `/runs/${encodeURIComponent(runId)}${text === "" ? "" : `?${text}`}`;
}

export const chosenIn = ({ step, item }: RunPlace): Chosen | undefined =>
  step === undefined ? undefined : { key: step, ...named("item", item) };

const oneOf = <T extends string>(words: readonly T[], said: string | null): T | undefined =>
  words.find((word) => word === said);

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const said = query.get(name);
  return said !== null && /^\d{1,9}$/u.test(said) ? Number(said) : undefined;
}

const named = <N extends string, T>(name: N, value: T | undefined): { readonly [name in N]?: T } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [name in N]?: T };
