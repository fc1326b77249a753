// Recognizes a reply that only says which tool the model will call. Small models write one in place of the call. In:
// the text, and the names of the tools. Out: whether it is one. An intention is recognized in English. A short reply
// that speaks of a tool by its name is one in any language.
import { LIMITS } from "../../limits.js";

/** An intention of the speaker at the beginning of a sentence. */
const INTENTION =
  /(?:^|[.!?:]\s+|\n)\s*(?:okay,? |ok,? |sure[,!.]? |first,? |now,? )*(?:i'll|i will|i am going to|i'm going to|(?:i|we)(?: would|'d)? (?:need|have|like) to|(?:i|we) (?:can|could|must|should)|let me|let's|let us)\s+(?:first |now |start by |begin by |go ahead and )*(\w+)/gi;
const ACTIONS: ReadonlySet<string> = new Set(
  "use call using calling search look find fetch query check get run retrieve read invoke do start begin".split(" "),
);

/** Whether a reply may be an announcement. It is worth one correction. */
export function announcesCall(text: string, tools: readonly string[]): boolean {
  const whole = text.trim();
  if (isLong(whole)) return false;
  const isShort = sentencesOf(whole).length <= MOST_SENTENCES;
  if (isShort && tools.some((tool) => speaksOf(whole, tool))) return true;
  const namesTool = tools.some((tool) => whole.includes(tool));
  return namesTool && isShort ? intentionsIn(whole) > 0 : onlyAnnounces(whole);
}

/** Whether each sentence of a reply says what the model will do. Then it gives nothing. */
export function onlyAnnounces(text: string): boolean {
  const whole = text.trim();
  const intentions = isLong(whole) ? 0 : intentionsIn(whole);
  return intentions > 0 && sentencesOf(whole).length <= intentions;
}

const intentionsIn = (text: string): number =>
  [...text.matchAll(INTENTION)].filter((match) => ACTIONS.has(match[1]!.toLowerCase())).length;

const isLong = (text: string): boolean => text.length > LIMITS.announcementChars || /^[[{]/.test(text);

const sentencesOf = (text: string): readonly string[] =>
  text.split(/(?<=[.!?])\s+|(?<=[。！？])|\n+/).filter((one) => one.trim() !== "");

const MOST_SENTENCES = 4;
const TOOL_WORDS =
  "tool|function|action|werkzeug|funktion|outil|fonction|herramienta|función|ferramenta|função|strumento|funzione|narzędzi[ea]|инструмент\\p{L}*|функци\\p{L}*|أداة|टूल|उपकरण|工具|函数|ツール|関数|도구|함수";

/**
 * Whether a text names a tool, and not the word that its name also is: the name is no plain word, stands in marks, or
 * beside a word for a tool.
 */
function speaksOf(text: string, tool: string): boolean {
  if (!text.includes(tool)) return false;
  const name = tool.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const alone = `(?<![\\p{L}\\p{N}_])${name}(?![\\p{L}\\p{N}_])`;
  if (/[_.-]|\p{Ll}\p{Lu}/u.test(tool)) return new RegExp(alone, "u").test(text);
  const marked = `[\`"'“„«「『*]${name}[\`"'”“»」』*(]`;
  const beside = `(?:${TOOL_WORDS})\\s*:?\\s*${alone}|${alone}[\\s-]*(?:${TOOL_WORDS})`;
  return new RegExp(`${marked}|${beside}`, "iu").test(text);
}
