// Rewrites references of other systems. In: the values of a step that may hold references, and the names of all steps.
// Out: the same values with `${{ … }}`, and findings if a form names no step or may be plain text. spellings.ts has the
// table of forms. A form is rewritten only if it can mean one thing. A whole value that looks like a reference and is
// none is a finding: a tool would take it as it stands.
import { findingOf } from "../../finding.js";
import { isObject, pointerTo } from "../../json.js";
import type { Fields } from "../fields/fields.js";
import { isPlaceholder } from "./placeholders.js";
import { stepsBefore, type ReferenceContext } from "./reference-context.js";
import { firstField, hasField, isOneValue, pathOf, withoutPrefix } from "./reference-paths.js";
import { looseReference, objectReference, outputName, referencesInside } from "./reference-habits.js";
import { isEarlier, stepAtPlace, stepOf, stepOfWords } from "./reference-targets.js";
import {
  formsIn,
  numberIn,
  OUTPUT_NAME,
  stepNumber,
  WHOLE_CHARS,
  wholeForm,
  type Form,
  type FormAdapter,
  type WholeForm,
} from "../spellings.js";
import { isForgottenExpression } from "../../prose.js";
import { expressionSpans } from "../spans.js";

export type { ReferenceContext } from "./reference-context.js";

export function readReferences(fields: Fields, context: ReferenceContext): void {
  for (const field of ["with", "when", "forEach", "expect"]) {
    if (!fields.has(field)) continue;
    const value = fields.get(field);
    if (field === "expect" && typeof value === "string" && isProse(value)) continue;
    const pointer = pointerTo(context.pointer, field);
    const expression = field !== "with" && typeof value === "string" && !value.includes("${{");
    fields.set(field, expression ? inExpression(value, pointer, context) : withReferences(value, pointer, context));
  }
  const repeat = fields.get("repeat");
  if (!isObject(repeat) || typeof repeat["until"] !== "string") return;
  const { until } = repeat;
  const pointer = pointerTo(pointerTo(context.pointer, "repeat"), "until");
  const read = until.includes("${{") ? withReferences : inExpression;
  fields.set("repeat", { ...repeat, until: read(until, pointer, context) });
}

/** Prose refers to nothing. */
const isProse = (expect: string): boolean => !expect.includes("${{") && !isForgottenExpression(expect);

/** Every text of a value, with references in our notation. The value is not deeper than LIMITS.jsonDepth. */
export function withReferences(value: unknown, pointer: string, context: ReferenceContext): unknown {
  if (typeof value === "string") return inText(value, pointer, context);
  if (Array.isArray(value)) return value.map((item, i) => withReferences(item, `${pointer}/${i}`, context));
  if (!isObject(value)) return value;
  const meant = objectReference(value, context);
  if (meant !== undefined) lookalike(JSON.stringify(value).slice(0, WHOLE_CHARS), pointer, context, { source: meant });
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, withReferences(field, pointerTo(pointer, key), context)]),
  );
}

