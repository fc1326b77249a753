// Decides whether values of one type fit another. In: two types. Out: yes, no, or unknown if only the run can tell.
// Unions inside unions multiply the work; this file limits it.
import { LIMITS } from "../../limits.js";
import { fieldOf, membersOf, type Field, type RecordType, type Type, UNKNOWN } from "./type.js";

/** Whether values fit. `unknown`: only the run can tell. */
export type Fit = "yes" | "no" | "unknown";

const worst = (fits: readonly Fit[]): Fit =>
  fits.includes("no") ? "no" : fits.includes("unknown") ? "unknown" : "yes";

/** The name of the JSON kind of a type's values, for types that are neither unknown nor a union. */
function jsonKind(type: Type): string {
  return type.kind === "literal" ? typeof type.value : type.kind;
}

/** Cached results for pairs of types: the same arguments meet the same schemas in every step. */
const judged = new WeakMap<Type, WeakMap<Type, Fit>>();

/**
 * `yes`: every value of `from` fits `to`. `no`: none can, or a member of a union (the null of `number | null`)
 * certainly does not. `unknown`: only the run can tell, or the comparison would take too long. Records may have
 * additional fields unless `to` is closed.
 */
export function assignable(from: Type, to: Type): Fit {
  if (!isCompound(from) || !isCompound(to)) return fit(from, to, { left: LIMITS.typeComparisons });
  let known = judged.get(from);
  if (known === undefined) judged.set(from, (known = new WeakMap()));
  let found = known.get(to);
  if (found === undefined) known.set(to, (found = fit(from, to, { left: LIMITS.typeComparisons })));
  return found;
}

const isCompound = ({ kind }: Type): boolean => kind === "union" || kind === "record" || kind === "list";

/** Comparisons left. Unions inside unions multiply. */
interface Budget {
  left: number;
}

function fit(from: Type, to: Type, budget: Budget): Fit {
  if (from === to || to.kind === "unknown") return "yes";
  if (from.kind === "unknown" || budget.left-- <= 0) return "unknown";
  if (from.kind === "union") return worst(from.of.map((member) => fit(member, to, budget)));
  if (to.kind === "union") return fitsUnion(from, to.of, budget);
  if (jsonKind(from) !== jsonKind(to)) return "no";
  if (to.kind === "literal") return from.kind !== "literal" ? "unknown" : from.value === to.value ? "yes" : "no";
  if (from.kind === "list" && to.kind === "list") return fit(from.of, to.of, budget);
  if (from.kind === "record" && to.kind === "record") return recordFits(from, to, budget);
  return "yes";
}

function fitsUnion(from: Type, to: readonly Type[], budget: Budget): Fit {
  const alike = to.filter((member) => member.kind === "unknown" || jsonKind(member) === jsonKind(from));
  const fits = alike.map((member) => fit(from, member, budget));
  if (fits.includes("yes")) return "yes";
  if (fits.every((one) => one === "no")) {
    // Several lists or records: (string | number)[] may still hold a value of string[] | number[].
    const structured = alike.length > 1 && alike.some((member) => overlaps(from, member, budget));
    return structured ? "unknown" : "no";
  }
  return "unknown";
}

/** Whether some value may be of both types. */
function overlaps(a: Type, b: Type, budget: Budget): boolean {
  if (a.kind === "unknown" || b.kind === "unknown" || budget.left-- <= 0) return true;
  if (a.kind === "union" || b.kind === "union") {
    return membersOf(a).some((left) => membersOf(b).some((right) => overlaps(left, right, budget)));
  }
  if (jsonKind(a) !== jsonKind(b)) return false;
  if (a.kind === "literal" && b.kind === "literal") return a.value === b.value;
  if (a.kind !== "record" || b.kind !== "record") return true;
  return Object.entries(b.fields).every(([name, field]) => {
    if (field.optional) return true;
    const mine = fieldOf(a, name);
    return mine === undefined ? a.rest !== undefined : overlaps(mine.type, field.type, budget);
  });
}

function recordFits(from: RecordType, to: RecordType, budget: Budget): Fit {
  const fits = Object.entries(to.fields).map(([name, field]) => fieldFits(from, name, field, budget));
  for (const [name, field] of Object.entries(from.fields)) {
    if (fieldOf(to, name) !== undefined) continue;
    if (to.rest !== undefined) fits.push(fit(field.type, to.rest, budget));
    else if (to.closed === true) fits.push(field.optional ? "unknown" : "no");
  }
  if (from.rest !== undefined && to.rest !== undefined) fits.push(fit(from.rest, to.rest, budget));
  else if (from.rest !== undefined && to.closed === true) fits.push("unknown");
  return worst(fits);
}

function fieldFits(from: RecordType, name: string, field: Field, budget: Budget): Fit {
  const mine = fieldOf(from, name);
  if (mine === undefined && from.rest === undefined) return field.optional ? "yes" : "no";
  if (mine === undefined)
    return field.optional && fit(from.rest ?? UNKNOWN, field.type, budget) === "yes" ? "yes" : "unknown";
  const found = fit(mine.type, field.type, budget);
  return found === "yes" && mine.optional && !field.optional ? "unknown" : found;
}
