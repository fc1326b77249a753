// Rewrites references of other systems. In: the values of a step that may hold references, and the names of all steps.
// Out: the same values with `${{ … }}`, and findings if a form names no step or may be plain text. A form is rewritten
// only if it names a step: by its id, or by its number as written. No number is ever shifted.
import { CEL_WORDS } from "../expression/expression.js";
import { findingOf, type Finding } from "../finding.js";
import { isObject, pointerTo } from "../json.js";
import type { Fields } from "./fields.js";
import { formsIn, outputOf, stepNumber, type Form } from "./forms.js";
import type { StepNames } from "./ids.js";
import type { TakeNote } from "./note-params.js";
import { eachExpression, expressionSpans } from "./spans.js";
import type { ToolSpec } from "../tool-spec.js";

export interface ReferenceContext {
  readonly names: StepNames;
  /** The step of the values; undefined for the answer. */
  readonly id: string | undefined;
  readonly pointer: string;
  /** The declared dependencies of the step; undefined if it declares none. */
  dependsOn: ReadonlySet<string> | undefined;
  /** The document has references in our notation. Then a form that only looks like another system's is plain text. */
  readonly ours: boolean;
  /** The document is a list of calls. There, `$1` is the notation of references. */
  readonly calls: boolean;
  readonly tool: (name: unknown) => ToolSpec | undefined;
  readonly note: TakeNote;
  readonly find: (finding: Finding) => void;
}

export function readReferences(fields: Fields, context: ReferenceContext): void {
  for (const field of ["with", "when", "forEach", "expect"]) {
    if (!fields.has(field)) continue;
    const value = fields.get(field);
    const pointer = pointerTo(context.pointer, field);
    const expression = field !== "with" && typeof value === "string" && !value.includes("${{");
    fields.set(field, expression ? inExpression(value, pointer, context) : withReferences(value, pointer, context));
  }
}

/** Every text of a value, with references in our notation. The value is not deeper than LIMITS.jsonDepth. */
export function withReferences(value: unknown, pointer: string, context: ReferenceContext): unknown {
  if (typeof value === "string") return inText(value, pointer, context);
  if (Array.isArray(value)) return value.map((item, i) => withReferences(item, `${pointer}/${i}`, context));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, withReferences(field, pointerTo(pointer, key), context)]),
  );
}

