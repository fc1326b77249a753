// What the choice of a strategy looks at. In: the goal, the tools, the settings. Out: features, as the log keeps them.
// The words are English: a goal in another language has few features, and then no rule of words decides.
import { followable, isOneStep, type Strategy } from "./strategy.js";
import type { EffectClass } from "./tool-spec.js";

/** A strategy that can be chosen. */
export type ChosenStrategy = Exclude<Strategy, "auto">;

export interface ChoiceFacts {
  readonly goal: string;
  readonly tools: readonly { readonly name: string; readonly effects: EffectClass }[];
  /** Whether plans wait for a person, and which. */
  readonly approval: "never" | "always" | "effects" | "function";
  /** Whether the run has a limit on calls, tokens or money. */
  readonly budget: boolean;
  readonly planner: boolean;
  readonly executor: boolean;
  readonly allowed: readonly Strategy[];
}

export interface ChoiceFeatures {
  /** The strategies that are allowed, and whose models are there. */
  readonly possible: readonly ChosenStrategy[];
  readonly words: number;
  /** The tasks that the goal names. An answer is no task: "and tell me" does not count. */
  readonly steps: number;
  /** The things that it names in a list, or by a number: "Rome, Oslo and Bern", "60 contracts". */
  readonly items: number;
  /** The goal is about each of several things. */
  readonly each: boolean;
  /** A question, or a command that begins with a known verb. Otherwise its words say little. */
  readonly form: "question" | "command" | "other";
  /** Words of work that has a known structure: a report, a comparison, a pipeline. */
  readonly structure: readonly string[];
  /** Words of a search whose next step depends on what was found. */
  readonly unknowns: readonly string[];
  /** Words that ask for a person's approval, or for few costs. */
  readonly approves: readonly string[];
  readonly saves: readonly string[];
  /** Words that ask for an effect, if there is a tool that acts. */
  readonly acts: readonly string[];
  /** Tools whose name stands in the goal, at most 5. */
  readonly fits: readonly string[];
  readonly approval: ChoiceFacts["approval"];
  readonly budget: boolean;
  /** A playbook that fits the goal. It is named, and never run by itself. */
  readonly playbook?: string;
}

export function choiceFeatures({ goal, tools, approval, budget, ...here }: ChoiceFacts): ChoiceFeatures {
  const text = unquoted(goal).slice(0, READ_CHARS);
  const mayAct = tools.some(({ effects }) => effects !== "none");
  return {
    possible: possible(here),
    words: wordsIn(goal).length,
    steps: stepsIn(text),
    items: Math.max(listed(text), counted(text)),
    each: /\b(?:each|every|all|per|one by one)\b/iu.test(text),
    form: formOf(text),
    structure: cues(text, STRUCTURE),
    unknowns: cues(text, UNKNOWNS),
    approves: cues(text, APPROVES),
    saves: cues(text, SAVES),
    acts: mayAct ? cues(text, ACTS) : [],
    fits: fitting(text, tools),
    approval,
    budget,
  };
}

/** Longer goals are documents: their first part says what is wanted. */
const READ_CHARS = 4_000;

function possible({ planner, executor, allowed }: Pick<ChoiceFacts, "planner" | "executor" | "allowed">) {
  return followable(allowed).filter((strategy) => (isOneStep(strategy) ? executor : planner));
}

/** Quoted text is data: it is not what is to be done. */
const unquoted = (goal: string): string => goal.replace(/"[^"\n]*"|“[^”\n]*”|`[^`\n]*`/gu, "x");

