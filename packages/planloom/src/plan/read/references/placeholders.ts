// Texts that stand for a value that is not known yet: `<recipient email>`, `[summary]`, `YOUR_API_KEY`. In: a whole
// value. Out: whether it is such a text. A tool would send it as it stands.
import { unmarked, WHOLE_CHARS } from "../spellings.js";

/** Elements of HTML. One of them alone is text. */
const ELEMENTS: ReadonlySet<string> = new Set(
  (
    "a article aside b blockquote body br button canvas code div dl dt em fieldset footer form h1 h2 h3 h4 h5 h6 head header " +
    "hr html i iframe img input label li link main meta nav ol option p pre script section select small span strong style " +
    "sub sup svg table tbody td textarea tfoot th thead title tr u ul video"
  ).split(" "),
);

/** A few words, with nothing that data, code or a list has. */
const WORDS = /^[\p{L}][\p{L}\p{N}'’.,:_/ -]{1,120}$/u;
const NAME = /^[\p{L}_][\p{L}\p{N}_.-]{1,63}$/u;
const IN_CAPITALS = /^[A-Z][A-Z0-9_]*$/;
const TO_FILL = /^(?:<)?(?:YOUR|INSERT|REPLACE|ENTER|ADD|PUT)(?:_[A-Z0-9]+)+(?:>)?$/;
const LATER =
  /^(?:to be (?:determined|decided|defined|filled(?: in)?|provided|replaced|completed|added)|(?:will be|is|to be) (?:filled|determined|known|provided|replaced|computed|generated)\b.{0,60}|tbd|\?\?\?|placeholder)[.!]?$/i;

const LEFT_OUT =
  /^(?:[[<({]{0,2}\s?(?:\.{3}|…)\s?[\]>)}]{0,2}|(?:see|as|same as|from) (?:above|before|found above|found before|previously)[.]?)$/i;
const PATH_BEHIND = /\}\}(?:\.\w{1,64}|\[\d{1,6}\]){1,12}$/;
const POSITION = /^#?\d{1,3}$/;

export function isPlaceholder(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed.length < 2 || trimmed.length > WHOLE_CHARS) return false;
  if (TO_FILL.test(trimmed) || LATER.test(trimmed) || LEFT_OUT.test(trimmed)) return true;
  const { core, mark } = unmarked(trimmed.replace(PATH_BEHIND, "}}"));
  switch (mark) {
    case "{{{":
    case "{{":
    case "{%":
    case "<|":
      return true;
    case "__":
    case "<<":
    case "[[":
    case "#{":
    case "@{":
      return WORDS.test(core);
    case "<":
      return WORDS.test(core) && !core.endsWith("/") && !ELEMENTS.has(core.toLowerCase()) && !/^\w+:/.test(core);
    case "[":
      return WORDS.test(core) && !/[,:]/.test(core) && !/^\w-\w/.test(core) && core.length > 2;
    case "{":
      return POSITION.test(core) || (WORDS.test(core) && !/[,:]/.test(core));
    case "${":
    case "$(":
    case "%{":
    case "$.":
    case "$":
      return NAME.test(core) && !IN_CAPITALS.test(core.split(".")[0]!);
    default:
      return false;
  }
}
