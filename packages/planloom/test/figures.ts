// Figures that tests leave for `npm run reliability`. In: a name and its values. Out: a JSON line in the file that
// PLANLOOM_FIGURES names, where it is set. Separate because tests must pass or fail the same with nobody listening.
import { appendFileSync } from "node:fs";

export function figure(name: string, values: { readonly [name: string]: number | string }): void {
  const file = process.env["PLANLOOM_FIGURES"];
  if (file !== undefined && file !== "") appendFileSync(file, `${JSON.stringify({ name, ...values })}\n`);
}

/** The middle one of some numbers, and the largest; 0 of none. */
export function middleAndMax(numbers: readonly number[]): { readonly median: number; readonly max: number } {
  const sorted = numbers.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
}
