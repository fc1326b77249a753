// The names of steps. In: steps as written. Out: a legal id for each, and a map from every name of a step in the
// document to its id: id, number, title, tool. Ids are rewritten in the whole document. A name of no step, or of
// several steps, is not resolved: no index is shifted.
import { ID_PATTERN } from "../../plan.js";
import { fieldNamed, type Fields } from "./fields.js";
import { ID_FIELDS } from "./names.js";
import { takeOutputNames } from "./other-names.js";
import { eachExpression } from "../spans.js";
import { FORBIDDEN_KEYS } from "../../json.js";

export interface StepName {
  readonly id: string;
  /** The field and value that the id was made from. Absent if the document gives none. */
  readonly field?: string;
  readonly written?: string | number;
}

/** The number at the end of a name: `E1`, `#E1`, `step_1`, `Step 1`. */
const NUMBERED = /^(?:#?e|step|task|node|s|t|n|var|action)[ _-]?(\d{1,6})$/i;

export class StepNames {
  /** Maps a name as written to the id. */
  private readonly ids = new Map<string, string>();
  /** The final ids. A document with references in our own notation may use them. */
  private readonly given = new Set<string>();
  private readonly used = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  /** Names that may mean several steps give undefined. */
  private readonly numbers = new Map<number, string | undefined>();
  private readonly titles = new Map<string, string | undefined>();
  private readonly tools = new Map<string, string | undefined>();
  /** Names that steps give their outputs. A step with several outputs has no name for the whole. */
  private readonly outputs = new Map<string, string | undefined>();
  private readonly parts = new Map<string, string | undefined>();
  private readonly steps = new Map<string, Fields>();
  private readonly order: string[] = [];
  private readonly places = new Map<string, number>();
  private written = 0;
  private renamed = false;

  /** Legal ids are kept, wherever they are in the document. */
  reserve(steps: Iterable<Fields>): void {
    for (const fields of steps) {
      const name = writtenName(fields);
      if (name !== undefined && ID_PATTERN.test(name.text)) this.used.set(name.text, name.text);
    }
  }

  add(fields: Fields): StepName {
    const index = this.order.length;
    const name = writtenName(fields);
    const id = name === undefined ? this.claim(`s${index + 1}`, `#${index}`) : this.idFor(name.text, index);
    if (!this.places.has(id)) this.places.set(id, index);
    this.order.push(id);
    this.steps.set(id, fields);
    once(this.tools, fields.get("tool"), id);
    const outputs = takeOutputNames(fields);
    for (const key of outputs) once(outputs.length === 1 ? this.outputs : this.parts, key, id);
    for (const key of ["name", "title"]) once(this.titles, fields.get(key), id);
    this.given.add(id);
    if (name === undefined) return { id };
    this.written++;
    const number = /^\d{1,6}$/.exec(name.text)?.[0] ?? NUMBERED.exec(name.text)?.[1];
    if (number !== undefined) once(this.numbers, Number(number), id);
    return { id, field: name.field, written: name.value };
  }

  /** An element that is not a step keeps its place. */
  skip(): undefined {
    this.order.push("");
    return undefined;
  }

  private idFor(text: string, index: number): string {
    const id = this.ids.get(text) ?? this.claim(legalId(text, index), text);
    if (id !== text && /^\w[\w-]*$/.test(text)) this.renamed = true;
    this.ids.set(text, id);
    return id;
  }

  /** The id itself, or with a number appended if it is taken. */
  private claim(id: string, name: string): string {
    let free = id;
    for (let n = this.counts.get(id) ?? 2; this.used.has(free) && this.used.get(free) !== name; n++) {
      free = `${id.slice(0, 56)}_${n}`;
      this.counts.set(id, n + 1);
    }
    this.used.set(free, name);
    return free;
  }

  /** Resolves a name to a step if only ids are allowed here: by id or number, or by words that cannot be an id. */
  resolve(name: string | number): string | undefined {
    const text = String(name).trim();
    const digits = /^\d{1,6}$/.test(text) ? this.numbers.get(Number(text)) : undefined;
    if (ID_PATTERN.test(text))
      return this.ids.get(text) ?? (this.given.has(text) ? text : undefined) ?? this.outputs.get(text);
    return this.ids.get(text) ?? digits ?? this.outputs.get(text) ?? this.byWords(text);
  }

  /** The step that has an output of this name among others. */
  withPart(name: string): string | undefined {
    return this.parts.get(name);
  }

  /** The only step with this id or title, or the only one that calls this tool. */
  byWords(text: string): string | undefined {
    return (
      this.ids.get(text) ?? this.titles.get(text) ?? this.tools.get(text) ?? (this.given.has(text) ? text : undefined)
    );
  }

  /** The step with this number, whatever its id. */
  byNumber(number: number): string | undefined {
    return this.ids.get(String(number)) ?? this.numbers.get(number);
  }

  /** The step whose id is exactly this number. */
  byPlainNumber(number: number): string | undefined {
    return this.ids.get(String(number));
  }

  /** The step at a place from 0, in a document without any step names. */
  atIndex(index: number): string | undefined {
    return this.written === 0 ? this.order[index] || undefined : undefined;
  }

  /** Whether a number can only mean a step: a step has this number, or no step has a name. */
  get isNumbered(): boolean {
    return this.numbers.size > 0 || this.written === 0;
  }

  /** The lowest and highest number of a step in the document. */
  get range(): readonly [number, number] | undefined {
    const numbers = [...this.numbers.keys()];
    return numbers.length === 0 ? undefined : [Math.min(...numbers), Math.max(...numbers)];
  }

  /** The ids in the order of the document; "" for an element that is no step. */
  get all(): readonly string[] {
    return this.order;
  }

  /** The step above this one in the document. */
  above(id: string): string | undefined {
    return this.order[this.placeOf(id) - 1] || undefined;
  }

  /** The place of a step from 0; -1 for another name. */
  placeOf(id: string): number {
    return this.places.get(id) ?? -1;
  }

  isBefore(id: string, other: string): boolean {
    return this.placeOf(id) < this.placeOf(other);
  }

  fields(id: string): Fields | undefined {
    return this.steps.get(id);
  }

  /** The id for a name in `dependsOn` or `answer.from`. An unknown name stays for check to report. */
  idOf(name: string | number): string {
    const text = String(name).trim();
    return this.resolve(text) ?? (/^\d+$/.test(text) ? `s${text}` : text);
  }

  /**
   * Rewrites renamed ids inside the references of a text. Names such as `my-step` are tried as a whole first, then as a
   * subtraction.
   */
  rewrite(text: string): string {
    if (!this.renamed || !text.includes("${{")) return text;
    return eachExpression(text, (expression) =>
      // A number alone is the step of that number. Inside an expression it is a step only before a path.
      /^\s*\d{1,6}\s*$/.test(expression)
        ? expression.replace(/\d+/, (number) => this.ids.get(number) ?? number)
        : expression.replace(TOKEN, (token) => this.token(token)),
    );
  }

  private token(token: string): string {
    if (token.startsWith('"') || token.startsWith("'")) return token;
    const part = (name: string): string => this.ids.get(name) ?? name;
    return this.ids.get(token) ?? token.split("-").map(part).join("-");
  }
}

const TOKEN =
  /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?<![\w.$])(?:[A-Za-z_]\w*(?:-\w+)*|\d+[A-Za-z_]\w*(?:-\w+)*|\d{1,6}(?=\.[A-Za-z_]|\[))/g;

function once<K>(map: Map<K, string | undefined>, key: unknown, id: string): void {
  if (typeof key === "string") {
    const text = key.trim();
    if (text !== "") map.set(text as K, map.has(text as K) && map.get(text as K) !== id ? undefined : id);
  } else if (typeof key === "number") map.set(key as K, map.has(key as K) && map.get(key as K) !== id ? undefined : id);
}

interface WrittenName {
  readonly field: string;
  readonly value: string | number;
  readonly text: string;
}

function writtenName(fields: Fields): WrittenName | undefined {
  const field = idField(fields) ?? ["name", "label"].find((key) => isLegal(fields.get(key)));
  if (field === undefined) return undefined;
  const value = fields.get(field) as string | number;
  return { field, value, text: String(value).trim() };
}

function idField(fields: Fields): string | undefined {
  const named = new Map([...fields].filter(([, value]) => isName(value)));
  return fieldNamed(named, ...ID_FIELDS);
}

const isLegal = (value: unknown): boolean => typeof value === "string" && ID_PATTERN.test(value);
const isName = (value: unknown): boolean =>
  (typeof value === "string" && value.trim() !== "") || (typeof value === "number" && Number.isFinite(value));

/** The nearest legal id: only letters, digits and _, first a lower-case letter, at most 64 characters. */
function legalId(text: string, index: number): string {
  if (ID_PATTERN.test(text) || FORBIDDEN_KEYS.has(text)) return text;
  const plain = text
    .slice(0, 200)
    .normalize("NFKD")
    .slice(0, 200)
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
  if (plain === "") return `s${index + 1}`;
  const start = /^\d/.test(plain) ? `s${plain}` : plain[0]!.toLowerCase() + plain.slice(1);
  return start.slice(0, 64);
}
