// The usage of model calls, as recorded in events. In: usages. Out: their sum.

/** Usage of model calls. A number that the provider did not report is null: unknown, never 0. */
export type Usage = {
  readonly calls: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** The cached part of the input tokens, as reported. Absent if no provider reports it. */
  readonly cachedInputTokens?: number;
  /** How long these calls waited for their endpoints, in ms by reason. Absent: not at all. */
  readonly waited?: Waited;
  /** The part of other models, which answered instead of the role's first. Absent: none did. By name. */
  readonly others?: Others;
};

type Counts = Omit<Usage, "waited" | "others">;

/** The usage of a model that answered instead of another, and why the other did not. */
export type OtherUsage = Counts & { readonly because: Takeover };

export type Takeover = {
  /** The model that failed. */
  readonly model: string;
  /** The code of its failure, and the words of its server. */
  readonly code: string;
  readonly text?: string;
};

export type Others = { readonly [model: string]: OtherUsage };

export type Waited = { readonly [why: string]: number };

export const NO_USAGE: Usage = { calls: 0, inputTokens: 0, outputTokens: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  const cached = (a.cachedInputTokens ?? 0) + (b.cachedInputTokens ?? 0);
  return {
    calls: a.calls + b.calls,
    inputTokens: sum(a.inputTokens, b.inputTokens),
    outputTokens: sum(a.outputTokens, b.outputTokens),
    ...(cached === 0 ? {} : { cachedInputTokens: cached }),
    ...waitedIn(addWaited(a.waited, b.waited)),
    ...othersIn(addOthers(a.others, b.others)),
  };
}

/** A usage by the models that it belongs to. `first` is the role's model: it has what no other has. */
export function byModel(usage: Usage, first: string): readonly (readonly [model: string, usage: Usage])[] {
  const { waited: _waited, others = {}, ...all } = usage;
  let rest: Usage = all;
  for (const other of Object.values(others)) rest = rest.calls > other.calls ? usageSince(other, rest) : NO_USAGE;
  const shares = Object.entries(others).map(([model, { because: _because, ...own }]) => [model, own] as const);
  return rest.calls === 0 && shares.length > 0 ? shares : [[first, rest], ...shares];
}

function addOthers(a: Others = {}, b: Others = {}): Others {
  const joined = Object.entries(b).map(([model, other]) => {
    const mine = Object.hasOwn(a, model) ? a[model] : undefined;
    return [model, mine === undefined ? other : { ...addUsage(mine, other), because: other.because }] as const;
  });
  return { ...a, ...Object.fromEntries(joined) };
}

const othersIn = (others: Others): Pick<Usage, "others"> => (Object.keys(others).length === 0 ? {} : { others });

export function addWaited(a: Waited = {}, b: Waited = {}): Waited {
  const added = Object.entries(b).map(([why, ms]) => [why, (a[why] ?? 0) + ms]);
  return { ...a, ...(Object.fromEntries(added) as Waited) };
}

const waitedIn = (waited: Waited): Pick<Usage, "waited"> => (Object.keys(waited).length === 0 ? {} : { waited });

/** The usage since `before`. A number that is unknown in either is unknown. */
export function usageSince(before: Usage, all: Usage): Usage {
  if (all.calls <= before.calls) return NO_USAGE;
  const cached = (all.cachedInputTokens ?? 0) - (before.cachedInputTokens ?? 0);
  return {
    calls: all.calls - before.calls,
    inputTokens: difference(all.inputTokens, before.inputTokens),
    outputTokens: difference(all.outputTokens, before.outputTokens),
    ...(cached <= 0 ? {} : { cachedInputTokens: cached }),
    ...othersIn(othersSince(before.others, all.others)),
  };
}

const othersSince = (before: Others = {}, all: Others = {}): Others =>
  Object.fromEntries(
    Object.entries(all).flatMap(([model, other]) => {
      const since = usageSince((Object.hasOwn(before, model) ? before[model] : undefined) ?? NO_USAGE, other);
      return since.calls === 0 ? [] : [[model, { ...since, because: other.because }]];
    }),
  );

function difference(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/**
 * Upper estimate of the tokens of a text: one for each 3 bytes. English has about 4 characters per token, Chinese about
 * 1.
 */
export const mostTokens = (text: string): number => Math.ceil(new TextEncoder().encode(text).length / 3);
