// The reference forms of other plan formats. In: a text. Out: each form with its name and path, unresolved. Every form
// is matched at one place and with bounds, so reading takes linear time. references.ts knows which steps exist and
// decides.

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
  | "REFERENCE_DOLLAR_PATH"
  | "REFERENCE_BRACES"
  | "REFERENCE_NODE"
  | "REFERENCE_GENERATED"
  | "REFERENCE_OUTPUT_OF";

const PATH = /(?:\.[A-Za-z_]\w{0,63}|\[(?:\d{1,6}|"[^"\]\n]{1,64}"|'[^'\]\n]{1,64}')\]){0,12}/.source;
/** In a form with an end mark, names may contain spaces. */
const SPACED = /(?:\.[A-Za-z_][\w -]{0,63}|\[(?:\d{1,6}|"[^"\]\n]{1,64}"|'[^'\]\n]{1,64}')\]){0,12}/.source;
const NAME = /[A-Za-z_][\w-]{0,63}|\d{1,6}/.source;

/** By the first character of the form. */
const FORMS: { readonly [char: string]: readonly (readonly [FormAdapter, RegExp])[] } = {
  "#": [["REFERENCE_HASH_E", new RegExp(`#E(\\d{1,4})(?!\\w)(${PATH})`, "y")]],
  "<": [
    ["REFERENCE_NODE", /<node[-_ ](\w{1,64})>()/iy],
    ["REFERENCE_GENERATED", /<GENERATED>-(\d{1,4})(?![\w-])()/y],
  ],
  "{": [["REFERENCE_BRACES", new RegExp(`\\{\\{ {0,4}((?:steps[.])?(?:${NAME}))(${PATH}) {0,4}\\}\\}`, "y")]],
  $: [
    ["REFERENCE_DOLLAR_BRACE", new RegExp(`\\$\\{ {0,4}((?:steps[.])?(?:${NAME}))(${PATH}) {0,4}\\}`, "y")],
    ["REFERENCE_DOLLAR_PATH", new RegExp(`\\$([A-Za-z_]\\w{0,63})(${SPACED})\\$(?!\\w)`, "y")],
    ["REFERENCE_DOLLAR", /\$(\d{1,4})(?![\w$%]|[.,]\d)()/y],
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
    const form = FORMS[text[at]!]?.map((matcher) => match(text, at, matcher)).find((found) => found !== undefined);
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
  const name = found[1]!;
  const plain = name.startsWith("steps.") ? name.slice("steps.".length) : name;
  return { adapter, start: at, end: pattern.lastIndex, name: plain, path: found[2] ?? "" };
}

const AROUND: { readonly [open: string]: string } = { "[": "]", "<": ">", "(": ")", "{": "}" };
const OUTPUT_OF = /^(?:the )?(?:output|outputs|result|results) (?:of|from) (?:the )?(.{1,100})$/i;
const STEP_OUTPUT = /^(step \d{1,4})(?:['’]s)? (?:output|result|results)$/i;

/** `output of X`, `the results from step 2`, `[result of step 2]`, if the text is nothing else. */
export function outputOf(text: string): Form | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 140) return undefined;
  const inner = AROUND[trimmed[0] ?? ""] === trimmed.at(-1) ? trimmed.slice(1, -1).trim() : trimmed;
  const said = (OUTPUT_OF.exec(inner) ?? STEP_OUTPUT.exec(inner))?.[1];
  if (said === undefined) return undefined;
  const name = said.replace(/[.,;]$/, "").trim();
  return { adapter: "REFERENCE_OUTPUT_OF", start: 0, end: text.length, name: unquoted(name), path: "" };
}

const unquoted = (name: string): string =>
  name.length > 2 && name[0] === name.at(-1) && `"'\``.includes(name[0]!) ? name.slice(1, -1) : name;

/** The number of `step 2`. */
export function stepNumber(name: string): number | undefined {
  const digits = /^(?:step |task )?#?(\d{1,4})$/i.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
