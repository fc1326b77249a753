// Where a value came from: the steps and tools it was made of. In: the origins of its parts. Out: one origin.
// Separate because trust labels are a pure function of these, so every evaluation hands them on.

export interface Origin {
  readonly steps: readonly string[];
  readonly tools: readonly string[];
}

export const NO_ORIGIN: Origin = { steps: [], tools: [] };

/** One origin with every step and tool of the given ones, each once, in order of first appearance. */
export function mergeOrigins(origins: readonly Origin[]): Origin {
  if (origins.length === 0) return NO_ORIGIN;
  if (origins.length === 1) return origins[0] as Origin;
  return {
    steps: [...new Set(origins.flatMap((origin) => origin.steps))],
    tools: [...new Set(origins.flatMap((origin) => origin.tools))],
  };
}
