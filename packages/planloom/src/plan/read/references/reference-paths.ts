// Paths behind the name of a step. In: a path as another format writes it, and the step. Out: the path in our notation.
// `output` and `result` after a step mean its output, unless the output has a field of that name.
import { CEL_WORDS, parseExpression } from "../../expression/expression.js";
import { withoutHabits } from "../../expression/habits.js";
import { isObject } from "../../json.js";
import type { ReferenceContext } from "./reference-context.js";
import { stepOf } from "./reference-targets.js";
import { eachExpression } from "../spans.js";

const SEGMENT = /\.([A-Za-z_][\w -]*)|\[(\d+)\]|\[(?:"([^"]*)"|'([^']*)')\]/g;

export function pathOf(path: string, id: string, context: ReferenceContext): string {
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

const OUTPUT_WORDS = ["output", "outputs"];
const RESULT_WORDS = ["result", "results", "response", "value", "data", "text", "content"];

function isWhole(segment: string, field: string, id: string, context: ReferenceContext): boolean {
  if (segment === "" || field === "") return false;
  if (OUTPUT_WORDS.includes(field)) return hasField(id, field, context) !== true;
  return RESULT_WORDS.includes(field) && hasField(id, field, context) === false;
}

/** Whether the output of a step has a field; undefined if the type is not known. */
export function hasField(id: string, field: string, { names, tool }: ReferenceContext): boolean | undefined {
  const fields = names.fields(id);
  const output = tool(fields?.get("tool"))?.output;
  if (output === undefined) return fields?.has("tool") === true || fields?.has("output") === true ? undefined : false;
  const properties = output["properties"];
  if (isObject(properties)) return Object.hasOwn(properties, field);
  return typeof output["type"] === "string" && output["type"] !== "object" ? false : undefined;
}

/** Whether the output of a step is not known to have several parts. */
export function isOneValue(id: string, { names, tool }: ReferenceContext): boolean {
  const fields = names.fields(id);
  const properties = tool(fields?.get("tool"))?.output?.["properties"];
  if (isObject(properties)) return Object.keys(properties).length === 0;
  const declared = fields?.get("output");
  return !isObject(declared) && !(typeof declared === "string" && declared.trim().startsWith("{"));
}

/** The first field of a path; undefined if it begins with an index. */
export const firstField = (path: string): string | undefined => /^\.([A-Za-z_]\w*)/.exec(path)?.[1];

const PREFIX = /\b(?:steps|tasks|nodes)\.([A-Za-z_][\w-]{0,63})((?:\.outputs?\b)?)/g;
const OUTPUT = /(?<![\w.$"'])([A-Za-z_][\w-]{0,63})\.(outputs?)\b(?!\s*\()/g;

/** `${{ steps.find.output.results }}` and `${{ find.output.results }}` use our notation, with other words in the path. */
export function withoutPrefix(text: string, pointer: string, context: ReferenceContext): string {
  const { names } = context;
  const plain = eachExpression(text, (expression) => {
    if (/["']/.test(expression)) return expression;
    return withoutOutput(withNumbers(withoutOwner(expression, context), context), context);
  });
  if (plain !== text) context.note("REFERENCE_STEPS", {}, pointer, { before: text, after: plain });
  return inOurLanguage(names.rewrite(plain), (change) => context.note("EXPRESSION_READ", {}, pointer, change));
}

const HABIT = /=>|[=!]==|\[\s{0,4}\*?\s{0,4}\]/;

/** Expressions with habits of other languages, where they can be read in no other way. */
export function inOurLanguage(
  text: string,
  note: (change: { readonly before: string; readonly after: string }) => void,
): string {
  if (!HABIT.test(text)) return text;
  const read = eachExpression(text, (expression) => {
    if (parseExpression(expression.trim()).ok) return expression;
    const meant = withoutHabits(expression.trim());
    return meant === undefined ? expression : ` ${meant} `;
  });
  if (read !== text) note({ before: text, after: read });
  return read;
}

/** `step_1` in an expression is the step of that number, if no step is called so. */
function withNumbers(expression: string, context: ReferenceContext): string {
  return expression.replace(/(?<![\w.$])(?:step|task)_?\d{1,4}\b/gi, (name) =>
    context.names.resolve(name) === undefined ? (stepOf({ adapter: "REFERENCE_BARE", name }, context) ?? name) : name,
  );
}

function withoutOwner(expression: string, context: ReferenceContext): string {
  return expression.replace(PREFIX, (whole, name: string, output: string) => {
    const owner = whole.slice(0, whole.indexOf("."));
    const id =
      context.names.resolve(owner) === undefined ? stepOf({ adapter: "REFERENCE_BARE", name }, context) : undefined;
    if (id === undefined) return whole;
    return id + (output === "" || hasField(id, output.slice(1), context) === true ? output : "");
  });
}

/** `find.output` is `find`, where the output is known to have no such field. */
function withoutOutput(expression: string, context: ReferenceContext): string {
  if (!expression.includes(".output")) return expression;
  return expression.replace(OUTPUT, (whole, name: string, output: string) => {
    const id = context.names.resolve(name);
    return id !== undefined && hasField(id, output, context) === false ? name : whole;
  });
}