const wordsIn = (text: string): readonly string[] => text.match(/[\p{L}\p{N}][\p{L}\p{N}'’.,-]*/gu) ?? [];

const STEP_BREAK =
  /[.!?;:]\s+|\n+|,\s*(?:and\s+|then\s+)*|\s+and\s+(?:then\s+)?|\s+(?:then|afterwards|after that)\s+/iu;
const THEN = /\b(?:then|afterwards|after that|finally)\b/giu;
const LEAD = /^(?:[-*•]|\d+[.)])?\s*(?:please|first|next|also|finally|to|can you|could you|i want you to)?\s*/iu;

function stepsIn(text: string): number {
  const parts = text.split(STEP_BREAK).map((part) => part.replace(LEAD, ""));
  const verbs = parts.map((part) => /^[a-z]+(?:-[a-z]+)*/iu.exec(part)?.[0].toLowerCase() ?? "");
  const tasks = verbs.filter((verb, at) => VERBS.has(verb) && (at === 0 || !ANSWERS.has(verb)));
  const ordered = (text.match(THEN) ?? []).length;
  return Math.max(tasks.length, ordered === 0 ? 0 : ordered + 1);
}

/** The longest list of things: parts between commas that name no task. */
function listed(text: string): number {
  const lists = text.split(/[.!?;:]\s+|\n+/u).map((sentence) => {
    const parts = sentence.split(/,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+/iu);
    const isList = /,/u.test(sentence) && parts.length >= 3;
    return isList && parts.slice(1).every((part) => !startsTask(part)) ? parts.length : 0;
  });
  return Math.max(0, ...lists);
}

const startsTask = (part: string): boolean =>
  VERBS.has(/^[a-z]+/iu.exec(part.replace(LEAD, ""))?.[0].toLowerCase() ?? "");

const NUMBERS = "two three four five six seven eight nine ten eleven twelve".split(" ");
const COUNTED = new RegExp(`\\b(\\d{1,6}|${NUMBERS.join("|")})\\s+(?:[a-z]+\\s+){0,2}?([a-z]+s)\\b`, "giu");
/** Units of an amount: "250 dollars" are not 250 things. */
const UNITS =
  /^(?:us|dollars|euros|pounds|percents?|cents|degrees|hours|minutes|seconds|days|weeks|months|years|words|lines|pages|metres|meters|miles|bytes|times|is|has|was|this|as|s)$/iu;

function counted(text: string): number {
  const numbers = [...text.matchAll(COUNTED)].flatMap(([, number = "", thing = ""]) => {
    if (UNITS.test(thing)) return [];
    const named = NUMBERS.indexOf(number.toLowerCase());
    return [named >= 0 ? named + 2 : Number(number)];
  });
  return Math.max(0, ...numbers);
}

const QUESTION =
  /^(?:what|who|whom|whose|when|where|which|how|is|are|was|were|does|do|did|can|could|will|would|has|have)\b/iu;

function formOf(text: string): ChoiceFeatures["form"] {
  const start = text.trim().replace(/^[a-z]+:\s+/iu, "");
  if (QUESTION.test(start) || (/\?\s*$/u.test(start) && /^[a-z]/iu.test(start) && hasKnownWord(start)))
    return "question";
  return startsTask(start) ? "command" : "other";
}

/** A question mark ends questions of every language. */
const hasKnownWord = (text: string): boolean => /\b(?:the|a|an|of|is|are|in|to)\b/iu.test(text);

/** The words of the goal that this pattern finds, each once, at most 5. */
function cues(text: string, pattern: RegExp): readonly string[] {
  const found = [...text.matchAll(pattern)].map(([cue]) => cue.toLowerCase().slice(0, CUE_CHARS));
  return [...new Set(found)].slice(0, MOST_CUES);
}

const CUE_CHARS = 40;
const MOST_CUES = 5;

/** From the tables of the documents: reports, comparisons, surveys, refactoring, batches, pipelines, stages. */
const STRUCTURE =
  /\b(?:reports?|compar(?:e|es|ing|ison|isons)|side by side|surveys?|stud(?:y|ies)|overview|refactor\w*|reorgani[sz]\w*|migrat\w+|pipelines?|batch(?:es)?|in stages|outline|road ?map|itinerary|strengths and weaknesses|pros and cons|competitors?|competitive|audit|benchmark|analy[sz]\w+|onboard\w*|roll ?out|workflow|weekly|quarterly)\b/giu;

/** A search whose next step depends on the last observation: exploring, investigating, trying, going on until. */
const UNKNOWNS =
  /\b(?:investigat\w+|explor(?:e|es|ing|ation)|figure out|find out why|find out what|track down|diagnos\w+|debug\w*|troubleshoot\w*|bugs?|root cause|the cause|what could be wrong|until|depending on|depends on|look around|poke around|browse|keep \w+ing|try|trying|trial and error|as (?:you|we|i) go|follow (?:the|any|every|up)|whatever|not sure|unclear|unknown|experiment\w*|adapt\w*|interactive\w*)\b/giu;

const APPROVES =
  /\b(?:approv\w+|sign[- ]?off|confirm with me|ask me (?:first|before)|before (?:anything|you (?:do|change|send|act))|show me (?:first|before)|let me (?:see|check|review|approve))\b/giu;

const SAVES = /\b(?:cheap\w*|low[- ]cost|inexpensive\w*|costs? as little|few (?:calls|tokens))\b/giu;

const ACTS =
  /\b(?:send|e?mail|delete|remove|pay|refund|order|buy|purchase|book|cancel|publish|deploy|post|transfer|close|invite|update|overwrite|move|rename|write to|save|reset|create)\b/giu;

/** Tools that the goal names by all the words of their name. */
function fitting(text: string, tools: ChoiceFacts["tools"]): readonly string[] {
  const words = new Set(wordsIn(text.toLowerCase()).map((word) => word.replace(/[.,]+$/u, "")));
  const named = tools.filter(({ name }) =>
    name
      .toLowerCase()
      .split(/[^a-z0-9]+/u)
      .every((part) => part.length > 2 && words.has(part)),
  );
  return named.slice(0, MOST_CUES).map(({ name }) => name);
}

/** Their object is the answer, so they are no task of their own after another one. */
const ANSWERS: ReadonlySet<string> = new Set("tell say give show name explain answer let describe".split(" "));

/** Verbs with which commands begin. */
const VERBS: ReadonlySet<string> = new Set(
  (
    "add adjust agree allocate analyse analyze answer apply archive arrange ask assess assign audit back book build buy calculate " +
    "call cancel change check choose classify clean clear close collate collect combine compare compile complete compute " +
    "configure confirm consolidate contact convert copy correct count create cut debug decide define delete deliver deploy " +
    "describe design detect determine develop diagnose distribute divide document download draft draw edit email estimate " +
    "evaluate examine execute explain explore export extract fetch file fill filter find finish fix flag follow format forward " +
    "gather generate get give go group hand help highlight identify implement import improve index inspect install integrate " +
    "investigate invite issue join keep label launch let list load locate log look mail make map mark match measure merge " +
    "migrate monitor move name navigate normalise normalize note notify observe onboard open order organise organize outline " +
    "paste pay pick plan play post predict prepare present print prioritise prioritize process produce propose provide publish " +
    "pull purchase put query rank rate read rebuild recommend reconcile record refactor refund register reject release remind " +
    "remove rename reorganise reorganize repair replace reply report research reserve reset resolve restore retrieve return " +
    "review revise rewrite run save say scan schedule score scrape search select send set share ship show solve sort split " +
    "start state stop store structure submit subtract suggest sum summarise summarize survey take tag talk tell test trace " +
    "track train transcribe transfer transform translate troubleshoot try turn unify update upload use validate verify visit " +
    "visualise visualize wait weigh work write"
  ).split(" "),
);
