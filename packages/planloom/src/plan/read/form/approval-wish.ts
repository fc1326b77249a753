// The wish for approval in the words of a step: "(require_approval: true)", "needs approval", "— approval required".
// In: a text. Out: the words of the wish. A wish stands at the beginning of a text, a sentence, a remark or a mark.
// Elsewhere, the step is about approvals. A line beside the steps may want approval for all of them.

const APPROVAL = "(?:approv(?:al|als|ed)|confirmations?|confirmed|sign[ _-]?offs?)";
const WORDS = "(?:[\\w'’]{1,20}[\\s_-]{1,3}){0,4}?";
const BEGINNING =
  "(?:^|[([{\\n—–:;,.|]|\\s->?|=>|→|//|#)[\\s*_`\"'#-]{0,6}(?:(?:this|it|that|step|call|action|which|and|but|also|only)[\\s:]{1,3}){0,3}[*_`\"']{0,3}";
const NEEDS =
  "(?:requir(?:e|es|ing)|need(?:s|ing)?|await(?:s|ing)?|wait(?:s|ing)? for|pending|subject to|after|once|until|with|" +
  "(?:must|should|has to|have to|needs to|to) be)";
/** `needs approval`, `require_approval: true`, `requires the manager's approval`, `must be approved`, `[approval]`. */
const WISH = new RegExp(
  `${BEGINNING}((?:${NEEDS}[\\s_-]{0,3}${WORDS})${APPROVAL}\\b|` +
    `${WORDS}${APPROVAL}\\b[*_\`"']{0,3}(?:\\s{0,3}[:=]|\\s{1,3}is|\\s{1,3}are)?[\\s*_\`"']{0,4}(?:required|needed|necessary|mandatory|true|yes|always)\\b|` +
    `(?:human[\\s_-]{1,3})?${APPROVAL}(?=\\s{0,3}[\\])}])|human[\\s_-]{1,3}in[\\s_-]{1,3}the[\\s_-]{1,3}loop\\b)(.{0,30})`,
  "giu",
);
/** `false` and the like as the value of the wish. */
const DENIED = /^[*_`"']{0,3}\s{0,3}(?:[:=]|\bis\b|\bare\b)\s{0,3}[*_`"']{0,3}(?:false|no|none|never|off|0|not)\b/iu;
const CHARS = 4_000;

/** The words of the wish, or undefined if the text has none. */
export function approvalWish(text: string): string | undefined {
  // `requireApproval` is `require_approval`.
  const plain = text.slice(0, CHARS).replace(/([a-z])(?=[A-Z][a-z])/g, "$1_");
  if (!/approv|confirm|sign|human/i.test(plain)) return undefined;
  for (const [, wish = "", after = ""] of plain.matchAll(WISH))
    if (!DENIED.test(after) && !/\b(?:no|not|never)\b/i.test(wish)) return wish;
  return undefined;
}

const MUST =
  "(?:requires?|needs?|awaits?|waits? for|(?:is|are) subject to|only (?:after|with|once|upon)|" +
  "(?:must|should|has to|have to|needs? to|is to|are to|shall) (?:be|have|get|wait for|awaits?))";
const ABOUT = /\b(?:which|that|what|whether|if|who|whose|where|why|no|not|never|none|nothing|without)\b|n['’]t\b|\?/i;
/** `All refunds need approval`: a sentence with a subject. */
const SUBJECT = new RegExp(
  `^(?:[\\w'’-]{1,40}[\\s,]{1,3}){0,10}?${MUST}[\\s_-]{1,3}${WORDS}${APPROVAL}\\b(.{0,30})`,
  "i",
);
/** `Wait for approval before each refund`. */
const ORDER = new RegExp(
  `^(?:(?:please|always|then|first|but|and)[\\s,]{1,3}){0,2}(?:ask|wait|get|obtain|seek|request|awaits?|require)\\b.{0,40}?\\b${APPROVAL}\\b(.{0,30})`,
  "i",
);
/** `No refund without approval`. */
const NONE_WITHOUT = new RegExp(
  `(?:\\b(?:no|not|never|nothing|none|cannot)\\b|n['’]t\\b).{0,80}?\\bwithout\\b.{0,30}?\\b${APPROVAL}\\b`,
  "i",
);
const FOR_ALL = /^(?:all|every|each|any|both|these|those|no|nothing|none|never)\b/i;

/**
 * The words in which a text wants approval for a whole plan, or undefined. `before` is the length of the text before the
 * first step. A line behind it has to speak of all steps: other words there are about one.
 */
export function planApprovalWish(text: string, before: number): string | undefined {
  const lead = text.slice(0, before).slice(-CHARS);
  const sentences = (part: string) => part.split(/\n|(?<=[.!?:;])\s/).flatMap(plainSentence);
  const wish = sentences(lead).find((one) => isGeneral(one) || (!one.includes("?") && approvalWish(one) !== undefined));
  return wish ?? sentences(text.slice(before, before + 10 * CHARS)).find((one) => FOR_ALL.test(one) && isGeneral(one));
}

function plainSentence(sentence: string): readonly string[] {
  if (!/approv|confirm|sign/i.test(sentence)) return [];
  const plain = sentence
    .slice(0, 300)
    .replace(/[*_`"#>]+/g, " ")
    .trim()
    .replace(/^(?:please note|note|important|remember)\b[\s:,!-]*(?:that\s)?/i, "");
  return [plain];
}

function isGeneral(sentence: string): boolean {
  if (sentence.endsWith("?")) return false;
  if (NONE_WITHOUT.test(sentence)) return true;
  const found = SUBJECT.exec(sentence) ?? ORDER.exec(sentence);
  return (
    found !== null && !ABOUT.test(found[0].slice(0, found[0].length - found[1]!.length)) && !DENIED.test(found[1]!)
  );
}
