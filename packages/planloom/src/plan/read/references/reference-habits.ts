// Values that look like a reference, in spellings that are mostly too loose to be rewritten. In: a whole value. Out: the step
// that is probably meant, or that it is a reference without a step. references.ts makes it a finding. A new spelling is
// one row in the table HABITS.
import type { ReferenceContext } from "./reference-context.js";
import { isOneValue } from "./reference-paths.js";
import { isEarlier, stepAtPlace, stepOfWords } from "./reference-targets.js";
import { WHOLE_CHARS, wholeForm } from "../spellings.js";

/** What the first group of a pattern holds. `nothing`: the value is a reference to something, whatever it names. */
type Held = "name" | "id" | "number" | "tool" | "nothing";

const NAME = "([A-Za-z_][\\w-]{0,63})";
const PATH = "((?:\\.[A-Za-z_]\\w{0,63}|\\[\\d{1,6}\\]){0,12})";
const SOME_PATH = "((?:\\.[A-Za-z_]\\w{0,63}|\\[\\d{1,6}\\]){1,12})";
const STORE = "(?:context|ctx|state|memory|mem|vars?|variables|env|store|scratchpad|artifacts|workflow|plan|inputs?)";
const OUTPUT = "(?:outputs?|results?|response|data|answer|value)";
const STEP =
  "(?:step|task|node|action|call|schritt|étape|etape|paso|passo|passaggio|etapa|stap|krok|steg|шаг\\p{L}{0,2}|步骤|步驟|手順|ステップ)";
const RESULT =
  "(?:(?:das |le |la |el |il |o )?(?:ergebnis|ausgabe|résultat|sortie|resultado|salida|risultato|saída|resultaat|wynik|результат\\p{L}{0,2}|вывод))";
const OF = "(?:von|aus|des|der|de la|de l['’]|de|del|dello|della|da|do|van|z|из)?";

const TABLE: readonly (readonly [Held, string])[] = [
  // A number in marks, or behind one: `%1%`, `@1`, `<<1>>`, `$1.url`
  ["number", "%(\\d{1,3})%"],
  ["number", "[@^\\\\](\\d{1,2})"],
  ["number", "(?:<<|\\[\\[|\\(\\() ?(\\d{1,3}) ?(?:>>|\\]\\]|\\)\\))"],
  ["number", `[#$%@](\\d{1,3})${SOME_PATH}`],
  // A step in words: `url_from_step_1`, `see step 1`, `Ergebnis von Schritt 1`
  ["number", `[«"']?${STEP}[ _-]?(\\d{1,3})[»"']?`],
  ["number", `${STEP}[ _-]?(\\d{1,3})(?::|['’]s)? ?${OUTPUT}`],
  ["number", `(?:\\w{1,24}[ _]){0,4}(?:from|of|in|see|on|use|using|after)[ _](?:the[ _])?${STEP}[ _]?(\\d{1,3})`],
  ["number", `${RESULT} ${OF} ?${STEP} ?(\\d{1,3})`],
  ["number", `${STEP} ?(\\d{1,3})[ :-]{0,3}${RESULT}`],
  ["number", "(?:步骤|步驟|手順|ステップ|第) ?(\\d{1,3}) ?(?:步|단계)?(?:的|の)(?:结果|結果|输出|輸出|出力)"],
  ["number", "(\\d{1,3})단계(?:의)? ?(?:결과|출력)"],
  // The name of a step behind a mark or a store: `&find`, `context.find.url`, `ENV[find]`, `ref:find`
  ["name", `[#&*^~!]${NAME}${PATH}`],
  ["name", `«${NAME}${PATH}»`],
  ["name", `<%[=-]? {0,4}${NAME}${PATH} {0,4}-?%>`],
  ["name", `\\$?${STORE}[./:]${NAME}${PATH}`],
  ["name", `\\$?(?:${STORE}|${OUTPUT})\\[["']?${NAME}["']?\\]${PATH}`],
  ["name", `[$!@]?ref(?:erence)?(?:: ?| |\\()["']?${NAME}["']?\\)?${PATH}`],
  ["name", `/?(?:steps|tasks|nodes|outputs|results)[/.]${NAME}(?:/\\w{1,64}){0,12}`],
  ["name", `${NAME}(?:->|::|:|/)${OUTPUT}${PATH}`],
  // Words around the name of a step: `find_output`, `url_from_find`
  ["name", `([A-Za-z_][\\w-]{0,63}?)[_-]${OUTPUT}${PATH}`],
  ["name", `[A-Za-z]{1,24}_(?:from|of)_${NAME}`],
  // An id that is no word: `find_pages`, `s1`
  ["id", "[`]?([A-Za-z]\\w{0,40}_\\w{1,40}|[A-Za-z]{1,40}\\d{1,4})[`]?"],
  ["tool", `${NAME} ?\\((?:[^]{0,180})\\)`],
  ["nothing", "/?steps[/.]\\d{1,3}(?:[/.]\\w{1,64}){1,12}"],
  ["nothing", "[$@%{<[]{1,3}(?:prev|previous|last)(?:[_ .]?(?:outputs?|results?|step|response))?[}>\\]%]{0,3}"],
  ["nothing", `[$@{<]{0,2}(?:prev|previous|last|outputs?|results?|response)(?:\\[\\d{1,6}\\])${PATH}[}>]{0,2}`],
  [
    "nothing",
    `(?:response|result|output|prev|previous)\\.(?:data|text|body|content|results?|outputs?|value|url|id)${PATH}`,
  ],
  ["nothing", "(?:user|tool|step|previous|prev|last)_(?:input|output|result|response)s?"],
];