const MARK = /[#$<{]/;

function inText(text: string, pointer: string, context: ReferenceContext): string {
  const said = text.length <= 200 ? outputOf(text) : undefined;
  if (said !== undefined) return written(text, [said], pointer, context, (source) => `\${{ ${source} }}`);
  if (!MARK.test(text)) return text;
  const spans = text.includes("${{") ? expressionSpans(text) : [];
  const own = spans.length === 0 ? text : withoutPrefix(text, pointer, context);
  const forms = formsIn(own, own === text ? spans : expressionSpans(own));
  return written(own, forms, pointer, context, (source) => `\${{ ${source} }}`);
}

/**
 * A condition or a list without `${{ }}`. Names are put into the expression unchanged, but never into a quoted part.
 */
function inExpression(text: string, pointer: string, context: ReferenceContext): string {
  const said = outputOf(text);
  const forms = said === undefined ? formsIn(text, []) : [said];
  const quoted = forms.find(({ start, end }) => /["']/.test(text[start - 1] ?? "") && text[start - 1] === text[end]);
  if (quoted === undefined) return written(text, forms, pointer, context, (source) => source);
  ambiguous(text.slice(quoted.start, quoted.end), "quoted", pointer, context);
  return text;
}

function written(
  text: string,
  forms: readonly Form[],
  pointer: string,
  context: ReferenceContext,
  write: (source: string) => string,
): string {
  let out = "";
  let from = 0;
  for (const form of forms) {
    const before = text.slice(form.start, form.end);
    const whole = text.trim().length === form.end - form.start;
    const source = sourceOf(form, before, whole, pointer, context);
    if (source === undefined) continue;
    const after = write(source);
    out += text.slice(from, form.start) + after;
    from = form.end;
    context.note(form.adapter, { written: before, source }, pointer, { before, after });
  }
  return out + text.slice(from);
}

/** The step or path of a form, as an expression; undefined if the form stays unchanged. */
function sourceOf(
  form: Form,
  before: string,
  whole: boolean,
  pointer: string,
  context: ReferenceContext,
): string | undefined {
  const id = stepOf(form, context.names);
  if (id === undefined) {
    if (isSurely(form, before, whole, context)) unknown(before, form, pointer, context);
    return undefined;
  }
  if (form.adapter === "REFERENCE_DOLLAR" && !isDollarReference(id, before, whole, pointer, context)) return undefined;
  const bare = (form.adapter === "REFERENCE_BRACES" || form.adapter === "REFERENCE_DOLLAR_BRACE") && form.path === "";
  if (bare && context.ours && !before.includes("steps.")) return undefined;
  return id + pathOf(form.path, id, context);
}

function stepOf({ adapter, name }: Form, names: StepNames): string | undefined {
  const number = stepNumber(name);
  switch (adapter) {
    case "REFERENCE_DOLLAR":
      return number === undefined ? undefined : names.byPlainNumber(number);
    case "REFERENCE_NODE":
    case "REFERENCE_GENERATED":
      return number === undefined ? names.resolve(name) : (names.byNumber(number) ?? names.atIndex(number));
    case "REFERENCE_OUTPUT_OF":
      return (
        (number === undefined ? undefined : names.byNumber(number)) ??
        names.byWords(name) ??
        names.byWords(name.replace(/^step /i, ""))
      );
    case "REFERENCE_HASH_E":
      return names.resolve(`E${name}`) ?? names.byNumber(Number(name));
    case "REFERENCE_DOLLAR_BRACE":
    case "REFERENCE_DOLLAR_PATH":
    case "REFERENCE_BRACES":
      return names.resolve(name) ?? (number === undefined ? undefined : names.byNumber(number));
  }
}

/**
 * `$1` may be an amount of money. It is a reference if the step declares step 1 as a dependency, in a list of calls, or
 * if it is the whole value in a step without declared dependencies after step 1. It is plain text inside a longer text
 * if the step declares other dependencies or is before step 1. All other cases are ambiguous.
 */
function isDollarReference(
  id: string,
  before: string,
  whole: boolean,
  pointer: string,
  context: ReferenceContext,
): boolean {
  const { dependsOn, calls, ours } = context;
  if (ours) return false;
  if (dependsOn?.has(id) === true) return true;
  const earlier = context.id === undefined || context.names.isBefore(id, context.id);
  if (id === context.id || calls) return calls && earlier;
  if (dependsOn === undefined && whole && earlier) return true;
  if (whole || (dependsOn === undefined && earlier)) ambiguous(before, "money", pointer, context);
  return false;
}

/** Whether a form that names no step can only be a reference. */
function isSurely({ adapter, name, path }: Form, before: string, whole: boolean, context: ReferenceContext): boolean {
  const { names, ours } = context;
  const numbered = names.isNumbered;
  switch (adapter) {
    case "REFERENCE_NODE":
    case "REFERENCE_GENERATED":
      return true;
    case "REFERENCE_HASH_E":
      return numbered && !ours;
    case "REFERENCE_DOLLAR":
      return false;
    case "REFERENCE_DOLLAR_PATH":
      return whole && !ours && path !== "";
    case "REFERENCE_OUTPUT_OF":
      return numbered && stepNumber(name) !== undefined;
    case "REFERENCE_DOLLAR_BRACE":
      return !ours && numbered && stepNumber(name) !== undefined;
    case "REFERENCE_BRACES":
      if (ours) return false;
      if (before.includes("steps.") || (whole && /^\.outputs?\b/.test(path))) return true;
      return numbered && stepNumber(name) !== undefined;
  }
}

function unknown(before: string, { name }: Form, pointer: string, context: ReferenceContext): void {
  const number = stepNumber(name);
  const range = context.names.range;
  const counted = number === undefined || range === undefined ? undefined : countedFrom(number, range);
  const offBy = counted === undefined ? {} : { first: range![0], counted };
  context.find(findingOf("UNKNOWN_REFERENCE", { pointer }, { written: before, ...offBy }));
}

function countedFrom(number: number, [lowest, highest]: readonly [number, number]): 0 | 1 | undefined {
  if (lowest === 0 && number === highest + 1) return 1;
  return lowest === 1 && number === 0 ? 0 : undefined;
}

function ambiguous(written: string, why: "money" | "quoted", pointer: string, context: ReferenceContext): void {
  context.find(findingOf("AMBIGUOUS_REFERENCE", { pointer }, { written, why }));
}

const SEGMENT = /\.([A-Za-z_][\w -]*)|\[(\d+)\]|\[(?:"([^"]*)"|'([^']*)')\]/g;

/**
 * A path in our notation. `output` and `result` after a step mean its output, unless the output has a field of that
 * name.
 */
function pathOf(path: string, id: string, context: ReferenceContext): string {
  let out = "";
  for (const [segment, name, index, ...quoted] of path.matchAll(SEGMENT)) {
    const field = name ?? quoted.find((text) => text !== undefined) ?? "";
    if (out === "" && index === undefined && isWhole(segment, field, id, context)) continue;
    out +=
      index !== undefined
        ? `[${index}]`
        : name !== undefined && /^\w+$/.test(name) && !CEL_WORDS.has(name)
          ? `.${name}`
          : `[${JSON.stringify(field)}]`;
  }
  return out;
}

function isWhole(segment: string, field: string, id: string, context: ReferenceContext): boolean {
  if (!segment.startsWith(".")) return false;
  if (field === "output" || field === "outputs") return hasField(id, field, context) !== true;
  return field === "result" && hasField(id, field, context) === false;
}

/** Whether the output of a step has a field; undefined if the type is not known. */
function hasField(id: string, field: string, { names, tool }: ReferenceContext): boolean | undefined {
  const fields = names.fields(id);
  const output = tool(fields?.get("tool"))?.output;
  if (output === undefined) return fields?.has("tool") === true || fields?.has("output") === true ? undefined : false;
  const properties = output["properties"];
  if (isObject(properties)) return Object.hasOwn(properties, field);
  return typeof output["type"] === "string" && output["type"] !== "object" ? false : undefined;
}

const PREFIX = /\bsteps\.([A-Za-z_][\w-]{0,63})((?:\.outputs?\b)?)/g;

/** `${{ steps.find.output.results }}` uses our notation, with other words in the path. */
function withoutPrefix(text: string, pointer: string, context: ReferenceContext): string {
  const { names } = context;
  if (names.resolve("steps") !== undefined) return names.rewrite(text);
  const plain = eachExpression(text, (expression) => {
    if (!expression.includes("steps.") || /["']/.test(expression)) return expression;
    return expression.replace(PREFIX, (whole, name: string, output: string) => {
      const id = names.resolve(name);
      if (id === undefined) return whole;
      return id + (output === "" || hasField(id, output.slice(1), context) === true ? output : "");
    });
  });
  if (plain !== text) context.note("REFERENCE_STEPS", {}, pointer, { before: text, after: plain });
  return names.rewrite(plain);
}
