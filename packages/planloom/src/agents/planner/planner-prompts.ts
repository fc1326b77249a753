// The prompts of the planner. In: facts. Out: texts. The system text (instructions, format rules, tools) stays the same
// from request to request, so that providers may cache it. The goal and the changing parts are in the messages.
// `instructions` of the role's settings replace its opening.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import type { Finding } from "../../plan/finding.js";
import { findingForPlanner } from "../../words/findings.js";
import type { Plan } from "../../plan/plan.js";
import type { Specialist } from "../../plan/specialist.js";
import type { EffectClass, Inventory, ToolSpec } from "../../plan/tool-spec.js";
import { typeFromSchema } from "../../plan/type/schema.js";
import { typeText, UNKNOWN } from "../../plan/type/type.js";
import { WISHED_STEPS, type Granularity } from "../../plan/check/granularity.js";
import { textOf } from "../preview.js";
import { sections, todayText } from "../prompts.js";

const PLANNER_OPENING = `You are the planner. You turn a goal into a plan, before anything is done. Executors carry \
the plan out step by step, several steps at a time, and cannot ask you anything. You call no tools yourself.

How to plan well:
- Steps that need nothing from each other stay independent, so that they run at the same time. Do not chain steps only \
to put them in order.
- Write each description so that an executor can act on it alone: what to do, with what, why, and what comes out. The \
goal is known to it, the other steps are not.
- Say in "evidence" of each agent step what its result has to carry so that it can be checked: sources, numbers, names \
of files.
- Prefer direct tool steps where the arguments are known or come from earlier steps. Use an agent step where somebody \
has to read, choose, write or try several ways.
- Where details can only be known later, keep the step high-level and let an agent step find them; never invent names, \
numbers or addresses.
- Plan nothing that the goal does not ask for, above all no step with effects.
- Never let one agent step read what others wrote and act as well: let one step read and give a typed output, and call the tools with effects in tool steps. Give recipients, paths, addresses and amounts as literals of the goal or as inputs where you can: a person is asked about a call whose destination comes from what others wrote.`;

const PLANNER_RULES = `Format: reply with one JSON document and nothing else: { "steps": [...], "answer": {...} }.

Each step has an "id" (a letter a-z, then letters, digits or _), a short "title", a "description", and exactly one of:
- "tool": the name of a tool below, called directly with the arguments in "with". No model is involved.
- "tool" together with "fill": an executor writes the arguments that "with" leaves out, from the instruction in "fill".
- "agent": an instruction for an executor that may use the tools listed in "tools" ([] = none) and reads the data in \
"with".
- "ask": a question to a person; "output" is the type of the reply. Only for what nobody but a person can decide or \
know.

Further fields, all optional:
- "dependsOn": ids of steps that must end first. A reference already implies this. An agent step also receives the \
whole outputs of these steps; a tool step receives only its references.
- "output": the type of the result in TypeScript-like text, for example "string[]" or "{ name: string, revenueUsd: \
number | null }". An agent step without it gives text. Give a type to whatever later steps take apart.
- "forEach": a reference to a list; the step runs once for each item, "as" names the item (default item), and the \
output is the list of results in the same order. Use it where the number of items is only known during the run.
- "repeat": { "until": condition on "output", "most": number, "otherwise": "fail" or "last" }; the step runs in rounds \
until the condition holds. "with" sees "previous" (the output of the round before, null in the first) and "round". Use \
it on an agent step to draft, check and improve where one try is seldom good enough, for example "with": { "before": \
"\${{ previous }}" }, "output": "{ text: string, score: number }", "repeat": { "until": "\${{ output.score >= 8 }}", \
"most": 3, "otherwise": "last" }.
- "when": a condition; the step is skipped where it is false.
- "expect": a condition on "output" that must hold, or the step has failed. Only for what no condition can tell, such \
as whether a text names its sources: one sentence in plain words instead, by which another model judges the output.
- "evidence": a list of what the result of an agent step has to carry, for example ["the price", "the page it is \
from"]; [] where nothing can be checked.
- "optional": true where the goal can be reached without this step.

References: "\${{ ... }}" in "with", "forEach", "when", "expect", "until" and "answer.value", never in descriptions or \
instructions. Inside stands an expression: the id of an earlier step is its output, inputs.name is an input; fields \
and positions are read as in find.results[0].url; there are size(list), list.map(x, x.url), list.filter(x, x.ok) and c \
? a : b. A text that is one whole reference keeps its type; inside longer text the value is written out.
- right: "\${{ find.results[0].url }}" · wrong: "{{find.results[0].url}}", "$find.results", "<the first url>"
- right: "\${{ size(find.results) > 0 }}" · wrong: "\${{ find.results.length > 0 }}"
- right: "\${{ rents.map(r, r.rentEur) }}" · wrong: "\${{ rents.map(r => r.rentEur) }}"
- right: "Rent in \${{ city }}" · wrong: "Rent in " + city

"answer": { "from": [ids], "instructions": "form of the answer" } where a synthesizer should write it from these \
outputs, or { "value": ... } with references where the outputs are the answer as they are.`;

