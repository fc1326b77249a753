// Sound plans, damaged in every way that scripts/intake/damage.mjs knows, at a few places each: what is recoverable is
// recovered exactly, and nothing is read as something else than what was meant. `npm run eval:intake` does the same at
// many places.
import { expect, test } from "vitest";
import { readPlan } from "../../src/plan/read/read.js";

interface Figures {
  readonly rows: readonly {
    readonly name: string;
    readonly recoverable: boolean;
    readonly texts: number;
    readonly recovered: number;
  }[];
  readonly changed: readonly { readonly name: string; readonly found: string; readonly text: string }[];
}
type DamageFigures = (options: { readonly readPlan: typeof readPlan; readonly seeds: number }) => Figures;

const script = new URL("../../../../scripts/intake/damage.mjs", import.meta.url).href;
const { damageFigures } = (await import(script)) as { readonly damageFigures: DamageFigures };
const { rows, changed } = damageFigures({ readPlan, seeds: 1 });

test("no text is read as something else than what was meant", () => {
  expect(changed.map(({ name, found, text }) => `${name} (${found}): ${text.slice(0, 2_000)}`)).toEqual([]);
});

test.each(rows.filter(({ recoverable }) => recoverable).map((row) => [row.name, row] as const))(
  "%s is recovered wherever it strikes",
  (_name, { texts, recovered }) => {
    expect(texts).toBeGreaterThan(1);
    expect(recovered).toBe(texts);
  },
);

test("the other classes have texts, too, and are refused", () => {
  const refused = rows.filter(({ recoverable }) => !recoverable);
  expect(refused.length).toBeGreaterThan(8);
  expect(refused.filter(({ texts }) => texts === 0)).toEqual([]);
  expect(refused.map(({ recovered }) => recovered).reduce((sum, count) => sum + count)).toBeLessThan(60);
});
