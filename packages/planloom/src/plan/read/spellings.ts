// The spellings of references in other plan formats, in two tables: forms that stand anywhere in a text, and marks around
// a whole value. In: a text. Out: each form with its name and path, unresolved. references.ts knows the steps and decides.
// A new spelling is a new row here. Each form is matched at one place and with bounds, so reading takes linear time.
import { phraseIn, type Phrase } from "./phrase-references.js";

export interface Form {
  readonly adapter: FormAdapter;
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** The text after the name, as written: `.results[0]`. */
  readonly path: string;
}
export type FormAdapter =
  | "REFERENCE_HASH_E"
  | "REFERENCE_DOLLAR"
  | "REFERENCE_DOLLAR_BRACE"
  | "REFERENCE_DOLLAR_NAME"
  | "REFERENCE_DOLLAR_PATH"
  | "REFERENCE_BRACES"
  | "REFERENCE_BRACE"
  | "REFERENCE_NODE"
  | "REFERENCE_GENERATED"
  | "REFERENCE_MARKED"
  | "REFERENCE_BARE"
  | "REFERENCE_INDEX"
  | "REFERENCE_OUTPUT_OF";

/** A path behind the name of a step: `.results[0].url`. */
export const PATH = /(?:\.[A-Za-z_]\w{0,63}|\[(?:\d{1,6}|"[^"\]\n]{1,64}"|'[^'\]\n]{1,64}')\]){0,12}/.source;
/** In a form with an end mark, names may contain spaces. */
const SPACED = /(?:\.[A-Za-z_][\w -]{0,63}|\[(?:\d{1,6}|"[^"\]\n]{1,64}"|'[^'\]\n]{1,64}')\]){0,12}/.source;
const NAME = /[A-Za-z_][\w-]{0,63}|\d{1,6}/.source;
/** Words before the name of a step that say no more than that a step follows. */
const OWNER = /(?:steps|tasks|nodes|outputs|results)/.source;

/** Forms that stand anywhere in a text, by their first character. */
const ANYWHERE: { readonly [char: string]: readonly (readonly [FormAdapter, RegExp])[] } = {
  "#": [["REFERENCE_HASH_E", new RegExp(`#E(\\d{1,4})(?!\\w)(${PATH})`, "y")]],
  "<": [
    ["REFERENCE_NODE", new RegExp(`<node[-_ ](\\w{1,64})>(${PATH})`, "iy")],
    ["REFERENCE_GENERATED", new RegExp(`<GENERATED>-(\\d{1,4})(?![\\w-])(${PATH})`, "y")],
    ["REFERENCE_GENERATED", new RegExp(`<GENERATED[-_ ](\\d{1,4})>(${PATH})`, "y")],
  ],
  "{": [
    ["REFERENCE_BRACES", new RegExp(`\\{\\{ {0,4}((?:${OWNER}[.])?(?:${NAME}))(${PATH}) {0,4}\\}\\}`, "y")],
    ["REFERENCE_BRACE", new RegExp(`\\{((?:${OWNER}[.])?[A-Za-z_][\\w-]{0,63})(${PATH})\\}(?!\\})`, "y")],
  ],
  $: [
    ["REFERENCE_DOLLAR_BRACE", new RegExp(`\\$\\{ {0,4}((?:${OWNER}[.])?(?:${NAME}))(${PATH}) {0,4}\\}`, "y")],
    ["REFERENCE_DOLLAR_PATH", new RegExp(`\\$([A-Za-z_]\\w{0,63})(${SPACED})\\$(?!\\w)`, "y")],
    ["REFERENCE_DOLLAR", new RegExp(`\\$(\\d{1,4})(?![\\w$%]|[.,]\\d)(${PATH})`, "y")],
    ["REFERENCE_DOLLAR_NAME", new RegExp(`\\$((?:${OWNER}[.])?[A-Za-z_][\\w-]{0,63})(${PATH})`, "y")],
  ],
};

/** Every form in a text, in order. `skip` holds places to ignore: references in our own notation. */
export function formsIn(
  text: string,
  skip: readonly { readonly start: number; readonly end: number }[],
): readonly Form[] {
  const forms: Form[] = [];
  let span = 0;
  for (let at = 0; at < text.length; at++) {
    while (span < skip.length && skip[span]!.end <= at) span++;
    const own = skip[span];
    if (own !== undefined && at >= own.start) {
      at = own.end - 1;
      continue;
    }
    const form = ANYWHERE[text[at]!]?.map((matcher) => match(text, at, matcher)).find((found) => found !== undefined);
    if (form === undefined) continue;
    forms.push(form);
    at = form.end - 1;
  }
  return forms;
}

/**
 * A form does not begin after one of these, because it would be inside a word or another form: `US$1`, `a#E1`, `$$1`.
 */
const INSIDE: { readonly [char: string]: RegExp } = { "#": /[\w$#&]/, $: /[\w$#&]/, "{": /[${]/, "<": /</ };

function match(text: string, at: number, [adapter, pattern]: readonly [FormAdapter, RegExp]): Form | undefined {
  if (at > 0 && INSIDE[text[at]!]!.test(text[at - 1]!)) return undefined;
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (found === null) return undefined;
  return { adapter, start: at, end: pattern.lastIndex, name: withoutOwner(found[1]!), path: found[2] ?? "" };
}

const OWNED = new RegExp(`^${OWNER}\\.(?=.)`);
const withoutOwner = (name: string): string => name.replace(OWNED, "");

/** Marks around a whole value, the longest first. `sure`: they hold the name of something, never plain text. */
const MARKS: readonly { readonly open: string; readonly close: string; readonly sure: boolean }[] = [
  { open: "{{{", close: "}}}", sure: true },
  { open: "{{", close: "}}", sure: true },
  { open: "{%", close: "%}", sure: true },
  { open: "<|", close: "|>", sure: true },
  { open: "__", close: "__", sure: true },
  { open: "${", close: "}", sure: true },
  { open: "#{", close: "}", sure: true },
  { open: "%{", close: "}", sure: true },
  { open: "@{", close: "}", sure: true },
  { open: "$(", close: ")", sure: true },
  { open: "<<", close: ">>", sure: true },
  { open: "[[", close: "]]", sure: true },
  { open: "((", close: "))", sure: true },
  { open: "<", close: ">", sure: true },
  { open: "{", close: "}", sure: true },
  { open: "[", close: "]", sure: true },
  { open: "(", close: ")", sure: false },
  { open: "`", close: "`", sure: false },
  { open: "**", close: "**", sure: false },
  { open: "%", close: "%", sure: false },
  { open: "$.", close: "", sure: true },
  { open: "$", close: "$", sure: true },
  { open: "$", close: "", sure: true },
  { open: "@", close: "", sure: false },
];

/** A whole value with the name of a step in it, and how surely it is a reference. */
export interface WholeForm {
  readonly adapter: FormAdapter;
  readonly name: string;
  readonly path: string;
  /** The mark before it; "" for none. */
  readonly mark: string;
  readonly sure: boolean;
  /** Set for words: `output of step 1`. */
  readonly phrase?: Phrase;
}

/** Longer values are texts. */
export const WHOLE_CHARS = 200;

const NUMBERED = new RegExp(`^${OWNER}\\.(\\d{1,4})(${PATH})$`);
const NAMED = new RegExp(`^(?:${OWNER}[.])?([A-Za-z_][\\w-]{0,63})(${SPACED})$`);
const INDEXED = new RegExp(`^(?:plan\\.)?(?:${OWNER}|step_results|step_outputs)\\[(\\d{1,4})\\](${PATH})$`, "i");
const KEYED = new RegExp(`^(?:${OWNER}|step_results|step_outputs)\\[["']([^"'\\]\\n]{1,64})["']\\](${PATH})$`, "i");

/** The reference that a whole value may be; undefined for plain text. */
export function wholeForm(text: string): WholeForm | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > WHOLE_CHARS) return undefined;
  const [marked, behind] = pathBehindMarks(trimmed);
  const { core, mark, sure } = unmarked(marked);
  const form = coreForm(core, mark, sure);
  return form === undefined || (behind !== "" && mark === "") ? undefined : { ...form, path: form.path + behind };
}

/** `<step_1>.title`: a path behind the marks, or the output of what is in them. */
function pathBehindMarks(trimmed: string): readonly [marked: string, path: string] {
  const [, marked, path] =
    /^(.*[>\]})%`])((?:\.[A-Za-z_]\w{0,63}|\[\d{1,6}\]){1,12}|['’]s (?:output|result))$/s.exec(trimmed) ?? [];
  if (marked === undefined || path === undefined || unmarked(marked).mark === "") return [trimmed, ""];
  return [marked, path.startsWith(".") || path.startsWith("[") ? path : ""];
}

function coreForm(core: string, mark: string, sure: boolean): WholeForm | undefined {
  const of = (adapter: FormAdapter, name: string, path: string): WholeForm => ({ adapter, name, path, mark, sure });
  const indexed = INDEXED.exec(core);
  if (indexed !== null) return of("REFERENCE_INDEX", indexed[1]!, indexed[2] ?? "");
  const keyed = KEYED.exec(core);
  if (keyed !== null) return of("REFERENCE_MARKED", keyed[1]!, keyed[2] ?? "");
  const numbered =
    NUMBERED.exec(core) ?? (mark === "$." ? /^(\d{1,4})((?:\.[A-Za-z_]\w{0,63}){0,12})$/.exec(core) : null);
  if (numbered !== null) return of("REFERENCE_MARKED", `step_${numbered[1]!}`, numbered[2] ?? "");
  const said = sure ? stepNumber(core) : undefined;
  if (said !== undefined && !/^#?\d/.test(core)) return of("REFERENCE_MARKED", `step_${said}`, "");
  const phrase = phraseIn(core);
  if (phrase !== undefined) return { ...of("REFERENCE_OUTPUT_OF", phrase.name, phrase.path), phrase };
  const named = NAMED.exec(core);
  if (named === null) return undefined;
  const isBare = mark === "" || mark === "`" || mark === "**" || mark === "(";
  return of(isBare ? "REFERENCE_BARE" : "REFERENCE_MARKED", named[1]!, named[2] ?? "");
}

/** A whole value without the marks around it. */
export function unmarked(trimmed: string): { readonly core: string; readonly mark: string; readonly sure: boolean } {
  for (const { open, close, sure } of MARKS) {
    if (!trimmed.startsWith(open) || !trimmed.endsWith(close)) continue;
    if (trimmed.length <= open.length + close.length) continue;
    const core = trimmed.slice(open.length, trimmed.length - close.length).trim();
    return { core, mark: open, sure };
  }
  return { core: trimmed, mark: "", sure: false };
}

/** A name that systems give the output of a call: `result_1`, `API_call_0`. */
export const OUTPUT_NAME =
  /^(?:(?:api|tool|function)[_-]?)?(?:call|output|result|response|generated|answer)[_-]?\d{1,4}$/i;

/** The number of `step 2`. */
export function stepNumber(name: string): number | undefined {
  const digits = /^(?:step |task )?#?(\d{1,4})$/i.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The number in `step_1`, `task2`, `E1`. */
export function numberIn(name: string): number | undefined {
  const digits = /^(?:#?e|step|task|node|action|call|s)[ _-]?(\d{1,4})$/i.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
