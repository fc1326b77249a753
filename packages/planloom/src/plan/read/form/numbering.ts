// The marks that number a list: `1.`, `2)`, `3 -`, `Step 4:`, `1.2`, `3a`, `第一步`, `①`, bullets. In: one line. Out: the
// label of the item, its indentation and the text behind the mark. A new numbering is one row in the table MARKERS.

/** `1.2` is [1, 2]. `3a` is [3] and the letter a. */
export interface ItemLabel {
  readonly path: readonly number[];
  readonly letter: string;
}

export interface Mark {
  readonly label: ItemLabel;
  readonly indent: number;
  readonly rest: string;
}

export interface Marker {
  /** The mark itself says that the item is a step. */
  readonly saysStep: boolean;
  /** The fewest items that are a list. */
  readonly least: number;
  readonly read: (line: string) => Mark | undefined;
}

const STEP_WORDS = [
  "step|task|node|stage|phase|action|schritt|aufgabe|étape|etape|tâche|paso|passo|passaggio|fase|etapa|tarea|tarefa",
  "stap|taak|krok|zadanie|steg|trin|adım|bước|langkah|шаг|этап|крок|задача|الخطوة|خطوة|चरण|कदम|步骤|步驟|ステップ|手順|단계",
].join("|");
const NUMERALS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const LEAD = /^([ \t]{0,12}(?:[-*•+][ \t]{1,4})?(?:#{1,6}[ \t]{0,4})?)(\*\*|__)?/.source;
const LABEL = /(\d{1,3})((?:\.\d{1,3}){0,4})([a-z](?![a-z]))?/.source;
const STEP = new RegExp(
  `${LEAD}(?:${STEP_WORDS})[ \\t]{0,4}#?(?:${LABEL}|(${NUMERALS.join("|")}))(?:\\*\\*|__)?[ \\t]{0,4}(?:[:.)–—：、）-]{1,2}(?:\\*\\*|__)?|$)[ \\t]{0,4}`,
  "iu",
);
const CJK_STEP =
  /^([ \t]{0,12}(?:#{1,6} {0,4})?)(\*\*)?第([一二三四五六七八九十]{1,3}|\d{1,3})(?:步|阶段|階段|歩|段階)(?:\*\*)?[:：、，,.．)）]?(?:\*\*)?[ \t]{0,4}/;
const KOREAN_STEP = /^([ \t]{0,12}(?:#{1,6} {0,4})?)(\*\*)?(\d{1,3})단계(?:\*\*)?[:：.)]?(?:\*\*)?[ \t]{0,4}/;
const NUMBER = new RegExp(
  `${LEAD}[([]?${LABEL}(?:[.):\\]]{1,2}(?:\\*\\*|__)?[ \\t]{1,8}|[、．）：](?:\\*\\*|__)?[ \\t]{0,8})(?=\\S)`,
  "u",
);
const DOTTED = new RegExp(`${LEAD}(\\d{1,3})((?:\\.\\d{1,3}){1,4})()(?:\\*\\*|__)?[ \\t]{1,8}(?=\\S)`, "u");
const DASHED = /^([ \t]{0,12})(\*\*|__)?(\d{1,3})()()(?:\*\*|__)?[ \t]{1,2}[-–—|][ \t]{1,4}(?=\S)/;
/** `T1:`, `S2.` */
const CODED = /^([ \t]{0,12}(?:[-*•][ \t]{1,4})?)(\*\*|__)?[TSA](\d{1,3})()()[:.)]{1,2}(?:\*\*|__)?[ \t]{1,8}(?=\S)/;
const LETTERED = /^([ \t]{0,12})(\*\*|__)?\(?([A-Za-z])[.)](?:\*\*|__)?[ \t]{1,8}(?=\S)/;
const ROMAN = /^([ \t]{0,12})(\*\*|__)?\(?([IVXivx]{1,5})[.)](?:\*\*|__)?[ \t]{1,8}(?=\S)/;
const ROW = /^([ \t]{0,4})\|[ \t]{0,8}(\*\*)?(?:step )?(\d{1,3})(?:\*\*)?[.)]?[ \t]{0,8}\|(.*)\|[ \t]*$/i;
const BULLET = /^([ \t]{0,12})[-*•+‣–][ \t]{1,4}(?:\[[ xX]?\][ \t]{1,4})?(?=\S)/;
const CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳";

const STEP_MARKER: Marker = {
  saysStep: true,
  least: 1,
  read: (line) => stepMark(STEP.exec(line), line) ?? cjkMark(CJK_STEP.exec(line) ?? KOREAN_STEP.exec(line), line),
};
const NUMBER_MARKER: Marker = {
  saysStep: false,
  least: 2,
  read: (line) =>
    labelMark(NUMBER.exec(line) ?? DOTTED.exec(line) ?? DASHED.exec(line) ?? CODED.exec(line), line) ??
    circledMark(line) ??
    rowMark(line),
};
const LETTER_MARKER: Marker = {
  saysStep: false,
  least: 2,
  read: (line) => countedMark(LETTERED.exec(line), line, (text) => text.toLowerCase().charCodeAt(0) - 96),
};
const ROMAN_MARKER: Marker = {
  saysStep: false,
  least: 2,
  read: (line) => countedMark(ROMAN.exec(line), line, romanNumber),
};
const BULLET_MARKER: Marker = { saysStep: false, least: 2, read: bulletMark };

/** In the order in which a text is tried. */
export const MARKERS: readonly Marker[] = [STEP_MARKER, NUMBER_MARKER, ROMAN_MARKER, LETTER_MARKER, BULLET_MARKER];

/** Bullets have no number. Each continues the list. */
export const isBullet = (marker: Marker): boolean => marker === BULLET_MARKER;

/** The first line that a marker reads, with digits of other scripts as 0 to 9. */
export const plainDigits = (line: string): string =>
  KEYCAP.test(line) ? line.replace(KEYCAP, "$1$2. ") : withLatinDigits(line);

/** `1️⃣`, and `🔟` for 10 is left alone. */
const KEYCAP = /^([\s*_#]{0,12})(\d)\uFE0F?\u20E3[ \t]{0,4}[.:)]?[ \t]{0,4}/u;

const withLatinDigits = (line: string): string =>
  /^[\s*_#([|\-•]{0,20}[٠-٩۰-۹०-९０-９]/.test(line)
    ? line.slice(0, 24).replace(/[٠-٩۰-۹०-९０-９]/g, latinDigit) + line.slice(24)
    : line;

function latinDigit(char: string): string {
  const code = char.charCodeAt(0);
  const zero = [0x0660, 0x06f0, 0x0966, 0xff10].find((start) => code >= start && code < start + 10);
  return String(code - zero!);
}

function stepMark(found: RegExpExecArray | null, line: string): Mark | undefined {
  if (found === null) return undefined;
  const [whole, lead = "", bold, digits, dotted = "", letter = "", numeral] = found;
  const number = digits === undefined ? NUMERALS.indexOf(numeral!.toLowerCase()) + 1 : Number(digits);
  return mark(whole, lead, bold, { path: pathOf(number, dotted), letter: letter.toLowerCase() }, line);
}

function labelMark(found: RegExpExecArray | null, line: string): Mark | undefined {
  if (found === null) return undefined;
  const [whole, lead = "", bold, digits, dotted = "", letter = ""] = found;
  return mark(whole, lead, bold, { path: pathOf(Number(digits), dotted), letter }, line);
}

function cjkMark(found: RegExpExecArray | null, line: string): Mark | undefined {
  if (found === null) return undefined;
  const [whole, lead = "", bold, number = ""] = found;
  const value = /^\d/.test(number) ? Number(number) : chineseNumber(number);
  return mark(whole, lead, bold, { path: [value], letter: "" }, line);
}

function countedMark(
  found: RegExpExecArray | null,
  line: string,
  numberOf: (text: string) => number | undefined,
): Mark | undefined {
  const number = found === null ? undefined : numberOf(found[3]!);
  if (found === null || number === undefined) return undefined;
  return mark(found[0], found[1]!, found[2], { path: [number], letter: "" }, line);
}

function circledMark(line: string): Mark | undefined {
  const indent = /^[ \t]{0,12}/.exec(line)![0].length;
  const number = CIRCLED.indexOf(line[indent] ?? " ") + 1;
  if (number === 0) return undefined;
  return { label: { path: [number], letter: "" }, indent, rest: line.slice(indent + 1).trimStart() };
}

function rowMark(line: string): Mark | undefined {
  const found = line.length > 4_000 ? null : ROW.exec(line);
  if (found === null) return undefined;
  const cells = found[4]!.split("|").map((cell) => cell.trim());
  return {
    label: { path: [Number(found[3])], letter: "" },
    indent: 0,
    rest: cells.filter((cell) => cell !== "").join(" - "),
  };
}

function bulletMark(line: string): Mark | undefined {
  const found = BULLET.exec(line);
  if (found === null) return undefined;
  return { label: { path: [], letter: "" }, indent: found[1]!.length, rest: line.slice(found[0].length) };
}

/** A bold mark around the number, or around the whole item, is no part of the text. */
function mark(whole: string, lead: string, bold: string | undefined, label: ItemLabel, line: string): Mark {
  const rest = line.slice(whole.length);
  const closed = bold === undefined || whole.slice(lead.length + bold.length).includes(bold);
  return { label, indent: /^[ \t]*/.exec(lead)![0].length, rest: closed ? rest : rest.replace(bold, "") };
}

const pathOf = (number: number, dotted: string): readonly number[] => [
  number,
  ...dotted.split(".").slice(1).map(Number),
];

function chineseNumber(text: string): number {
  const digit = (char: string | undefined): number => "一二三四五六七八九".indexOf(char ?? " ") + 1;
  const ten = text.indexOf("十");
  if (ten === -1) return digit(text[0]);
  return (ten === 0 ? 1 : digit(text[0])) * 10 + digit(text[ten + 1]);
}

const ROMANS = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"];
const romanNumber = (text: string): number | undefined => {
  const number = ROMANS.indexOf(text.toUpperCase()) + 1;
  return number === 0 ? undefined : number;
};