/** Said last, so that the beginning is the same at the depth where it is not said. */
const SUB_PLANS = `A step may also have "plan" instead of these: a sub-goal. Another planner plans it when the step is \
reached. It knows the sub-goal, the data in "with", the outputs of the steps in "dependsOn" and the tools in "tools" (left \
out = all), nothing else. "output" is the type of its answer. Use it only where the steps themselves depend on facts that \
earlier steps find, and hand these facts over; with "forEach", each item gets a plan of its own. Where you can write the \
steps now, write them.`;

const EFFECT_WORDS: Readonly<Record<EffectClass, string>> = {
  none: "changes nothing",
  idempotent: "has effects, may be repeated",
  once: "has effects, must not be repeated",
};

function toolText(tool: ToolSpec): string {
  const output = typeText(tool.output === undefined ? UNKNOWN : typeFromSchema(tool.output));
  const approval = tool.approval === "required" ? "; a person must approve each call" : "";
  const undo = tool.compensates === undefined ? "" : ", can be undone";
  const signature = `- ${tool.name} ${typeText(typeFromSchema(tool.input))} -> ${output}`;
  return `${signature}\n  ${tool.description} (${EFFECT_WORDS[tool.simulated ?? tool.effects]}${undo}${approval})`;
}

/** The tools of a large inventory, as the planner sees them. */
export interface InventoryPart {
  /** Names of the tools whose descriptions are left out. */
  readonly left: readonly string[];
  /** Whether the planner may still ask for some of them. */
  readonly mayAsk: boolean;
}

function inventoryText({ tools, notes = [] }: Inventory, part: InventoryPart | undefined): string {
  const list =
    tools.length === 0 ? "There are no tools: plan with agent steps that have none." : tools.map(toolText).join("\n");
  const others = part === undefined ? "There are no others" : "Those that seem to fit the goal";
  return sections(
    `Tools, as name { arguments } -> output. ${others}:\n${list}`,
    part !== undefined && partText(part),
    notes.map((note) => `Note: ${note}`).join("\n"),
  );
}

/** The named executors: what each is good at, and the tools that its agent steps may use. */
function specialistsText(executors: readonly Specialist[]): string {
  const lines = executors.map(({ name, description, tools }) => {
    const may = tools === undefined ? "all tools" : tools.length === 0 ? "no tools" : tools.join(", ");
    return `- ${name}: ${description ?? "(no description)"} (${may})`;
  });
  return `Named executors. An agent step or a step with "fill" may name one in "executor": choose the one whose \
description fits the step, and leave "executor" out where none does. An agent step of a named executor may list only \
the tools that stand behind its name:\n${lines.join("\n")}`;
}

function partText({ left, mayAsk }: InventoryPart): string {
  if (!mayAsk)
    return `There are ${left.length} others, but you have asked for tools as often as you may: plan with these.`;
  const shown: string[] = [];
  let room: number = LIMITS.toolNamesChars;
  for (const name of left) if ((room -= name.length + 2) >= 0) shown.push(name);
  const more = shown.length < left.length ? ` and ${left.length - shown.length} more` : "";
  return `There are ${left.length} others, of which you are told the names alone: ${shown.join(", ")}${more}.
Where the goal needs one of them, or something that no tool above does, do not plan yet: reply with { "needTools": ["a \
name, or words for what it has to do", ...], "steps": [] }. You will be asked again, with the tools that fit.`;
}

const stepsOf = (granularity: Granularity): string =>
  `${WISHED_STEPS[granularity].least} to ${WISHED_STEPS[granularity].most} steps`;

/** The wanted number of steps. A person's own instructions do not replace it. */
const GRANULARITY: Readonly<Record<Granularity, string>> = {
  coarse:
    `Use ${stepsOf("coarse")}, as few and as large as can still be checked: executors are left to find the way within ` +
    "a step.",
  normal:
    `Use ${stepsOf("normal")}. One step is one piece of work that can be done, checked and repeated on its own. A ` +
    "simple goal needs fewer.",
  fine:
    `Use ${stepsOf("fine")}: each is one small action with one result, whose description leaves nothing open. A ` +
    "simple goal needs fewer.",
};

export interface PlannerFacts {
  /** The tools that the planner sees. */
  readonly inventory: Inventory;
  readonly part?: InventoryPart | undefined;
  readonly executorModel: string | null;
  readonly granularity?: Granularity | undefined;
  /** Whether steps may be sub-plans. */
  readonly subPlans?: boolean;
  readonly instructions?: string | undefined;
}

/**
 * The same text for every goal that is planned with this inventory, unless the inventory is too large to be shown
 * whole.
 */
