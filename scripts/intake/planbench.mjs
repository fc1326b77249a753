// Recorded dialogues in which a validator answers a model's plan and the model writes another one. In: the data's
// folder. Out: the rounds that the rule for the end of repair would have saved, and the plans that it would have lost.
import { keepsImproving, LIMITS } from "../../packages/planloom/dist/plan.js";
import { dataFiles, noData, share, table } from "../intake-data.mjs";

const TITLE = "Rounds of repair: PlanBench dialogues";

/** The rules that ours is compared with: none, and one that stops at the first round without progress. */
const RULES = [
  { name: "no rule", goesOn: () => true },
  {
    name: "stop when a round has all errors of an earlier one",
    goesOn: (rounds) => !rounds.slice(0, -1).some((round) => round.every((error) => rounds.at(-1).includes(error))),
  },
  {
    name: "Planloom's (`keepsImproving`): stop when it has all errors of two earlier ones",
    goesOn: keepsImproving,
    ours: true,
  },
];

export async function measure(data) {
  const files = dataFiles(data, "planbench");
  const dialogues = [...files.values()]
    .flatMap((text) => JSON.parse(text()).instances ?? [])
    .filter(isDialogue)
    .map(readDialogue);
  if (dialogues.length === 0) return noData(TITLE, "a recording of dialogues (planbench/NAME.json)");
  const recorded = dialogues.reduce((sum, { errors }) => Math.max(sum, errors.length), 0);
  const replays = [LIMITS.repairRounds, recorded].flatMap((most) =>
    RULES.map((rule) => replayAll(dialogues, rule, most)),
  );
  const ours = replays.filter(({ rule }) => rule.ours);
  const bounded = ours.every(({ most, longest }) => longest <= most) && stubborn() <= 3;
  const [within] = ours;
  return {
    title: TITLE,
    markdown: textOf(dialogues, replays),
    ok: bounded && within.lostByRule === 0,
    figures: {
      dialogues: dialogues.length,
      replays: replays.map(({ rule, ...figures }) => ({ rule: rule.name, ...figures })),
      draftsOfAStubbornPlanner: stubborn(),
    },
  };
}

const isDialogue = ({ messages }) => Array.isArray(messages) && messages.length > 2;

/** For each draft the errors that the validator named, with their steps; and whether the last draft was right. */
function readDialogue({ messages, correct }) {
  const after = messages.slice(2);
  const drafts = after.filter(({ role }) => role === "assistant").length;
  const errors = after.filter(({ role }) => role === "user").map(({ content }) => errorsIn(content ?? ""));
  return { drafts, errors, correct: correct === true };
}

/** `step 7: airplane_0 is at location_0_1`. A repeated prompt means that no plan could be read. */
function errorsIn(answer) {
  const step = /step (\d+) has (?:an )?unmet preconditions?:\n.*\nThe unmet preconditions? (?:is|are):\n(.*)/s.exec(
    answer,
  );
  if (step !== null) return conditions(step[2]).map((condition) => `step ${step[1]}: ${condition}`);
  const goal = /unmet goal conditions?:\n(.*)/s.exec(answer);
  return goal === null ? ["no plan"] : conditions(goal[1]).map((condition) => `goal: ${condition}`);
}

const conditions = (text) =>
  text
    .split(/, | and |\n/)
    .map((part) => part.trim())
    .filter(Boolean);

/** One draft, then up to `most` rounds of repair, until the recording or the rule ends them. */
function replay({ drafts, errors, correct }, { goesOn }, most) {
  let seen = 1;
  for (; seen < drafts && seen <= errors.length && seen <= most; seen++) {
    if (!goesOn(errors.slice(0, seen))) return { rounds: seen - 1, stopped: true, solved: false };
  }
  return { rounds: seen - 1, stopped: false, solved: correct && seen === drafts };
}

function replayAll(dialogues, rule, most) {
  const ends = dialogues.map((dialogue) => ({ dialogue, ...replay(dialogue, rule, most) }));
  const rounds = ends.map((end) => end.rounds);
  return {
    rule,
    most,
    solved: ends.filter(({ solved }) => solved).length,
    rounds: rounds.reduce((a, b) => a + b, 0),
    longest: Math.max(...rounds),
    stopped: ends.filter(({ stopped }) => stopped).length,
    lostByRule: ends.filter(({ dialogue, stopped }) => stopped && dialogue.correct && dialogue.drafts - 1 <= most)
      .length,
  };
}

/** Number of drafts of a planner that repeats one plan, until the rule ends it. */
function stubborn() {
  let drafts = 1;
  while (drafts < 1_000 && keepsImproving(Array.from({ length: drafts }, () => ["/steps/0/tool UNKNOWN_TOOL"])))
    drafts++;
  return drafts;
}

function textOf(dialogues, replays) {
  const solved = dialogues.filter(({ correct }) => correct).length;
  const first = dialogues.filter(({ correct, drafts }) => correct && drafts === 1).length;
  return [
    `${dialogues.length} dialogues: ${first} plans were right at once, ${solved - first} after rounds of repair, ${dialogues.length - solved} never. The validator names only the first ` +
      "fault, and `check` names all of them. So a round that seems to change nothing may have corrected something.",
    table(
      [
        "rounds at most",
        "rule",
        "right at the end",
        "rounds used",
        "longest",
        "stopped by the rule",
        "of these would have been right later",
      ],
      ...replays.map(({ rule, most, solved: right, rounds, longest, stopped, lostByRule }) => [
        most,
        rule.name,
        share(right, dialogues.length),
        rounds,
        longest,
        stopped,
        lostByRule,
      ]),
    ),
    `A planner that always writes the same draft is stopped after ${stubborn()} drafts; no replay needed more rounds than allowed.`,
  ].join("\n\n");
}