const HABITS: readonly (readonly [Held, RegExp])[] = TABLE.map(([held, source]) => [
  held,
  new RegExp(`^(?:${source})$`, "iu"),
]);

/** A note of the planner to itself. It is written in capitals. */
const TO_DO =
  /^(?:TODO|FIXME)(?:[\s:(-]{1,4}.{0,100}\b(?:from|of|output|result|step|search|fill|replace|insert|set|use|determine|decide|later|above|previous|value|url|id)\b.{0,60})?$/u;

/** One name that says that it is an output, and of which step: `output_video_from_step_1`, `image_search_result`. */
const OUTPUT_NAMES: readonly (readonly [Held, RegExp])[] = [
  ["number", /^(?:outputs?|results?)_(?:[a-z]{1,24}_){0,3}(?:from|of)_(?:step|task|node)_?(\d{1,3})$/i],
  ["name", /^(?:outputs?|results?)_(?:from|of)_([A-Za-z_]\w{0,63})$/i],
  ["name", /^([A-Za-z_]\w{0,63})_(?:outputs?|results?)$/i],
];

/** The step whose whole output such a name means. Rewritten only if that output is one value. */
export function outputName(text: string, context: ReferenceContext): string | undefined {
  if (text.length > WHOLE_CHARS || !text.includes("_")) return undefined;
  for (const [held, pattern] of OUTPUT_NAMES) {
    const found = pattern.exec(text);
    const meant = found === null ? undefined : meantBy(held, found[1]!, context);
    if (typeof meant === "string") return isOneValue(meant, context) ? meant : undefined;
  }
  return undefined;
}

/** Every row needs one of these. Most texts have none. */
const HINT = /^[#&*^~!\\«%@$<[("'`/]|[_([\d]|->|::|\w[:/.]\w|ref |TODO|FIXME/;

/** The step that is probably meant; true if there is none, and the value still looks like a reference. */
export function looseReference(text: string, context: ReferenceContext): string | true | undefined {
  if (text.length > WHOLE_CHARS || !HINT.test(text)) return undefined;
  if (TO_DO.test(text)) return true;
  for (const [held, pattern] of HABITS) {
    const found = pattern.exec(text);
    const meant = found === null ? undefined : meantBy(held, found[1] ?? "", context);
    if (meant !== undefined) return meant;
  }
  return undefined;
}

function meantBy(held: Held, written: string, context: ReferenceContext): string | true | undefined {
  const { names } = context;
  switch (held) {
    case "nothing":
      return true;
    case "tool":
      return context.tool(written) === undefined ? undefined : true;
    case "number": {
      if (written === "") return undefined;
      const id = names.byNumber(Number(written)) ?? stepAtPlace(Number(written), context);
      return id !== undefined && isEarlier(id, context) ? id : undefined;
    }
    case "id":
      return names.all.includes(written) && isEarlier(written, context) ? written : undefined;
    case "name": {
      const id = names.byWords(written);
      return id !== undefined && id !== context.id && isEarlier(id, context) ? id : undefined;
    }
  }
}

const IN_TEXT =
  /[<[{(][^<>[\]{}()\n]{4,100}[>\]})]|(?<![\w.$/{[<])(?:step|task|node)_?\d{1,3}\.(?:outputs?|results?|response)\b/gi;
const MOST_IN_TEXT = 100;

/** The parts of a longer text that can only be the output of a step: `Prices: <output of step 1>`. */
export function referencesInside(text: string, context: ReferenceContext): readonly (readonly [string, string])[] {
  if (text.length > MOST_CHARS || !/step|task|node|previous/i.test(text)) return [];
  const found: (readonly [string, string])[] = [];
  let tried = 0;
  for (const [written] of text.matchAll(IN_TEXT)) {
    if (tried++ >= MOST_IN_TEXT) break;
    const form = wholeForm(written);
    const isPlain = form?.phrase === undefined ? !/^[<[{(]/.test(written) : form.phrase.plain;
    const meant = !isPlain
      ? undefined
      : form?.phrase === undefined
        ? meantBy("number", /\d{1,3}/.exec(written)?.[0] ?? "", context)
        : stepOfWords(form, context);
    if (typeof meant === "string" && meant !== context.id) found.push([written, meant]);
  }
  return found;
}

const MOST_CHARS = 20_000;

const REF_KEY = /^(?:\$ref|ref|\$step|step_?ref|from_?step|step_?output|output_?of|\$from|\$output|source_?step)$/i;
const REF_PART = /^(?:path|field|key|output|property|index|type|name)$/i;

/** The step that an object means: `{"$ref": "find"}`, `{"from_step": 1, "field": "url"}`. */
export function objectReference(value: object, context: ReferenceContext): string | undefined {
  const entries = Object.entries(value);
  const named = entries.find(([key]) => REF_KEY.test(key));
  if (named === undefined || entries.length > 4) return undefined;
  if (!entries.every(([key]) => key === named[0] || REF_PART.test(key))) return undefined;
  const written: unknown = named[1];
  if (typeof written !== "string" && typeof written !== "number") return undefined;
  const name = String(written)
    .replace(/^#?\/?(?:steps[/.])?/, "")
    .replace(/[/.].*$/, "");
  if (name === "" || name.length > WHOLE_CHARS) return undefined;
  const id = context.names.byWords(name) ?? meantBy("number", /\d{1,4}$/.exec(name)?.[0] ?? "", context);
  return typeof id === "string" && id !== context.id ? id : undefined;
}
