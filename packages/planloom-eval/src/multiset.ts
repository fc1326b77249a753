// Precision, recall and F1 over multisets of texts. In: the elements of a plan, and of the gold plan. Out: three
// numbers from 0 to 1. Nodes, edges and arguments are compared in this way.

export interface Agreement {
  readonly precision: number;
  readonly recall: number;
  /** 2 |A ∩ B| / (|A| + |B|); 1 if both are empty. */
  readonly f1: number;
}

export const NO_AGREEMENT: Agreement = { precision: 0, recall: 0, f1: 0 };

/** A text that occurs n times in one and m times in the other counts min(n, m) times. */
export function agreement(given: readonly string[], wanted: readonly string[]): Agreement {
  const left = new Map<string, number>();
  for (const text of wanted) left.set(text, (left.get(text) ?? 0) + 1);
  let common = 0;
  for (const text of given) {
    const n = left.get(text) ?? 0;
    if (n === 0) continue;
    left.set(text, n - 1);
    common++;
  }
  const all = given.length + wanted.length;
  return {
    precision: part(common, given.length, wanted.length),
    recall: part(common, wanted.length, given.length),
    f1: all === 0 ? 1 : (2 * common) / all,
  };
}

/** For an empty set: 1 if the other one is empty too, else 0. */
const part = (common: number, of: number, other: number): number => (of === 0 ? (other === 0 ? 1 : 0) : common / of);

export function meanAgreement(all: readonly Agreement[]): Agreement {
  const mean = (pick: (one: Agreement) => number): number =>
    all.length === 0 ? 0 : all.reduce((sum, one) => sum + pick(one), 0) / all.length;
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
  };
}
