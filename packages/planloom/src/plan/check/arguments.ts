// The arguments of one step. In: `with`, and the tool's schema where a tool is called. Out: findings on what is missing,
// unknown or of the wrong type. Separate because it is the part of the type checker that knows tools.
import { orList, quoted, type Report } from "./report.js";
import { judge, type Judged, type Known, type Place } from "./scope.js";
import { isObject, type Json } from "../json.js";
import { nearestNames } from "../nearest.js";
import type { Step } from "../plan.js";
import { pointerTo } from "../read/position.js";
import type { ToolSpec } from "../tool-spec.js";
import { holdsSecret } from "../secret.js";
import { typeFromSchema } from "../type/schema.js";
import { assignable } from "../type/fit.js";
import {
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

type NoteSkips = (judged: Judged, place: Place) => void;

export function checkArguments(
  step: Step,
  place: Place,
  tool: ToolSpec | undefined,
  known: Known,
  note: NoteSkips,
  report: Report,
): void {
  const input = tool === undefined ? undefined : typeFromSchema(tool.input);
  const record = input?.kind === "record" ? input : undefined;
  for (const [name, value] of Object.entries(step.with)) {
    const at = { ...place, pointer: pointerTo(place.pointer, name) };
    const wanted = record === undefined ? undefined : wantedType(name, record);
    if (tool !== undefined && record !== undefined && wanted === undefined)
      unknownArgument(name, at.pointer, tool, record, report);
    checkArgument(name, value, wanted, at, tool, known, note, report);
  }
}

/** Undefined where the tool has no such argument. A schema without any properties takes everything. */
function wantedType(name: string, record: RecordType): Type | undefined {
  const known = fieldOf(record, name)?.type ?? record.rest;
  if (known !== undefined) return known;
  return Object.keys(record.fields).length === 0 && record.closed !== true ? UNKNOWN : undefined;
}

function unknownArgument(name: string, pointer: string, tool: ToolSpec, record: RecordType, report: Report): void {
  const names = Object.keys(record.fields);
  const near = nearestNames(name, names);
  const fix =
    near.length > 0
      ? `Did you mean ${orList(near)}?`
      : names.length === 0
        ? "Leave it out."
        : `Its arguments are ${names.join(", ")}.`;
  report("UNKNOWN_ARGUMENT", pointer, `The tool ${tool.name} has no argument ${quoted(name)}.`, fix);
}

/** What the tool needs and neither `with` nor `fill` gives. */
export function checkMissing(step: Step, tool: ToolSpec, pointer: string, report: Report): void {
  const record = typeFromSchema(tool.input);
  if (record.kind !== "record" || isFilled(step)) return;
  for (const [name, field] of Object.entries(record.fields)) {
    if (field.optional || Object.hasOwn(step.with, name)) continue;
    const message = `The tool ${tool.name} needs the argument ${name} (${typeText(field.type).slice(0, 200)}).`;
    report(
      "MISSING_ARGUMENT",
      pointer,
      message,
      `Add ${name} to with, or write fill with an instruction from which a model writes it.`,
    );
  }
}

function checkArgument(
  name: string,
  value: Json,
  wanted: Type | undefined,
  place: Place,
  tool: ToolSpec | undefined,
  known: Known,
  note: NoteSkips,
  report: Report,
): void {
  const what = `The argument ${name}${tool === undefined ? "" : ` of ${tool.name}`}`;
  if (!hasReferences(value)) {
    if (holdsSecret(value)) return;
    if (wanted !== undefined) literalArgument(what, value, wanted, place.pointer, report);
    return;
  }
  const judged = judge(value, place, known, report, wanted ?? UNKNOWN);
  if (!judged.broken && wanted !== undefined && assignable(judged.type, wanted) === "no") {
    const message = `${what} is ${typeText(judged.type).slice(0, 200)}, and must be ${typeText(wanted).slice(0, 200)}.`;
    report(
      "ARGUMENT_TYPE",
      place.pointer,
      message,
      wanting(judged.type, wanted, value) ?? `Refer to a value of type ${typeText(wanted).slice(0, 200)}.`,
    );
  }
  note(judged, place);
}

function hasReferences(value: Json): boolean {
  if (typeof value === "string") return value.includes("${{");
  if (Array.isArray(value)) return (value as readonly Json[]).some(hasReferences);
  return isObject(value) && Object.values(value).some(hasReferences);
}

function literalArgument(what: string, value: Json, wanted: Type, pointer: string, report: Report): void {
  const wrong = mismatch(value, wanted);
  if (wrong === undefined) return;
  const message = `${what}${wrong.path === "" ? "" : ` at ${wrong.path}`} is ${wrong.got}, and must be ${wrong.expected}.`;
  report(
    "ARGUMENT_TYPE",
    pointer + wrong.path,
    message,
    literalFix(value, wanted) ?? `Write a value of type ${wrong.expected}.`,
  );
}

function literalFix(value: Json, wanted: Type): string | undefined {
  if (typeof value === "string" && takes(wanted, NUMBER) && value.trim() !== "" && Number.isFinite(Number(value))) {
    return `Write ${Number(value)} without quotes.`;
  }
  if (typeof value === "number" && takes(wanted, STRING)) return `Write ${JSON.stringify(String(value))} in quotes.`;
  return undefined;
}

const takes = (wanted: Type, type: Type): boolean => assignable(type, wanted) === "yes";

/** What to write where a value of type `from` stands and one of type `to` is wanted; undefined where nothing is known. */
export function wanting(from: Type, to: Type, value?: Json): string | undefined {
  const source = sourceOf(value);
  const members = membersOf(from);
  const present = members.filter(({ kind }) => kind !== "null");
  if (present.length < members.length && present.length > 0 && assignable(unionOf(present), to) !== "no") {
    return `It may be null: write \${{ ${source} == null ? ... : ${source} }} with a value for that case.`;
  }
  const field = present.length === 1 && present[0]?.kind === "record" ? fieldThatFits(present[0], to) : undefined;
  if (field !== undefined) return `Did you mean \${{ ${source}.${field} }}?`;
  const items = present.length === 1 && present[0]?.kind === "list" ? present[0].of : undefined;
  if (items !== undefined && assignable(items, to) === "yes")
    return `Take one element, \${{ ${source}[0] }}, or let the step run for each with forEach.`;
  if (to.kind === "list" && to.of.kind !== "unknown" && assignable(from, to.of) === "yes")
    return `Write a list: ["\${{ ${source} }}"].`;
  if (takes(to, STRING)) return `Write it as text: \${{ string(${source}) }}, or inside a longer text.`;
  if (takes(to, NUMBER) && assignable(from, STRING) === "yes")
    return `Write \${{ double(${source}) }}, or declare the output of that step as number.`;
  return undefined;
}

function fieldThatFits(record: RecordType, to: Type): string | undefined {
  const fits = Object.entries(record.fields).filter(([, field]) => assignable(field.type, to) === "yes");
  return fits.length === 1 ? fits[0]?.[0] : undefined;
}

/** The expression as written, for examples; `x` where there are several. */
function sourceOf(value: Json | undefined): string {
  const match = typeof value === "string" ? /^\s*\$\{\{\s*([^{}]{1,80}?)\s*\}\}\s*$/.exec(value) : null;
  return match?.[1] ?? "x";
}
