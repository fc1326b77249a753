// The one function that prepares text of others (models, tools, files, people) for a surface. In: text. Out: the same
// text, with every character that nobody could see, or that could change what is shown, as an escape.

/**
 * Replaces characters that control a terminal, change the direction of text, take no room or look like nothing, by
 * `\u202e` and the like: the escape of JSON, so a JSON text keeps its value. Keeps new lines and tabs. Keeps joiners
 * where they belong: inside an emoji, and between letters of scripts that need them.
 */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (found, _kept, hidden?: string) => (hidden === undefined ? found : escaped(hidden)));

/** `\u202e`; two escapes for a character above U+FFFF. */
const escaped = (text: string): string =>
  text
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");

/** Scripts whose letters need a joiner or a non-joiner between them. */
const JOINING = [
  ...["Arabic", "Syriac", "Mongolian", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya"],
  ...["Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Khmer", "Myanmar"],
]
  .map((script) => `\\p{Script=${script}}`)
  .join("");

const PICTURE = "\\p{Extended_Pictographic}[\\ufe0e\\ufe0f]?\\p{Emoji_Modifier}?";

const KEPT = [
  `${PICTURE}(?:\\u200d${PICTURE}){0,6}`,
  "[0-9#*]\\ufe0f\\u20e3",
  `(?<=[${JOINING}])[\\u200c\\u200d](?=[${JOINING}])`,
  "[\\t\\n]",
].join("|");

/** Beside the properties of Unicode: the blank of braille, and marks that are stacked without end. */
const HIDDEN = [
  "[\\p{Control}\\p{Format}\\p{Surrogate}\\p{Private_Use}\\p{Line_Separator}\\p{Paragraph_Separator}",
  "\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}\\u2800]",
  "|(?<=\\p{Mark}{4})\\p{Mark}",
].join("");

const UNSEEN = new RegExp(`(${KEPT})|(${HIDDEN})`, "gu");

/**
 * Words that look like an address (a mail, a host, a URL) and mix letters of several scripts, or hold a joiner: each
 * with its scripts, and with the letters outside of ASCII as escapes. Such an address can look like another one.
 */
export function mixedAddresses(text: string): readonly { readonly address: string; readonly scripts: string }[] {
  const found = text.normalize("NFC").match(ADDRESS) ?? [];
  return [...new Set(found)].flatMap((word) => {
    const scripts = scriptsIn(word);
    if (scripts.length < 2 && !/[\u200c\u200d]/.test(word)) return [];
    return [{ address: word.replace(/[^ -~]/gu, (char) => escaped(char)), scripts: scripts.join(" and ") }];
  });
}

const ADDRESS = /[^\s"'<>()[\]{},;]{1,500}[@.][^\s"'<>()[\]{},;]{1,500}/gu;

/** Japanese, Korean and Chinese mix scripts by themselves, also with Latin letters. */
const EAST_ASIAN: ReadonlySet<string> = new Set(["Han", "Hiragana", "Katakana", "Hangul", "Bopomofo"]);

function scriptsIn(word: string): readonly string[] {
  const scripts = SCRIPTS.filter(([, letter]) => letter.test(word)).map(([name]) => name);
  const others = /(?!\p{Script=Common}|\p{Script=Inherited})\p{Letter}/u.test(word.replace(KNOWN, ""))
    ? ["others"]
    : [];
  const all = [...scripts, ...others];
  return all.every((name) => name === "Latin" || EAST_ASIAN.has(name)) ? all.slice(0, 1) : all;
}

const SCRIPT_NAMES = [
  ...["Latin", "Cyrillic", "Greek", "Armenian", "Georgian", "Hebrew", "Arabic", "Devanagari", "Thai", "Cherokee"],
  ...["Coptic", "Lisu", ...EAST_ASIAN],
];
const SCRIPTS = SCRIPT_NAMES.map((name) => [name, new RegExp(`\\p{Script=${name}}`, "u")] as const);
const KNOWN = new RegExp(`[${SCRIPT_NAMES.map((name) => `\\p{Script=${name}}`).join("")}]`, "gu");
