// Checks the arguments of one step. In: `with`, and the schema of its tool, if it calls one. Out: findings on arguments
// that are missing, unknown or of the wrong type.
import { beginning } from "../../beginning.js";
import { Later, type Report } from "./report.js";
import { judge, type Judged, type Known, type ExpressionSite } from "./expressions.js";
import { losesDigits } from "../exact-integer.js";
import { isObject, type Json, pointerTo } from "../json.js";
import type { Instead } from "../finding-params.js";
import { nearestNames } from "../nearest.js";
import type { Step } from "../plan.js";
import type { ToolSpec } from "../tool-spec.js";
import { holdsSecret } from "../secret.js";
import { typeFromSchema } from "../type/schema.js";
import { assignable } from "../type/fit.js";
import {
  BOOLEAN,
  fieldOf,
  membersOf,
  mismatch,
  NUMBER,
  STRING,
  typeText,
  UNKNOWN,
  unionOf,
  type RecordType,
  type Type,
} from "../type/type.js";
import { isFilled } from "../step-kind.js";

export const NO_LOCALS: ReadonlyMap<string, Type> = new Map();

type NoteSkips = (judged: Judged, site: ExpressionSite) => void;

export function checkArguments(
  step: Step,
  site: ExpressionSite,
  tool: ToolSpec | undefined,
  known: Known,
  note: NoteSkips,
  report: Report,
): void {
  const input = tool === undefined ? undefined : typeFromSchema(tool.input);
  const record = input?.kind === "record" ? input : undefined;
  for (const [name, value] of Object.entries(step.with)) {
    const at = { ...site, pointer: pointerTo(site.pointer, name) };
    const wanted = record === undefined ? undefined : wantedType(name, record);
    if (tool !== undefined && record !== undefined && wanted === undefined)
      unknownArgument(name, at.pointer, tool, record, report);
    checkArgument(name, value, wanted, at, tool, known, note, report);
  }
}

/** undefined if the tool has no such argument. A schema without properties accepts everything. */
function wantedType(name: string, record: RecordType): Type | undefined {
  const known = fieldOf(record, name)?.type ?? record.rest;
  if (known !== undefined) return known;
  return Object.keys(record.fields).length === 0 && record.closed !== true ? UNKNOWN : undefined;
}

function unknownArgument(name: string, pointer: string, tool: ToolSpec, record: RecordType, report: Report): void {
  const names = Object.keys(record.fields);
  const make = () => ({ tool: tool.name, argument: name, near: nearestNames(name, names), arguments: names });
  report("UNKNOWN_ARGUMENT", pointer, new Later(name, make));
}

/** Required arguments that neither `with` nor `fill` gives. */
export function checkMissing(step: Step, tool: ToolSpec, pointer: string, report: Report): void {
  const record = typeFromSchema(tool.input);
  if (record.kind !== "record" || isFilled(step)) return;
  for (const [name, field] of Object.entries(record.fields)) {
    if (field.optional || Object.hasOwn(step.with, name)) continue;
    report("MISSING_ARGUMENT", pointer, {
      tool: tool.name,
      argument: name,
      type: beginning(typeText(field.type), 200),
    });
  }
}

function checkArgument(
  name: string,
  value: Json,
  wanted: Type | undefined,
  site: ExpressionSite,
  tool: ToolSpec | undefined,
  known: Known,
  note: NoteSkips,
  report: Report,
): void {
  const what = tool === undefined ? { argument: name } : { argument: name, tool: tool.name };
  if (!hasReferences(value)) {
    if (holdsSecret(value)) return;
    if (wanted !== undefined) literalArgument(what, value, wanted, site.pointer, report);
    return;
  }
  const judged = judge(value, site, known, report, wanted ?? UNKNOWN);
  if (!judged.broken && wanted !== undefined && assignable(judged.type, wanted) === "no") {
    const [type, mustBe] = [judged.type, wanted].map((one) => beginning(typeText(one), 200)) as [string, string];
    const instead = wanting(judged.type, wanted, value, name);
    const params = { ...what, found: { type }, wanted: mustBe, ...(instead === undefined ? {} : { instead }) };
    report("ARGUMENT_TYPE", site.pointer, params);
  }
  note(judged, site);
}

