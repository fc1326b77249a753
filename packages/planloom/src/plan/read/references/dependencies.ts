// Reads the dependencies of a step. In: the fields of a step, and the names of all steps. Out: `dependsOn` as a list of
// ids. Plans write numbers, names, references and words. A name of no step stays for check to report.
import { isObject } from "../../json.js";
import { hasKind, type Fields, type StepContext } from "../fields/fields.js";
import { formsIn, numberIn, stepNumber, wholeForm, type FormAdapter } from "../spellings.js";
import { expressionSpans } from "../spans.js";
import type { StepNames } from "../fields/ids.js";
import type { ReferenceContext } from "./reference-context.js";
import { stepOf, stepOfWords } from "./reference-targets.js";

const NOBODY: ReadonlySet<unknown> = new Set(["", "none", "null", "n/a", "nothing", "-", -1, "-1"]);

/** Also tells the reader of references which steps this one waits for. */
export function dependenciesOf(fields: Fields, context: ReferenceContext, at: StepContext): void {
  namedInInstruction(fields, context, at);
  if (!fields.has("dependsOn")) return;
  const written = fields.get("dependsOn");
  const list = listOf(written, context.names);
  if (list === undefined) return;
  const kept = list.filter((value) => !isNobody(value, context.names));
  const mapped = kept.map((value) => (isName(value) ? idOf(value, context) : value));
  fields.set("dependsOn", mapped);
  context.dependsOn = new Set(mapped.filter((value) => typeof value === "string"));
  if (kept.length < list.length) at.note("NO_DEPENDENCY", {}, "dependsOn", { before: written, after: mapped });
  const changed = mapped.filter((value, i) => value !== kept[i]);
  if (changed.length > 0)
    at.note("ID_REWRITTEN", { ids: changed.map(String) }, "dependsOn", { before: written, after: mapped });
}

const isName = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

/** `dependsOn` as a list. Also accepts one name, several names in one text, and objects that hold only an id. */
function listOf(written: unknown, names: StepNames): readonly unknown[] | undefined {
  if (Array.isArray(written)) return written.map(idInside);
  if (!isName(written)) return undefined;
  if (typeof written !== "string" || names.resolve(written) !== undefined || !/,| and |;/.test(written))
    return [written];
  const parts = written
    .slice(0, 2_000)
    .split(/,| and |;/)
    .map((part) => part.trim());
  return parts.every((part) => names.resolve(nameIn(part)) !== undefined) ? parts : [written];
}

function idInside(value: unknown): unknown {
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  return keys.length === 1 && ["id", "step", "step_id"].includes(keys[0]!) ? value[keys[0]!] : value;
}

function isNobody(value: unknown, names: StepNames): boolean {
  const plain = typeof value === "string" ? value.trim().toLowerCase() : value;
  return NOBODY.has(plain) && !(isName(value) && names.resolve(value) !== undefined);
}

/** A name inside other words is read as the same name without them. So a second reading gives the same id. */
function idOf(value: string | number, context: ReferenceContext): string {
  const { names } = context;
  if (names.resolve(value) !== undefined) return names.idOf(value);
  const text = String(value).trim();
  const meant = typeof value === "number" ? undefined : meantBy(text, context);
  if (meant !== undefined) return meant;
  const inside = nameIn(text);
  if (inside.length < text.length) return idOf(inside, context);
  const id = names.idOf(inside);
  if (names.resolve(id) !== undefined) return id;
  // A number that names no step does not become an id that is read as the step at that place.
  return typeof value === "string" || meantBy(id, context) !== undefined ? inside : id;
}

/** The step that words or another spelling of a name mean: `the previous step`, `step_1`. */
function meantBy(text: string, context: ReferenceContext): string | undefined {
  const whole = wholeForm(text);
  if (whole?.phrase !== undefined) return whole.phrase.plain ? stepOfWords(whole, context) : undefined;
  const place = /^(?:the )?(\w+) (?:step|task)$/i.test(text) ? wholeForm(`from ${text}`) : undefined;
  if (place?.phrase !== undefined) return stepOfWords(place, context);
  const form = formsIn(text.slice(0, 300), [])[0];
  if (form !== undefined && form.start === 0 && form.end === text.length) return stepOf(form, context);
  const name = whole?.name ?? text;
  return numberIn(name) === undefined ? undefined : stepOf({ adapter: "REFERENCE_BARE", name }, context);
}

/** The name inside `#E1`, `<node-0>`, `step 2` or `output of step 2`, if the text is nothing else. */
function nameIn(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > 200) return trimmed;
  const form = formsIn(trimmed, [])[0];
  const inside = form !== undefined && form.start === 0 && form.end === trimmed.length ? form : wholeForm(trimmed);
  const name = inside?.name || trimmed;
  const number = stepNumber(name);
  return number === undefined ? name : String(number);
}

/** Forms in an instruction that can only name a step. */
const SURE: ReadonlySet<FormAdapter> = new Set([
  "REFERENCE_HASH_E",
  "REFERENCE_NODE",
  "REFERENCE_GENERATED",
  "REFERENCE_BRACES",
  "REFERENCE_DOLLAR_BRACE",
  "REFERENCE_DOLLAR_PATH",
]);

/** An instruction stays as it is. The steps that it names become dependencies of the step. */
function namedInInstruction(fields: Fields, context: ReferenceContext, at: StepContext): void {
  const instruction = fields.get("agent") ?? (hasKind(fields) ? undefined : fields.get("description"));
  if (typeof instruction !== "string" || !/[#$<{]/.test(instruction)) return;
  const written = fields.get("dependsOn");
  if (written !== undefined && (context.calls || !Array.isArray(written))) return;
  const ids = formsIn(instruction, expressionSpans(instruction))
    .filter(({ adapter, path }) => {
      if (context.calls) return adapter === "REFERENCE_HASH_E" || adapter === "REFERENCE_DOLLAR";
      if (SURE.has(adapter)) return !context.ours || path !== "" || adapter === "REFERENCE_NODE";
      return path !== "" && (adapter === "REFERENCE_BRACE" || adapter === "REFERENCE_DOLLAR_NAME");
    })
    .flatMap((form) => stepOf(form, context) ?? [])
    .filter((id) => context.id !== undefined && context.names.isBefore(id, context.id));
  const before = (written ?? []) as readonly unknown[];
  const known = new Set(before.map((one) => (isName(one) ? idOf(one, context) : one)));
  const needed = [...new Set(ids)].filter((id) => !known.has(id));
  if (needed.length === 0) return;
  fields.set("dependsOn", [...before, ...needed]);
  at.note("DEPENDENCY_IN_TEXT", { ids: needed }, "dependsOn", { before: written ?? null, after: needed });
}
