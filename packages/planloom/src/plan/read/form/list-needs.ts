// Reads what an item of a list says it waits for. In: the text of the item. Out: the labels of the steps, and the text
// without that part. `depends on 1`, `Dependencies: 1 and 2`, `<sequentially depends on 1>`, `after step 2`.

export interface StatedNeeds {
  /** The text without the statement. */
  readonly text: string;
  /** Labels as written: `1`, `3a`, `E2`. Absent if the item states nothing. */
  readonly labels?: readonly string[];
  /** The step that it runs beside: it waits for the same steps. */
  readonly beside?: string;
}

const VERB = [
  "(?:\\w{1,20} )?depends?[ _]?(?:up)?on",
  "(?:\\w{1,20} )?depending on|dependenc(?:y|ies)|dependent on|deps?|prerequisites?|requires?|needs|waits? for|blocked by|after",
  "hängt ab von|abhängig von|benötigt|dépend de|dépendances?|depende de|dependencias?|dependências?|dipende da|dipendenze",
  "зависит от|зависимости|依赖于|依赖|依賴|依存|의존",
].join("|");
const STEP =
  "(?:the )?(?:steps?|tasks?|nodes?|items?|schritte?|étapes?|pasos?|passos?|passi|шаг\\w{0,2}|步骤|ステップ)?[ ]{0,2}#?";
const LABEL = "[ETS]?\\d{1,3}(?:\\.\\d{1,3}){0,3}[a-z]?(?![\\w.]\\w)";
const JOINT = "[ ]{0,2}(?:,? and | to | through |,? und | et | y | e | и |和|与|と|[,;&+/、，–-])[ ]{0,2}";
const LABELS = `${STEP}${LABEL}(?:${JOINT}${STEP}${LABEL}){0,12}`;
const NOTHING =
  "(?=[\\])])|none|nothing|no(?: other)? steps?|n/a|keine|aucune?|ningun[oa]?|nenhuma?|nessuna?|нет|无|なし|-";
/** A statement in brackets, behind a dash, in bold, or as the last sentence. */
const STATED = new RegExp(
  `[\\s,;.]{0,4}(?:[-–—][ ]{0,2})?[([<{*_]{0,3}(?:(?:no dependenc(?:y|ies)|independent|in parallel|parallel)(?=[)\\]>}])|independent(?:ly)? (?:of|from) ${LABELS}|(?:in parallel|concurrently|simultaneously|at the same time) (?:with|to|as) ${STEP}(?<beside>${LABEL})|(?:${VERB})[*_]{0,2}[ ]{0,2}[:：]?[ *_]{0,4}[[(]?(?:(${LABELS})|${NOTHING}))[\\])]?[)\\]>}*_]{0,3}\\.?\\s*$`,
  "iu",
);
const FIRST = new RegExp(
  `^(?:(?:once|when|after) (${LABELS})(?: (?:is|are|has|have)(?: been)? (?:done|finished|complete|completed))?|(?:using|with|from|given) the (?:results?|outputs?) (?:of|from) (${LABELS}))[,:]`,
  "iu",
);

/** `… once 1 and 2 are done.` */
const LAST = new RegExp(
  `(?:once|when|after|as soon as) (${LABELS}) (?:is|are|has|have)(?: been)? (?:done|finished|complete|completed|ready)\\.?\\s*$`,
  "iu",
);

/** Looks only at the first and last characters of the text, so it takes linear time. */
export function statedNeeds(text: string): StatedNeeds {
  const from = Math.max(0, text.length - 240);
  const line = text.lastIndexOf("\n", text.length - 1);
  const start = Math.max(from, line + 1 > from && statedLine(text.slice(line + 1)) ? line + 1 : from);
  const found = STATED.exec(text.slice(start));
  const kept = found === null ? "" : text.slice(0, start + found.index).trimEnd();
  if (found !== null && kept !== "") {
    const [beside] = labelsOf(found.groups?.["beside"]);
    return { text: kept, labels: labelsOf(found.at(-1)), ...(beside !== undefined && { beside }) };
  }
  const last = LAST.exec(text.slice(start));
  if (last !== null) return { text, labels: labelsOf(last[1]) };
  const first = FIRST.exec(text.slice(0, 200));
  return first === null ? { text } : { text, labels: labelsOf(first[1] ?? first[2]) };
}

const statedLine = (line: string): boolean => new RegExp(`^[\\s*_-]{0,8}(?:${VERB})`, "iu").test(line);

const labelsOf = (written: string | undefined): readonly string[] =>
  written === undefined
    ? []
    : [...withoutRanges(written).matchAll(/[ETS]?\d{1,3}(?:\.\d{1,3}){0,3}[a-z]?(?!\w)/gi)].map(([label]) =>
        label.toLowerCase().replace(/^e/, "E").replace(/^[ts]/, ""),
      );

const MOST_IN_RANGE = 50;

/** `1-3` is 1, 2 and 3. */
const withoutRanges = (written: string): string =>
  written.replace(/(?<![\w.])(\d{1,3})[ ]{0,2}(?:[-–]|to|through)[ ]{0,2}(\d{1,3})(?![\w.]\w)/gi, (range, from, to) => {
    const [first, last] = [Number(from), Number(to)];
    if (last <= first || last - first > MOST_IN_RANGE) return range;
    return Array.from({ length: last - first + 1 }, (_, i) => first + i).join(", ");
  });
