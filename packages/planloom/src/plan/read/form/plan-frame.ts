// Decides what the text before a list says about it: that it is a plan, that it is something else, or nothing. In: the
// lines before the list. Out: its frame. Only a list in a plan frame, or one that is the whole reply, is a plan.

/**
 * `whole`: only a greeting stands before the list, so it is the whole reply. `alternative`: the list is offered in the
 * place of another one.
 */
export type Frame = "plan" | "other" | "whole" | "alternative";

/** Lines that stand before a list, without blank lines, the nearest last. */
export function frameOf(before: readonly string[]): Frame {
  const lines = before.map(plainLine).filter((line) => /[\p{L}\p{N}]/u.test(line));
  const nearest = lines.at(-1);
  if (nearest === undefined) return "whole";
  if (ALTERNATIVE.test(nearest)) return "alternative";
  if (speaksAbout(nearest)) return "other";
  if (saysPlan(nearest)) return "plan";
  if (isLeadIn(nearest)) return lines.every((line) => GREETING.test(line)) ? "whole" : "other";
  // A sentence without a colon belongs to the heading above it.
  const heading = before.findLast((line) => isLeadIn(line));
  if (heading !== undefined && saysPlan(plainLine(heading)) && !speaksAbout(plainLine(heading))) return "plan";
  return heading === undefined && lines.every((line) => GREETING.test(line)) ? "whole" : "other";
}

