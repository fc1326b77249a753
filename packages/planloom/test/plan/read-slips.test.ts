// Texts of planners that are not quite a plan, each with its right reading: scripts/intake/slips has them.
import { expect, test } from "vitest";
import * as library from "../../src/plan.js";

interface Slip {
  readonly class: string;
  readonly text: string;
  readonly right: { readonly steps?: unknown; readonly refused?: string; readonly kind?: string };
}
interface Slips {
  readonly allSlips: () => Promise<readonly Slip[]>;
  readonly wrongIn: (slip: Slip, reader: typeof library) => string | undefined;
}

const script = new URL("../../../../scripts/intake/slips.mjs", import.meta.url).href;
const { allSlips, wrongIn } = (await import(script)) as Slips;
const slips = await allSlips();

test.each(slips.map((slip) => [`${slip.class}: ${slip.text.slice(0, 60)}`, slip] as const))("%s", (_name, slip) => {
  expect(wrongIn(slip, library)).toBeUndefined();
});

test("most of the plans are read without a round of repair", () => {
  const plans = slips.filter(({ right }) => right.kind === undefined);
  expect(slips.length).toBeGreaterThan(80);
  expect(plans.filter(({ right }) => right.steps !== undefined).length).toBeGreaterThan(0.6 * plans.length);
});
