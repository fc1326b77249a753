// Durations as plans write them. In: `1.5s`. Out: milliseconds. It is separate because tools use it without the schema
// library.

/** `250ms`, `1s`, `1.5m`, `24h`, `2d`. */
export const DURATION_PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** The longest time that a plan, a setting or a tool may name, in ms: ten years. */
export const LONGEST_MS = 315_360_000_000;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration such as `1.5s`; the text must match DURATION_PATTERN. */
export function durationMs(duration: string): number {
  const match = DURATION_PATTERN.exec(duration);
  if (match === null) throw new Error(`not a duration: ${duration}`);
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}
