// References in words: `output of step 1`, `step_1_output`, `the result of the previous step`, `[from step 2]`. In: a
// whole value without marks around it. Out: the step that the words name, unresolved. The grammar is closed.

export interface Phrase {
  /** The name or number of a step; "" for the step before. */
  readonly name: string;
  readonly path: string;
  /** previous: the step before this one. place: a number in words, `the first step`. */
  readonly of: "step" | "previous" | "place" | "name";
  /** Only the output is meant. Otherwise other words stand before the step: `the prices from step 1`. */
  readonly plain: boolean;
  /** The other words name a thing: `the images found in step 2`. They do not say what to do with it. */
  readonly noun: boolean;
}

const THING =
  "(?:final |full |whole |exact |raw )?(?:outputs?|results?|responses?|answers?|values?|data|contents?|texts?|return values?|output values?|result values?|output data|info|information|findings|summary|list)";
const RELATION =
  "(?:of|from|in|by|at|for|obtained (?:in|from|by)|returned (?:in|from|by)|produced (?:in|by)|generated (?:in|by)|given by|found (?:in|by)|retrieved (?:in|from|by)|collected (?:in|from|by)|computed (?:in|by)|calculated (?:in|by))";
const NUMBERED = "(?:(?:step|task|node|action|call|stage)s? ?(?:no\\.? |number |#)?|#e)(\\d{1,4})";
const BEFORE =
  "(?:the )?(?:previous|prior|preceding|last|former|above|earlier) (?:step|task|action|call|stage|tool call|one)";
const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
const PLACE = `(?:the )?(${ORDINALS.join("|")}) (?:step|task|action|call|stage)`;
const LEAD = "(?:please )?(?:use |using |insert |take |see |put |fill in |with |based on |same as |equals? )?(?:the )?";
const END = "(?: here)?[.,;]?$";

const rows = (parts: readonly (readonly [string, Phrase["of"]])[]): readonly (readonly [RegExp, Phrase["of"]])[] =>
  parts.map(([source, of]) => [new RegExp(`^${source}${END}`, "i"), of]);

/** Only the output of a step. */
const PLAIN = rows([
  [`${LEAD}${THING} ${RELATION} (?:the )?${NUMBERED}`, "step"],
  [`${LEAD}${NUMBERED}(?:['’]s|s)? ${THING}`, "step"],
  [`(?:taken |comes? |coming |derived )?from (?:the )?${NUMBERED}`, "step"],
  [`${LEAD}${THING} ${RELATION} ${BEFORE}()`, "previous"],
  [`${LEAD}${BEFORE}(?:['’]s|s)? ${THING}()`, "previous"],
  [`${LEAD}(?:previous|prior|preceding|last) ${THING}()`, "previous"],
  [`(?:taken |comes? |coming )?from ${BEFORE}()`, "previous"],
  [`${LEAD}${THING} (?:from |of )?(?:above|before)()`, "previous"],
  [`${LEAD}${THING} ${RELATION} ${PLACE}`, "place"],
  [`from ${PLACE}`, "place"],
]);

/** Words about a part of an output. Which part is a guess. */
const ABOUT = rows([
  [`.{1,80} (?:of|from|in|by|at) (?:the )?${NUMBERED}`, "step"],
  [`.{1,80} (?:of|from|in|by|at) ${BEFORE}()`, "previous"],
  [`.{1,80} (?:of|from|in|by|at) ${PLACE}`, "place"],
]);

const OUTPUT_OF = /^(?:the )?(?:output|outputs|result|results|response) (?:of|from) (?:the )?(.{1,100}?)[.,;]?$/i;
const WORDS = 9;

/** Words that begin an instruction. */
const VERBS: ReadonlySet<string> = new Set(
  (
    "add analyse analyze apply ask build calculate check choose collect combine compare compute convert copy count create " +
    "describe do download draft edit email evaluate explain extract fetch filter find format generate get give go insert join " +
    "list look make merge open pick post print process put read remove replace report return review run save say search select " +
    "send set show sort start stop store summarise summarize take tell transform translate try turn update use verify wait write"
  ).split(" "),
);
const NOUN_WORDS = 7;

function isNoun(text: string): boolean {
  const words = text.toLowerCase().split(" ");
  return words.length <= NOUN_WORDS + 1 && !VERBS.has(words[0]!) && !/[.:;!?]\s/.test(text);
}

/** Each row of the grammar needs one of these words. Most texts have none. */
const NEEDS: { readonly [of in Exclude<Phrase["of"], "name">]: RegExp } = {
  step: /(?:step|task|node|action|call|stage).{0,12}\d|#e\d/i,
  previous: /previous|prior|preceding|last|former|above|earlier|before/i,
  place: /(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)[ _-](?:step|task|action|call|stage)/i,
};
const SAYS_OUTPUT = /^(?:the )?(?:outputs?|results?|response)[ _-]/i;

/** undefined if no words of it name a step. */
export function phraseIn(core: string): Phrase | undefined {
  const has = { step: NEEDS.step.test(core), previous: NEEDS.previous.test(core), place: NEEDS.place.test(core) };
  if (!has.step && !has.previous && !has.place && !SAYS_OUTPUT.test(core)) return undefined;
  const spaced = /\s/.test(core) ? core : core.replace(/[_-]+/g, " ").replace(/([a-z])(\d)/gi, "$1 $2");
  const text = spaced.replace(/\s+/g, " ");
  const [head, path] = pathBehind(text);
  const rowsOf = (table: typeof PLAIN): typeof PLAIN => table.filter(([, of]) => of !== "name" && has[of]);
  for (const [pattern, of] of rowsOf(PLAIN)) {
    const found = pattern.exec(head);
    if (found !== null) return { name: nameOf(found[1] ?? "", of), path, of, plain: true, noun: true };
  }
  const name = OUTPUT_OF.exec(head)?.[1]?.trim();
  if (name !== undefined) return { name: unquoted(name), path, of: "name", plain: true, noun: true };
  if (!/\s/.test(core) || text.split(" ").length > WORDS) return undefined;
  for (const [pattern, of] of rowsOf(ABOUT)) {
    const found = pattern.exec(text);
    if (found !== null) return { name: nameOf(found[1] ?? "", of), path: "", of, plain: false, noun: isNoun(text) };
  }
  return undefined;
}

/** `output of step 1.results[0]` */
function pathBehind(text: string): readonly [head: string, path: string] {
  const found = /^(.{3,120}?[A-Za-z0-9])((?:\.[A-Za-z_]\w{0,63}|\[\d{1,6}\]){1,12})$/.exec(text);
  return found === null ? [text, ""] : [found[1]!, found[2]!];
}

const nameOf = (found: string, of: Phrase["of"]): string =>
  of === "place" ? String(ORDINALS.indexOf(found.toLowerCase()) + 1) : found;

const unquoted = (name: string): string =>
  name.length > 2 && name[0] === name.at(-1) && `"'\``.includes(name[0]!) ? name.slice(1, -1) : name;
