// The wish for approval in the words of a step: "(require_approval: true)", "needs approval", "— approval required".
// In: a text. Out: the words of the wish. A wish stands at the beginning of a text, a sentence, a remark or a mark.
// Elsewhere, the step is about approvals.

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