export function plannerSystem(facts: PlannerFacts): string {
  const { inventory, part, executorModel, granularity = "normal", subPlans = false, instructions } = facts;
  const { executors = [] } = inventory;
  const executor =
    executorModel === null
      ? executors.some(({ model }) => model !== null)
        ? "Only the named executors have a model: name one in each agent step and each step with fill."
        : "There is no executor model: plan with tool and ask steps only, without fill."
      : `Executors run on the model "${executorModel}". If it is a small one, keep each agent step narrow and its ` +
        "description explicit.";
  const tools = inventoryText(inventory, part);
  const named = executors.length > 0 && specialistsText(executors);
  const own = [instructions ?? PLANNER_OPENING, PLANNER_RULES, tools, named, executor, GRANULARITY[granularity]];
  return sections(...own, subPlans && SUB_PLANS);
}

/** Follows a reply that asked for tools: the result. */
export function foundToolsText(words: readonly string[], found: readonly string[]): string {
  const what = found.length === 0 ? "No further tool fits." : `They are among the tools now: ${found.join(", ")}.`;
  return `You asked for tools for: ${words.map((word) => `"${word}"`).join(", ")}. ${what}`;
}

interface GoalFacts {
  /** The most steps that a plan may have. */
  readonly steps: number;
  readonly today: string | undefined;
  /** The text of the type that the answer must have. */
  readonly answer: string | undefined;
  /** Whether a model can write the answer. */
  readonly synthesizer: boolean;
  /** The goals of the runs above, the topmost first. */
  readonly above: readonly string[];
}

/** Before the date, so that the beginning stays the same from day to day. */
const answerTypeText = (answer: string, synthesizer: boolean): string =>
  `The answer must have this type: ${answer}\n` +
  (synthesizer
    ? 'With { "from": [ids] } a synthesizer writes it in this type: plan steps whose outputs hold all that it needs. ' +
      'A { "value": ... } must have exactly this type.'
    : 'No synthesizer writes it: "answer" is a { "value": ... } of exactly this type.');

/** The larger goals say what the sub-goal is for. */
const aboveText = (goals: readonly string[]): string =>
  "This goal is a part of a larger one. Others do the rest; plan this part alone. The larger goal, the outermost first:\n" +
  goals.map((goal) => `- ${beginning(goal, LIMITS.feedbackChars)}`).join("\n");

export function plannerGoal(
  goal: string,
  inputTypes: { readonly [name: string]: string },
  { steps, today, answer, synthesizer, above }: GoalFacts,
  rejected: readonly { readonly plan: Plan; readonly comment: string }[],
): string {
  const names = Object.entries(inputTypes).map(([name, type]) => `- inputs.${name}: ${type}`);
  return sections(
    `Goal: ${goal}`,
    above.length > 0 && aboveText(above),
    names.length > 0 &&
      `Inputs of the run, known when it runs; refer to them, their values are not shown:\n${names.join("\n")}`,
    answer !== undefined && answerTypeText(answer, synthesizer),
    today !== undefined && todayText(today),
    `At most ${steps} steps.`,
    ...rejected.map(rejectionText),
  );
}

function rejectionText({ plan, comment }: { readonly plan: Plan; readonly comment: string }): string {
  const asked = beginning(comment, LIMITS.feedbackChars) || "(no comment)";
  return (
    `A person rejected this plan:\n${textOf(shortPlan(plan))}\nThe person says: ${asked}\nWrite a different plan ` +
    "that respects this."
  );
}

/** A plan without its defaults, as a planner would have written it. */
function shortPlan(plan: Plan) {
  const steps = plan.steps.map((step) => {
    const { retry: _retry, onFailure: _onFailure, kind: _kind, ...rest } = step;
    return rest;
  });
  return { steps, answer: plan.answer };
}

/** All findings at once, so that one round can fix all of them. */
export function plannerRepair(findings: readonly Finding[]): string {
  return sections(
    `This plan cannot be used:\n${findings.map((finding) => `- ${findingForPlanner(finding)}`).join("\n")}`,
    "Mend all of these and reply with the whole plan document, nothing else. Keep what was right.",
  );
}

/** Follows a plan that has passed check: the request for a critique. */
export const CRITIQUE = `This plan can be carried out. Before it is, judge it once, as somebody who did not write it: \
does it reach the whole goal; can each description be acted on alone; does every step get the data that it needs, and \
no step guess what another one finds; is anything in it that the goal does not ask for, above all a step with effects?

Reply with one JSON document and nothing else: { "verdict": "fine", "reason": "one sentence", "plan": null } where it \
may be used as it is, or { "verdict": "changed", "reason": "what was wrong, in one sentence", "plan": {...} } with the \
whole mended document in the form of the one above. Change only what is wrong.`;

/** Follows the whole steps of a plan whose reply was cut off. */
export const CONTINUE_PLAN = `Your reply was cut off at the output limit. The document above holds the steps that arrived \
whole. Reply with one JSON document of the same form that holds only the steps that are still missing, and the answer. \
Do not repeat a step. Refer to the steps above by their ids.`;