const MARK = /[#$<{]/;

/** Every form has one of these. Most texts have none. */
const HINT =
  /[#$<{[%@`]|\.\.\.|…|__|\w\.\w|^\(\(?\w|^\*\*|(?:step|task|node|action|call|stage|s|e)[ _-]?\d|\d[ _]|previous|prior|preceding|last|former|above|earlier|outputs?|results?|response|first|second|third|th |^(?:YOUR|INSERT|REPLACE|ENTER|ADD|PUT)_|to be |tbd|will be|placeholder|\?\?\?/i;

function inText(text: string, pointer: string, context: ReferenceContext): string {
  if (!HINT.test(text)) {
    const loose = looseReference(text.trim(), context);
    if (loose !== undefined) lookalike(text, pointer, context, loose === true ? {} : { source: loose });
    return text;
  }
  const own = text.includes("${{");
  const whole = own ? undefined : inWhole(text, pointer, context);
  if (whole !== undefined) return whole;
  for (const [part, source] of referencesInside(text, context)) lookalike(part, pointer, context, { source });
  if (!context.rewrites || !MARK.test(text)) return text;
  const plain = own ? withoutPrefix(text, pointer, context) : text;
  const forms = formsIn(plain, own ? expressionSpans(plain) : []);
  return written(plain, forms, pointer, context, (source) => `\${{ ${source} }}`);
}

/** A value that is one reference in another notation, or looks like one. undefined for a text. */
function inWhole(text: string, pointer: string, context: ReferenceContext): string | undefined {
  if (text.length > 2 * WHOLE_CHARS) return undefined;
  const trimmed = text.trim();
  if (trimmed.length > WHOLE_CHARS) return undefined;
  const first = MARK.test(trimmed[0] ?? "") ? formsIn(trimmed, [])[0] : undefined;
  const anywhere = first?.start === 0 && first.end === trimmed.length ? first : undefined;
  if (anywhere?.adapter === "REFERENCE_DOLLAR" && anywhere.path === "") {
    if (isAmountOrStep(anywhere, context)) ambiguous(trimmed, "money", pointer, context);
    return undefined;
  }
  const form = wholeForm(trimmed);
  const target = (anywhere && targetOf(anywhere, context)) ?? (form && targetOfWhole(form, context));
  if (target === undefined) {
    const output = context.rewrites ? outputName(trimmed, context) : undefined;
    if (output !== undefined) {
      const change = { before: text, after: `\${{ ${output} }}` };
      context.note("REFERENCE_OUTPUT_OF", { written: trimmed, source: output }, pointer, change);
      return change.after;
    }
    if (anywhere !== undefined && isSurely(anywhere, trimmed, true, context)) {
      unknown(trimmed, anywhere, pointer, context);
      return text;
    }
    if (form?.phrase?.of === "step" && form.phrase.plain && context.names.isNumbered) {
      unknown(trimmed, { name: form.name }, pointer, context);
      return text;
    }
    return likeReference(trimmed, form, pointer, context) ? text : undefined;
  }
  const source = target.id + pathOf(target.path, target.id, context);
  const after = `\${{ ${source} }}`;
  if (target.certain && context.rewrites) {
    context.note(target.adapter, { written: trimmed, source }, pointer, { before: text, after });
    return after;
  }
  lookalike(trimmed, pointer, context, { source });
  return text;
}

/** `$1` in a document whose steps have no numbers. */
const isAmountOrStep = ({ name }: Form, context: ReferenceContext): boolean =>
  !context.ours &&
  context.names.range === undefined &&
  context.names.byPlainNumber(Number(name)) === undefined &&
  context.dependsOn === undefined &&
  stepAtPlace(Number(name), context) !== undefined;

interface Target {
  readonly id: string;
  readonly path: string;
  readonly adapter: FormAdapter;
  /** Whether the value can mean nothing else. */
  readonly certain: boolean;
}

function targetOf(form: Form, context: ReferenceContext): Target | undefined {
  const id = stepOf(form, context);
  if (id === undefined) return undefined;
  const { adapter, path } = form;
  if (adapter === "REFERENCE_DOLLAR")
    return context.ours && context.dependsOn?.has(id) !== true ? undefined : { id, path, adapter, certain: true };
  // In a document with our notation, a bare name in braces may belong to a template.
  const bare = path === "" && numberIn(form.name) === undefined && stepNumber(form.name) === undefined;
  return { id, path, adapter, certain: !context.ours || !bare || adapter === "REFERENCE_BRACE" };
}

function targetOfWhole(form: WholeForm, context: ReferenceContext): Target | undefined {
  const { adapter, path, phrase } = form;
  const called = path.startsWith(".") || form.sure ? context.names.byWords(form.name) : undefined;
  const id = phrase === undefined ? (stepOf(form, context) ?? called) : stepOfWords(form, context);
  if (id === undefined || id === context.id) return undefined;
  const target = { id, path, adapter };
  if (phrase !== undefined) return { ...target, certain: phrase.plain || (phrase.noun && isOneValue(id, context)) };
  if (adapter === "REFERENCE_INDEX" || (form.sure && adapter === "REFERENCE_MARKED"))
    return { ...target, certain: true };
  if (path === "") return nameAlone(form, target, context);
  return bareTarget(form, target, context);
}

/** A name alone: `step_1` and `@find` are hardly texts, `summary` is one. */
function nameAlone(form: WholeForm, target: Omit<Target, "certain">, context: ReferenceContext): Target | undefined {
  const isMarked = form.adapter === "REFERENCE_MARKED" || numberIn(form.name) !== undefined;
  return isMarked && isEarlier(target.id, context) ? { ...target, certain: false } : undefined;
}

const ENDINGS: ReadonlySet<string> = new Set(
  (
    "md txt csv tsv json jsonl yaml yml xml html htm pdf doc docx xls xlsx ppt pptx odt rtf png jpg jpeg gif svg webp bmp " +
    "mp3 mp4 wav mov avi zip tar gz tgz js ts jsx tsx mjs cjs py rb go rs java c h cpp cs php sh sql ipynb css scss log ini " +
    "toml conf cfg env lock db sqlite parquet com org net io dev ai app co uk de fr eu example test local"
  ).split(" "),
);

/** `find.results[0].url` without marks. `report.md` may be a file. */
function bareTarget(form: WholeForm, target: Omit<Target, "certain">, context: ReferenceContext): Target | undefined {
  const field = firstField(form.path);
  const known = field === undefined ? undefined : hasField(target.id, field, context);
  const says = /^\.(?:outputs?|results?|response)\b/.test(form.path) || numberIn(form.name) !== undefined;
  if (known === true || says || form.path.includes("[")) return { ...target, certain: true };
  if (ENDINGS.has((field ?? "").toLowerCase()) && form.path === `.${field}`) return undefined;
  return { ...target, certain: false };
}

/** Whether a value looks like a reference, and no step is meant by it. Then there is a finding. */
function likeReference(
  trimmed: string,
  form: WholeForm | undefined,
  pointer: string,
  context: ReferenceContext,
): boolean {
  const part = form === undefined ? undefined : context.names.withPart(form.name);
  if (part !== undefined) lookalike(trimmed, pointer, context, { source: part });
  else if (form?.phrase?.plain === true && form.phrase.of !== "name") lookalike(trimmed, pointer, context);
  else if (form?.adapter === "REFERENCE_INDEX") lookalike(trimmed, pointer, context);
  else if (form?.adapter === "REFERENCE_BARE" && numberIn(form.name) !== undefined && form.path.startsWith(".output"))
    lookalike(trimmed, pointer, context);
  else if (form?.path === "" && OUTPUT_NAME.test(form.name)) lookalike(trimmed, pointer, context);
  else if (isPlaceholder(trimmed)) lookalike(trimmed, pointer, context);
  else {
    const loose = looseReference(trimmed, context);
    if (loose === undefined) return false;
    lookalike(trimmed, pointer, context, loose === true ? {} : { source: loose });
  }
  return true;
}

const MOST_STEPS = 8;

/** `source` is the expression that is probably meant. */
function lookalike(
  written: string,
  pointer: string,
  context: ReferenceContext,
  meant: { readonly source?: string } = {},
): void {
  const steps = stepsBefore(context).slice(-MOST_STEPS);
  context.find(findingOf("REFERENCE_LIKE_TEXT", { pointer }, { written, ...meant, steps }));
}

/**
 * A condition or a list without `${{ }}`. Names are put into the expression unchanged, but never into a quoted part.
 */
function inExpression(text: string, pointer: string, context: ReferenceContext): string {
  if (!context.rewrites) return text;
  const whole = wholeForm(text);
  const words = whole?.phrase?.plain === true || whole?.adapter === "REFERENCE_INDEX" ? whole : undefined;
  const target = words === undefined ? undefined : targetOfWhole(words, context);
  if (target !== undefined) {
    const source = target.id + pathOf(target.path, target.id, context);
    context.note(target.adapter, { written: text, source }, pointer, { before: text, after: source });
    return source;
  }
  const forms = formsIn(text, []);
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
    const source = sourceOf(form, before, { text, whole }, pointer, context);
    if (source === undefined) continue;
    const after = write(source);
    out += text.slice(from, form.start) + after;
    from = form.end;
    context.note(form.adapter, { written: before, source }, pointer, { before, after });
  }
  return out + text.slice(from);
}

const NAMES_IN_TEXT = /\{[\w.[\]]{1,200}\}|\$[\w.[\]]{1,200}/g;

/** A sentence with names in braces or behind `$`, and nothing that code has. */
const isSentence = (text: string): boolean =>
  text.length <= 2_000 && !/[(){}[\];=\n]/.test(text.replace(NAMES_IN_TEXT, ""));

/** The step or path of a form, as an expression; undefined if the form stays unchanged. */
function sourceOf(
  form: Form,
  before: string,
  { text, whole }: { readonly text: string; readonly whole: boolean },
  pointer: string,
  context: ReferenceContext,
): string | undefined {
  const id = stepOf(form, context);
  if (id === undefined) {
    if (isSurely(form, before, whole, context)) unknown(before, form, pointer, context);
    return undefined;
  }
  const { adapter, path } = form;
  if (adapter === "REFERENCE_DOLLAR" && !isDollarReference(id, before, whole, pointer, context)) return undefined;
  const single = adapter === "REFERENCE_BRACE" || adapter === "REFERENCE_DOLLAR_NAME";
  const bare = (single || adapter === "REFERENCE_BRACES" || adapter === "REFERENCE_DOLLAR_BRACE") && path === "";
  if (bare && context.ours && !before.includes("steps.")) return undefined;
  if (single && (!isEarlier(id, context) || (bare && !isSentence(text)))) return undefined;
  return id + pathOf(path, id, context);
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
      return whole || (numbered && !ours);
    case "REFERENCE_DOLLAR_PATH":
      return whole && !ours && path !== "";
    case "REFERENCE_OUTPUT_OF":
      return numbered && stepNumber(name) !== undefined;
    case "REFERENCE_DOLLAR_BRACE":
      return (whole || (!ours && numbered)) && stepNumber(name) !== undefined;
    case "REFERENCE_BRACES":
      if (whole && stepNumber(name) !== undefined) return true;
      if (ours) return false;
      if (before.includes("steps.") || (whole && /^\.outputs?\b/.test(path))) return true;
      return numbered && stepNumber(name) !== undefined;
    default:
      return false;
  }
}

function unknown(
  before: string,
  { name }: { readonly name: string },
  pointer: string,
  context: ReferenceContext,
): void {
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
