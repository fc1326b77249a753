// The origin of a value: the steps and tools that it was made from. In: the origins of its parts. Out: one origin.
// Trust labels are a pure function of it, so every evaluation passes it on.

export interface Origin {
  readonly steps: readonly string[];
  readonly tools: readonly string[];
}

/** One source of a value. plan: the step was written after untrusted text was read. secret: a handle of a secret. */
export type ValueSource =
  | { readonly input: string }
  | { readonly step: string }
  | { readonly tool: string }
  | { readonly plan: true }
  | { readonly secret: true };

export const NO_ORIGIN: Origin = { steps: [], tools: [] };

/** One origin with all steps and tools of the given ones, each once, in order of first appearance. */
export function mergeOrigins(origins: readonly Origin[]): Origin {
  if (origins.length === 0) return NO_ORIGIN;
  if (origins.length === 1) return origins[0] as Origin;
  return {
    steps: [...new Set(origins.flatMap((origin) => origin.steps))],
    tools: [...new Set(origins.flatMap((origin) => origin.tools))],
  };
}