const isLeadIn = (line: string): boolean =>
  /[:：]\s{0,4}(?:\*\*|__)?\s{0,4}$/.test(line) || /^\s{0,8}(?:#{1,6}\s|\*\*[^*]{1,120}\*\*\s{0,4}$)/.test(line);

const plainLine = (line: string): string =>
  line
    .slice(-300)
    .replace(/[*_#`>]/g, "")
    .trim();

const either = (...parts: readonly RegExp[]): RegExp => new RegExp(parts.map(({ source }) => source).join("|"), "i");

/** Words for a plan, for steps, and for what will be done. */
const PLAN = either(
  /\b(?:plans?|steps?|moves|tasks?|actions?|procedure|workflow|to-?dos?|instructions?|agenda|roadmap|recipe|sequence)\b/,
  /^[=\s-]{0,20}planning(?: phase)?(?: \([^)]{1,60}\))?[\s=:-]{0,20}$/,
  /\b(?:schritte?n?|ablauf|vorgehen|vorgehensweise|arbeitsschritte|etapes?|pasos?|passos?|passaggi|piano|plano)\b/,
  /\b(?:stappen|stappenplan|kroki|kroky|steg|langkah|rencana|procedimiento)\b/,
  /étapes?|marche à suivre|plán|adım|bước|план|шаги|шагов|этапы|действия|кроки|计划|計畫|計劃|步骤|步驟|方案|流程|計画|手順|ステップ/,
  /계획|단계|절차|خطة|خطوات|योजना|चरण|कदम/,
);
/** Words for how something will be done, in a line that leads to a list. */
const HOW = either(
  /\b(?:as follows|like this|do the following|in this order|how to|how (?:I|we)(?:['’]d| would| will|['’]ll)|go on|proceed)\b/,
  /\b(?:I|we)(?:['’]ll| will| would|['’]d| am going to| are going to|['’]m going to)\b/,
  /^(?:in order )?to [a-z]+ [^.]{2,200}[:：]$/,
  /\b(?:so gehe ich vor|wie folgt|comme suit|como sigue|da seguinte forma|come segue|ich werde|voy a|je vais|vou)\b/,
  /следующим образом|如下|次のように|次の通り|다음과 같/,
);
/** Words of a list that speaks about a plan, or about what has happened. */
const ABOUT = either(
  /\b(?:because|why|rationale|justif\w+|so far|keeps? to|cannot|can['’]?t|won['’]t|reasons? (?:for|why|that|behind))\b/,
  /\b(?:plan|this|it|that|order|approach|sequence|which|these|steps) works?\b/,
  /\balready\b|\b(?:what|steps?|tasks?|actions?|all) (?:I|we|you|they|that)? ?(?:were|was|have|had|did|are|is)? ?(?:done|completed|taken|finished|did|learned|know|found)\b/,
  /\b(?:(?:has|have) been|was|were|is now|are now) (?:completed?|finished|done|executed|carried out)\b/,
  /\b(?:completed|finished|previous|earlier|rejected|failed) (?:steps?|tasks?|actions?|plans?)\b/,
  /\b(?:weil|warum|bisher|bereits|parce que|pourquoi|porque|por qué|perché)\b/,
  /потому что|почему|уже|因为|原因|理由|为什么|なぜ|왜|이유|لأن|أسباب|क्योंकि|कारण/,
);
/** The same, if the line begins with them. */
const ABOUT_FIRST = new RegExp(
  `^(?:the |some |my |our |its |die |der |das |les |la |las |los |le |i |gli )?(?:[a-z]{1,20} )?(?:${[
    "reasons?|notes?|remarks?|risks?|assumptions?|constraints?|limitations?|requirements?|prerequisites?|ingredients",
    "materials|options?|alternatives?|findings|facts?|observations?|results?|conclusions?|summary|sources?|references",
    "mistakes?|problems?|errors?|issues?|advantages?|benefits?|pros|cons|rules?|goals?|examples?|explanation|questions?",
    "gründe|risiken|annahmen|voraussetzungen|ergebnisse?|erkenntnisse|hinweise|raisons|risques|remarques|résultats",
    "razones|riesgos|notas|resultados|razões|riscos|motivi|rischi|risultati|причины|риски|результаты|风险|结果|注意|結果|결과",
  ].join("|")})(?![a-z])`,
  "i",
);
const ALTERNATIVE =
  /^(?:or(?: else| instead)?\b|alternativ\w*|another (?:way|plan|option)|instead\b|oder\b|ou\b|sinon\b|autrement|o bien|oppure|en su lugar|或者|另一种|または|또는|или\b|иначе).{0,60}[:：]$/i;
/** A courtesy before the list, which says nothing about it. */
const GREETING =
  /^(?:(?:sure(?: thing)?|certainly|of course|ok(?:ay)?|absolutely|great|alright|all right|yes|understood|got it|hello|hi|gerne|klar|natürlich|bien sûr|d'accord|claro|por supuesto|certo|конечно|当然|好的|はい|네|नमस्ते|بالتأكيد)[^\p{L}]{0,6}){1,3}(?:here (?:it is|you go|you are))?[^\p{L}]{0,6}$/iu;

const saysPlan = (line: string): boolean => PLAN.test(line) || (HOW.test(line) && /[:：.…]$/.test(line));

/** A line, or its last sentence. */
const speaksAbout = (line: string): boolean =>
  ABOUT.test(line) || ABOUT_FIRST.test(line) || ABOUT_FIRST.test(lastSentence(line));

const lastSentence = (line: string): string => line.slice(line.search(/[.!?。]\s{1,4}[^.!?。]{1,200}$/) + 1).trim();

const EXAMPLE =
  /^(?:for |as |an? )?(?:examples?|instance|e\.g\.|zum beispiel|beispiel|par exemple|exemple|por ejemplo|ejemplo|por exemplo|exemplo|per esempio|esempio|например|пример|例|例えば|例如|예)[^.!?\n]{0,40}[:：]$/i;

/** Whether the line before a document says that it is an example. */
export const isExample = (before: string): boolean =>
  EXAMPLE.test(plainLine(before.slice(-300).trimEnd().split("\n").at(-1)!));

const CONTROL = new RegExp(
  `^[ \\t]*(?:[-*\\d.)]{1,4}[ \\t]{1,4})?[*_]{0,2}(?:${[
    "(?:async )?for (?:\\w{1,40}(?:, ?\\w{1,40})? in|each|every)\\b.{1,200}:",
    "(?:while|until|repeat|as long as)\\b.{1,200}:",
    "(?:el)?if\\b.{1,200}:",
    "(?:else|try|finally|except\\b.{0,80}):",
    "(?:for|while|if) ?\\(.{1,200}\\) ?\\{",
    "\\}? ?(?:else|try) ?\\{",
  ].join("|")})[*_]{0,2}[ \\t]*$`,
  "im",
);

/** Whether a line says how often, or whether, the calls below it are made. A list of calls cannot say that. */
export const holdsControl = (text: string): boolean => CONTROL.test(text);
