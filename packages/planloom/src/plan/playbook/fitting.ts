// Which playbook fits a goal in words. In: the goal, and the names and goals of playbooks. Out: the name of one, or
// nothing. A rule over words; no model is asked, and nothing is started.

export interface Fitting {
  readonly name: string;
  /** With `{name}` in the place of its inputs. */
  readonly goal: string;
}

/** The share of the words of a playbook's goal that the goal must have, and how many at least. */
const SHARE = 0.75;
const LEAST = 2;

const SMALL = new Set(
  "the and for with from into onto that this these those are was were has have its our your per all any".split(" "),
);

/** The playbook whose words the goal has. Of two that fit equally well, none: a person has to say which is meant. */
export function fittingPlaybook(goal: string, playbooks: readonly Fitting[]): string | undefined {
  const words = new Set(wordsOf(goal));
  const scored = playbooks
    .map((playbook) => ({ name: playbook.name, score: scoreOf(playbook, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const [best, next] = scored;
  return best !== undefined && best.score !== next?.score ? best.name : undefined;
}

function scoreOf({ name, goal }: Fitting, words: ReadonlySet<string>): number {
  const isAll = (wanted: readonly string[]) => wanted.every((word) => words.has(word));
  const named = wordsOf(name.replaceAll(/[-_]/g, " "));
  if (named.length >= LEAST && isAll(named)) return 1 + named.length;
  const own = [...new Set(wordsOf(goal.replaceAll(/\{\w+\}/g, " ")))];
  const shared = own.filter((word) => words.has(word)).length;
  return shared >= LEAST && shared / own.length >= SHARE ? shared / own.length : 0;
}

/** Words of three letters and more, without endings of the plural. */
const wordsOf = (text: string): readonly string[] =>
  (text.toLowerCase().match(/\p{L}{3,}/gu) ?? [])
    .filter((word) => !SMALL.has(word))
    .map((word) => word.replace(/s$/u, ""));
