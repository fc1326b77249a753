// The sentences of a plan, for a person who reviews it. In: a step, and the numbers of the steps. Out: what it does, when
// it starts, what each of its fields means, and where each value comes from. Pure.
import { readsOf } from "../plan/expression/reference.js";
import { isObject, readableText, type Json } from "../plan/json.js";
import type { Plan, Step } from "../plan/plan.js";
import {
  asksPerson,
  directTool,
  isConversation,
  isFilled,
  isSubPlan,
  proseOf,
  toolNames,
  wordsOf,
} from "../plan/step-kind.js";
import { writePlan } from "../plan/write.js";
import { andList, budgetText, counted, orList } from "./phrases.js";

/** How the steps of a plan are named: by their numbers, from 1. */
export type StepNumbers = ReadonlyMap<string, number>;

export const numbersOf = ({ steps }: Pick<Plan, "steps">): StepNumbers =>
  new Map(steps.map(({ id }, index) => [id, index + 1]));

/** A title as a sentence. It keeps its own end. */
export const titleSentence = (title: string): string =>
  /[.!?…。！？]$/u.test(title.trim()) ? title.trim() : `${title.trim()}.`;

/** How the step does its work, in a sentence or two. undefined: it calls its tool once, which its label says. */
export function howSentence(step: Step, numbers: StepNumbers): string | undefined {
  const often = oftenText(step, numbers);
  const tool = directTool(step);
  if (asksPerson(step)) return `A person answers a question${often}.`;
  if (isSubPlan(step))
    return `A run of its own does this. Its plan is written when the step starts${often}${throughText(step)}.`;
  if (isConversation(step)) return `A model does this${throughText(step)}${often}.`;
  if (isFilled(step)) return `A model writes the arguments that are missing. Then the tool ${tool} is called${often}.`;
  return often === "" ? undefined : `The tool ${tool} is called${often}.`;
}

function oftenText(step: Step, numbers: StepNumbers): string {
  if (step.repeat !== undefined) return `, in up to ${counted(step.repeat.most, "round")}`;
  return step.forEach === undefined ? "" : `, once for each item of ${valueWords(step.forEach, step, numbers)}`;
}

function throughText(step: Step): string {
  const names = toolNames(step);
  if (names === "all") return `. It may use every tool${isSubPlan(step) ? "" : " that needs no approval"}`;
  return names.length === 0 ? " without tools" : `. It may use ${andList(names)}`;
}

/** When the step starts: `starts at once`, `after 1 and 2`. */
export function startWords(needs: readonly string[], numbers: StepNumbers): string {
  const after = needs.map((id) => numbers.get(id) ?? id).sort((a, b) => Number(a) - Number(b));
  return after.length === 0 ? "starts at once" : `after ${andList(after.map(String))}`;
}

/** A value of a plan as people read it. A reference to one output is named by the number of its step. */
export function valueWords(value: Json, step: Step, numbers: StepNumbers): string {
  return typeof value === "string"
    ? (referenceWords(value, step, numbers) ?? textWords(value, step, numbers))
    : readableText(value);
}

/** A text with its references in words: `Delivered ‹the daysLate of step 1› days late`. One that is no reference leaves it as it is. */
function textWords(text: string, step: Step, numbers: StepNumbers): string {
  let isPlain = true;
  const said = text.replace(/\$\{\{[^{}]*\}\}/g, (reference) => {
    const words = referenceWords(reference, step, numbers);
    isPlain &&= words !== undefined;
    return `‹${words ?? ""}›`;
  });
  return isPlain ? said : bare(text);
}

