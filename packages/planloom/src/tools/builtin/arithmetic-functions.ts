// The functions and constants of `calculate`. In: numbers. Out: a number, which may be infinite or NaN: the caller
// checks it. A new function is added here; the grammar stays the same.

export interface ArithmeticFunction {
  readonly least: number;
  readonly most: number;
  of(values: readonly number[]): number;
}

const one = (of: (x: number) => number): ArithmeticFunction => ({ least: 1, most: 1, of: ([x]) => of(x!) });
/** Takes any number of values, so that lists work too. */
const many = (of: (values: readonly number[]) => number): ArithmeticFunction => ({ least: 1, most: Infinity, of });

export const ARITHMETIC_FUNCTIONS: ReadonlyMap<string, ArithmeticFunction> = new Map([
  ["abs", one(Math.abs)],
  ["ceil", one(Math.ceil)],
  ["floor", one(Math.floor)],
  ["trunc", one(Math.trunc)],
  ["sign", one(Math.sign)],
  ["sqrt", one(Math.sqrt)],
  ["cbrt", one(Math.cbrt)],
  ["exp", one(Math.exp)],
  ["ln", one(logarithm(Math.log))],
  ["log2", one(logarithm(Math.log2))],
  ["log10", one(logarithm(Math.log10))],
  ["sin", one(Math.sin)],
  ["cos", one(Math.cos)],
  ["tan", one(Math.tan)],
  ["pow", { least: 2, most: 2, of: ([x, y]) => x! ** y! }],
  ["round", { least: 1, most: 2, of: ([x, digits]) => roundTo(x!, digits ?? 0) }],
  ["min", many((values) => values.reduce((a, b) => Math.min(a, b)))],
  ["max", many((values) => values.reduce((a, b) => Math.max(a, b)))],
  ["sum", { least: 0, most: Infinity, of: sum }],
  ["avg", many((values) => sum(values) / values.length)],
  ["median", many(median)],
]);

export const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
]);

/** The logarithm of 0 is NaN. JavaScript's minus infinity would be reported as too large. */
function logarithm(of: (x: number) => number): (x: number) => number {
  return (x) => (x > 0 ? of(x) : NaN);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function median(values: readonly number[]): number {
  // A list of numbers alone is sorted without a function that compares.
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Rounds half away from zero, by the decimal digits as written: 1.005 to 2 digits is 1.01. Digits are whole, -300 to
 * 300; anything else gives NaN.
 */
function roundTo(x: number, digits: number): number {
  if (!Number.isInteger(digits) || Math.abs(digits) > 300) return NaN;
  const scaled = shifted(Math.abs(x), digits);
  // No digits remain after the rounding.
  if (!Number.isFinite(scaled)) return x;
  return Math.sign(x) * shifted(Math.round(scaled), -digits);
}

/** x times ten to the power of `places`, exact in decimal. */
function shifted(x: number, places: number): number {
  const [digits, exponent = "0"] = String(x).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}