function hasReferences(value: Json): boolean {
  if (typeof value === "string") return value.includes("${{");
  if (Array.isArray(value)) return (value as readonly Json[]).some(hasReferences);
  return isObject(value) && Object.values(value).some(hasReferences);
}

function literalArgument(
  what: { readonly argument: string; readonly tool?: string },
  value: Json,
  wanted: Type,
  pointer: string,
  report: Report,
): void {
  const wrong = mismatch(value, wanted);
  if (wrong === undefined) return;
  const { path, found, expected } = wrong;
  const instead = literalInstead(value, wanted);
  report("ARGUMENT_TYPE", pointer + path, {
    ...what,
    ...(path === "" ? {} : { path }),
    found,
    wanted: expected,
    ...(instead === undefined ? {} : { instead }),
  });
}

function literalInstead(value: Json, wanted: Type): Instead | undefined {
  if (typeof value === "string") {
    const isNumber = takes(wanted, NUMBER) && value.trim() !== "" && Number.isFinite(Number(value));
    return isNumber && !losesDigits(value.trim()) ? { kind: "no-quotes", value: Number(value) } : undefined;
  }
  return typeof value === "number" && takes(wanted, STRING) ? { kind: "quotes", value: String(value) } : undefined;
}

const takes = (wanted: Type, type: Type): boolean => assignable(type, wanted) === "yes";

/** The types that string() takes. */
const TEXTABLE = unionOf([STRING, NUMBER, BOOLEAN]);

/** A suggestion for a value of type `from` where type `to` is wanted; undefined if there is none. */
export function wanting(from: Type, to: Type, value?: Json, argument?: string): Instead | undefined {
  const source = sourceOf(value);
  const members = membersOf(from);
  const present = members.filter(({ kind }) => kind !== "null");
  if (present.length < members.length && present.length > 0 && assignable(unionOf(present), to) !== "no")
    return { kind: "null-case", source };
  const field =
    present.length === 1 && present[0]?.kind === "record"
      ? (fieldThatFits(present[0], to) ?? partThatFits(present[0], to, argument))
      : undefined;
  if (field !== undefined) return { kind: "field", source, field };
  const items = present.length === 1 && present[0]?.kind === "list" ? present[0].of : undefined;
  if (items !== undefined && assignable(items, to) === "yes") return { kind: "element", source };
  if (to.kind === "list" && to.of.kind !== "unknown" && assignable(from, to.of) === "yes")
    return { kind: "list", source };
  if (takes(to, STRING)) return { kind: assignable(from, TEXTABLE) === "no" ? "inside-text" : "text", source };
  if (takes(to, NUMBER) && assignable(from, STRING) === "yes") return { kind: "number", source };
  return undefined;
}

function fieldThatFits(record: RecordType, to: Type): string | undefined {
  const fits = Object.entries(record.fields).filter(([, field]) => assignable(field.type, to) === "yes");
  return fits.length === 1 ? fits[0]?.[0] : undefined;
}

const PART_DEPTH = 3;

/** The only part deeper in a record that has the type and the name of the argument, or the only one of the type. */
function partThatFits(record: RecordType, to: Type, argument: string | undefined): string | undefined {
  const parts = partsThatFit(record, to, PART_DEPTH);
  const named = parts.filter((part) => part.slice(part.lastIndexOf(".") + 1) === argument);
  return named.length === 1 ? named[0] : parts.length === 1 ? parts[0] : undefined;
}

function partsThatFit(record: RecordType, to: Type, depth: number): readonly string[] {
  const fields = Object.entries(record.fields).filter(([name]) => /^[A-Za-z_]\w*$/.test(name));
  return fields.slice(0, 20).flatMap(([name, { type }]): readonly string[] => {
    if (assignable(type, to) === "yes") return [name];
    const [inner, index] = type.kind === "list" ? [type.of, "[0]"] : [type, ""];
    if (inner.kind !== "record" || depth <= 1) return [];
    return partsThatFit(inner, to, depth - 1).map((part) => `${name}${index}.${part}`);
  });
}

/** The expression as written, for examples; `x` if there are several. */
function sourceOf(value: Json | undefined): string {
  const match = typeof value === "string" ? /^\s*\$\{\{\s*([^{}]{1,80}?)\s*\}\}\s*$/.exec(value) : null;
  return match?.[1] ?? "x";
}
