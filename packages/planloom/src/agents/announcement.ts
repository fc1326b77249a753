// Recognizes a reply that only says which tool the model will call. Small models write one in place of the call. In:
// the text, and the names of the tools. Out: whether it is one. An intention is recognized in English. A short reply
// that speaks of a tool by its name is one in any language.
import { LIMITS } from "../limits.js";

/** An intention of the speaker at the beginning of a sentence. */
const INTENTION =
  /(?:^|[.!?:]\s+|\n)\s*(?:okay,? |ok,? |sure[,!.]? |first,? |now,? )*(?:i'll|i will|i am going to|i'm going to|(?:i|we)(?: would|'d)? (?:need|have|like) to|(?:i|we) (?:can|could|must|should)|let me|let's|let us)\s+(?:first |now |start by |begin by |go ahead and )*(\w+)/gi;
const ACTIONS: ReadonlySet<string> = new Set(
  "use call using calling search look find fetch query check get run retrieve read invoke do start begin".split(" "),
);

export function announcesCall(text: string, tools: readonly string[]): boolean {
  const whole = text.trim();
  if (whole.length > LIMITS.announcementChars || /^[[{]/.test(whole)) return false;
  const sentences = whole.split(/(?<=[.!?])\s+|(?<=[。！？])|\n+/).filter((one) => one.trim() !== "");
  if (sentences.length <= MOST_SENTENCES && tools.some((tool) => speaksOf(whole, tool))) return true;
  const intentions = [...whole.matchAll(INTENTION)].filter((match) => ACTIONS.has(match[1]!.toLowerCase()));
  if (intentions.length === 0) return false;
  // A sentence without an intention gives something.
  const namesTool = tools.some((tool) => whole.includes(tool));
  return sentences.length <= (namesTool ? MOST_SENTENCES : intentions.length);
}

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