/** A text that is one expression, without its brackets. */
const bare = (text: string): string => /^\$\{\{((?:(?!\$\{\{).)*)\}\}$/su.exec(text)?.[1]?.trim() ?? text;

/** `the output of step 3`, `the email of step 1`, `the input order`, `the item`. undefined: it is no single reference. */
function referenceWords(text: string, step: Step, numbers: StepNumbers): string | undefined {
  const [, name, path = ""] = /^\$\{\{\s*([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)\s*\}\}$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const fields = path === "" ? [] : path.slice(1).split(".");
  if (name === "inputs") return fields.length === 0 ? "all inputs" : ofWords(fields.slice(1), `the input ${fields[0]}`);
  if (step.forEach !== undefined && name === (step.as ?? "item")) return ofWords(fields, "the item");
  if (step.forEach !== undefined && name === "index") return "the number of the item";
  if (step.repeat !== undefined && name === "round") return "the number of the round";
  if (step.repeat !== undefined && name === "previous") return ofWords(fields, "the output of the round before");
  const number = numbers.get(name);
  if (number === undefined) return undefined;
  return fields.length === 0 ? `the output of step ${number}` : ofWords(fields, `step ${number}`);
}

const ofWords = (fields: readonly string[], source: string): string =>
  fields.length === 0 ? source : `the ${[...fields].reverse().join(" of ")} of ${source}`;

/** The author of the literals of a plan. */
export type PlanAuthor = "planner" | "person" | "given" | "strategy";

const AUTHORS: { readonly [author in PlanAuthor]: string } = {
  planner: "by the planner",
  person: "by a person",
  given: "in the given plan",
  strategy: "by the strategy",
};

export const WRITTEN_BY_MODEL = "by the model";

/** Where a value comes from: `from step 3`, `from the input order`, `by the planner`. */
export function sourceWords(value: Json, step: Step, numbers: StepNumbers, author: PlanAuthor): string {
  const { names, inputs = [] } = readsOf(value);
  if (names.length === 0) return AUTHORS[author];
  const isItem = (name: string) => step.forEach !== undefined && (name === (step.as ?? "item") || name === "index");
  const steps = names.flatMap((name) => numbers.get(name) ?? []).sort((a, b) => a - b);
  const parts = [
    ...(steps.length === 0 ? [] : [`${steps.length === 1 ? "step" : "steps"} ${andList(steps.map(String))}`]),
    ...(names.includes("inputs")
      ? [inputs.length === 0 ? "the inputs" : `the ${inputs.length === 1 ? "input" : "inputs"} ${andList(inputs)}`]
      : []),
    ...(names.some(isItem) ? ["the list"] : []),
    ...(step.repeat !== undefined && names.includes("previous") ? ["the round before"] : []),
  ];
  return parts.length === 0 ? AUTHORS[author] : `from ${andList(parts)}`;
}

/** A field of a step that changes how it runs, with its label. `code`: the text is an expression or a type. */
export interface FieldWords {
  readonly field: string;
  readonly label: string;
  readonly text: string;
  readonly code?: true;
}

/** The fields of a step that are neither its title, nor its instruction, nor its arguments, in the order of writing. */
export function stepFields(step: Step, numbers: StepNumbers): readonly FieldWords[] {
  const [written] = writePlan({ goal: "", inputs: {}, steps: [step], answer: { kind: "from", from: [] } })
    .steps as readonly { readonly [field: string]: Json }[];
  return Object.entries(written!).flatMap(([field, value]) => {
    const said = fieldWords(field, value, step, numbers);
    return said === undefined ? [] : [{ field, ...said }];
  });
}

/** The label and the text of one field; undefined for fields that are shown elsewhere. */
function fieldWords(
  field: string,
  value: Json,
  step: Step,
  numbers: StepNumbers,
): Omit<FieldWords, "field"> | undefined {
  const known = FIELDS[field];
  return known === undefined ? undefined : known(value, step, numbers);
}

type Said = (value: Json, step: Step, numbers: StepNumbers) => Omit<FieldWords, "field">;

const code =
  (label: string): Said =>
  (value, step, numbers) => {
    const words = typeof value === "string" ? referenceWords(value, step, numbers) : undefined;
    return words === undefined ? { label, text: bare(readableText(value)), code: true } : { label, text: words };
  };

const plain =
  (label: string): Said =>
  (value) => ({ label, text: readableText(value) });

const ON_FAILURE: { readonly [policy: string]: string } = {
  fail: "the run fails",
  skip: "the step is skipped",
  patch: "the planner mends the plan",
  replan: "the planner writes another plan",
  compensate: "the run fails, and what it did is undone",
};

/** The label and the text of any field, for a change of it. */
export function changeWords(field: string, value: Json, step: Step, numbers: StepNumbers): FieldWords {
  const [name = field] = field.split(/[.[]/);
  const said = name === "with" ? undefined : fieldWords(name, value, step, numbers);
  const label = name === "with" ? field.slice(5).replace(/["\]]/g, "") : (CHANGE_LABELS[name] ?? name);
  const text =
    name === "dependsOn" && Array.isArray(value) ? stepList(value, numbers) : valueWords(value, step, numbers);
  return { field, label, text, ...said };
}

const stepList = (ids: readonly Json[], numbers: StepNumbers): string =>
  `step ${andList(ids.map((id) => readableText(numbers.get(readableText(id)) ?? readableText(id))))}`;

const CHANGE_LABELS: { readonly [field: string]: string } = {
  title: "title",
  description: "description",
  dependsOn: "after",
  agent: "instruction",
  fill: "instruction",
  ask: "question",
  plan: "sub-goal",
  tool: "tool",
  tools: "tools",
  as: "name of an item",
};

const FIELDS: { readonly [field: string]: Said } = {
  when: code("only if"),
  forEach: code("for each of"),
  maxParallel: plain("at the same time"),
  repeat: (value) => ({ label: "repeats until", ...repeatWords(value) }),
  output: code("returns"),
  expect: (value, step, numbers) =>
    proseOf(step) === undefined
      ? code("must hold")(value, step, numbers)
      : { label: "a model judges", text: readableText(value) },
  evidence: (value) => ({
    label: "must carry",
    text: Array.isArray(value) ? andList(value.map(String)) : readableText(value),
  }),
  optional: () => ({ label: "optional", text: "the run goes on without it if it fails" }),
  retry: (value) => ({ label: "attempts", text: retryWords(value) }),
  timeout: plain("time limit"),
  onFailure: (value) => ({ label: "if it fails", text: ON_FAILURE[readableText(value)] ?? readableText(value) }),
  approval: (_, step) => ({
    label: "asks first",
    text: isSubPlan(step) ? "the plan of the sub-goal waits for a person" : "each call of the step waits for a person",
  }),
  model: plain("model"),
  executor: plain("executor"),
  budget: (value) => ({
    label: "budget",
    text: isObject(value) ? `${budgetText(value)} at most` : readableText(value),
  }),
};

function repeatWords(value: Json): { readonly text: string; readonly code?: true } {
  const { until, most, otherwise } = isObject(value) ? value : {};
  const then = otherwise === "last" ? "then the last output counts" : "then the step fails";
  return { text: `${bare(readableText(until ?? null))}, at most ${counted(Number(most), "round")}; ${then}` };
}

function retryWords(value: Json): string {
  const { attempts, delay, backoff } = isObject(value) ? value : {};
  const pace =
    delay === undefined || backoff === undefined
      ? ""
      : `, ${readableText(delay)} before the second, then ${readableText(backoff)} times as long`;
  return `${counted(Number(attempts), "attempt")} at most${pace}`;
}

/** The instruction for the model of a step, the question for a person, or the sub-goal for a planner. */
export function toldWords(
  step: Step,
): { readonly to: "model" | "person" | "planner"; readonly text: string } | undefined {
  const { text } = wordsOf(step);
  return text === undefined
    ? undefined
    : { to: asksPerson(step) ? "person" : isSubPlan(step) ? "planner" : "model", text };
}

/** How often a plan acts, by tool. `times` is undefined where a list or a model decides it. */
export interface ActWords {
  readonly tool: string;
  readonly times?: number;
}

/** `5 steps. It acts 2 times: refund_payment and send_email.` */
export function leadSentence(steps: number, acts: readonly ActWords[]): string {
  const count = `${counted(steps, "step")}.`;
  if (acts.length === 0) return `${count} It only reads: no call changes anything.`;
  const tools = [...new Set(acts.map(({ tool }) => tool))];
  if (acts.some(({ times }) => times === undefined))
    return `${count} It may act through ${orList(tools)}. A list, a loop or a model decides how often.`;
  const times = acts.reduce((sum, one) => sum + (one.times ?? 0), 0);
  return `${count} It acts ${times === 1 ? "once" : `${times} times`}: ${andList(acts.map(actText))}.`;
}

const actText = ({ tool, times = 1 }: ActWords): string => (times === 1 ? tool : `${tool} ${times} times`);

/** How the answer of the run is made. */
export function answerSentence({ answer }: Plan, numbers: StepNumbers): string {
  if (answer.kind === "value") return "Then the answer is put together from the outputs, without a model.";
  const critic = (answer.critique ?? 0) > 0 ? " A critic reads it before it is given." : "";
  const steps = answer.from.flatMap((id) => numbers.get(id) ?? []).sort((a, b) => a - b);
  if (answer.all === true || steps.length === 0) return `Then the model writes the answer from all outputs.${critic}`;
  return `Then the model writes the answer from ${steps.length === 1 ? "step" : "steps"} ${andList(steps.map(String))}.${critic}`;
}
