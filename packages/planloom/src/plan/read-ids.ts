// The ids of steps on intake. In: steps as written. Out: a legal id for each step, and the way from every name that the
// document uses for a step to that id. Separate because ids are rewritten across the whole document, not within one step.
import { isObject } from "./json.js";
import { ID_PATTERN } from "./plan.js";

/** Fields that name a step, in order of preference. */
export const ID_FIELDS = ["id", "step_id", "stepId", "step_number", "stepNumber", "step"] as const;

export interface StepName {
  readonly id: string;
  /** The field and value it was made of; absent where the document gives none. */
  readonly field?: string;
  readonly written?: string | number;
}
export interface StepNames {
  /** By position; undefined where the step is no object. */
  readonly names: readonly (StepName | undefined)[];
  /** The id that a reference in the document means. */
  readonly idOf: (written: string | number) => string;
  /** Rewrites renamed ids inside the references of a text. */
  readonly rewrite: (text: string) => string;
}

export function stepNames(steps: readonly unknown[]): StepNames {
  const written = steps.map(writtenName);
  const used = new Map<string, string>();
  for (const name of written) if (name !== undefined && ID_PATTERN.test(name.text)) used.set(name.text, name.text);
  const counts = new Map<string, number>();
  const ids = new Map<string, string>();
  const names = written.map((name, index): StepName | undefined => {
    if (!isObject(steps[index]) && typeof steps[index] !== "string") return undefined;
    if (name === undefined) return { id: claim(`s${index + 1}`, `#${index}`, used, counts) };
    const id = ids.get(name.text) ?? claim(legalId(name.text, index), name.text, used, counts);
    ids.set(name.text, id);
    return { id, field: name.field, written: name.value };
  });
  addTitles(steps, names, ids);
  return { names, idOf: (value) => idOf(String(value).trim(), ids), rewrite: rewriter(ids) };
}

interface WrittenName {
  readonly field: string;
  readonly value: string | number;
  readonly text: string;
}

function writtenName(step: unknown): WrittenName | undefined {
  if (!isObject(step)) return undefined;
  const found = ID_FIELDS.find((key) => Object.hasOwn(step, key) && isName(step[key]));
  const field = found ?? (isLegal(step["name"]) ? "name" : undefined);
  if (field === undefined) return undefined;
  const value = step[field] as string | number;
  return { field, value, text: String(value).trim() };
}

const isLegal = (value: unknown): boolean => typeof value === "string" && ID_PATTERN.test(value);
const isName = (value: unknown): boolean =>
  (typeof value === "string" && value.trim() !== "") || (typeof value === "number" && Number.isFinite(value));

/** The nearest legal id: letters, digits and _ only, a small letter first, at most 64. */
function legalId(text: string, index: number): string {
  if (ID_PATTERN.test(text)) return text;
  const plain = text
    .normalize("NFKD")
    .slice(0, 200)
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
  if (plain === "") return `s${index + 1}`;
  const start = /^\d/.test(plain) ? `s${plain}` : plain[0]!.toLowerCase() + plain.slice(1);
  return start.slice(0, 64);
}

/** The id itself, or with a number behind it where another name already has it. */
function claim(id: string, name: string, used: Map<string, string>, counts: Map<string, number>): string {
  let free = id;
  for (let n = counts.get(id) ?? 2; used.has(free) && used.get(free) !== name; n++) {
    free = `${id.slice(0, 56)}_${n}`;
    counts.set(id, n + 1);
  }
  used.set(free, name);
  return free;
}

/** A step may also be referred to by its name or title, where that means exactly one. */
function addTitles(
  steps: readonly unknown[],
  names: readonly (StepName | undefined)[],
  ids: Map<string, string>,
): void {
  const titles = new Map<string, string | undefined>();
  steps.forEach((step, index) => {
    if (!isObject(step)) return;
    for (const key of ["name", "title"]) {
      const title = step[key];
      if (typeof title !== "string" || ids.has(title.trim())) continue;
      titles.set(title.trim(), titles.has(title.trim()) ? undefined : names[index]?.id);
    }
  });
  for (const [title, id] of titles) if (id !== undefined && !ID_PATTERN.test(title)) ids.set(title, id);
}

function idOf(text: string, ids: ReadonlyMap<string, string>): string {
  return ids.get(text) ?? (/^\d+$/.test(text) ? `s${text}` : text);
}

const TOKEN = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?<![\w.$])[A-Za-z_]\w*(?:-\w+)*/g;

/** Names such as `my-step` are tried whole first, then as the difference that CEL would read. */
function rewriter(ids: ReadonlyMap<string, string>): (text: string) => string {
  if (![...ids].some(([name, id]) => name !== id && /^[A-Za-z_][\w-]*$/.test(name))) return (text) => text;
  const rename = (token: string): string => {
    if (token.startsWith('"') || token.startsWith("'")) return token;
    return (
      ids.get(token) ??
      token
        .split("-")
        .map((part) => ids.get(part) ?? part)
        .join("-")
    );
  };
  return (text) => rewriteReferences(text, (expression) => expression.replace(TOKEN, rename));
}

/** Applies `inside` to what stands between each `${{` and the next `}}`. */
function rewriteReferences(text: string, inside: (expression: string) => string): string {
  let out = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf("${{", at);
    const end = start === -1 ? -1 : text.indexOf("}}", start);
    if (end === -1) return out + text.slice(at);
    out += text.slice(at, start + 3) + inside(text.slice(start + 3, end));
    at = end;
  }
}
