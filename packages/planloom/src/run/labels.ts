// Follows values through a run: the label of each input, of each step's output and of each argument, and where it comes
// from. In: a run. Out: labels. A pure function of the log; the label of an output is computed when it is first asked
// for.
import { FOREIGN, inputLabel, joined, joinedAll, label, OWN, outputLabel, type Label } from "../plan/label.js";
import { readsOf, type Reads } from "../plan/expression/reference.js";
import type { Step } from "../plan/plan.js";
import type { ValueSource } from "../plan/origin.js";
import { asksPerson, handedTo, toolNames } from "../plan/step-kind.js";
import { currentPlan, toolIn } from "./lookup.js";
import type { ProposedPlan, Run } from "./state.js";
import type { StepState, Work } from "./work.js";

/** One source of a value, with its label. */
export interface ValuePart {
  readonly source: ValueSource;
  readonly label: Label;
}

export const labelOfParts = (parts: readonly ValuePart[]): Label => joinedAll(parts.map((part) => part.label));

/** The sources whose label has this property. */
export const sourcesThat = (parts: readonly ValuePart[], property: keyof Label): readonly ValueSource[] =>
  parts.filter((part) => part.label[property]).map(({ source }) => source);

/** The label of a step's output. Before the step has ended: of any output that it may have. */
export function labelOfStep(run: Run, state: StepState): Label {
  const { spec, work } = state;
  if (work.status === "skipped") return OWN;
  if (asksPerson(spec)) return labelOfAnswer(run, spec);
  if (work.status !== "completed") return labelOfOutput(run, state, possibleTools(run, spec));
  const plan = currentPlan(run);
  const { trust } = run.request;
  const { changedTools } = run.execution;
  const known = labels.get(work);
  if (known?.plan === plan && known?.trust === trust && known.changedTools === changedTools) return known.label;
  const found = labelOfOutput(run, state, toolsCalled(state));
  labels.set(work, { plan, trust, changedTools, label: found });
  return found;
}

/**
 * An answer is the person's own. If untrusted text may have chosen the question, the answer may only leave to a
 * destination that the person has seen.
 */
const labelOfAnswer = (run: Run, spec: Step): Label =>
  label({ private: labelOfParts(partsOfText(run, spec)).untrusted });

/** The label of the text that a step gave with its failure. */
export const labelOfError = (run: Run, state: StepState): Label =>
  labelOfOutput(run, state, possibleTools(run, state.spec));

/** The label of an output stays what it is until one of these is another object. */
interface KnownLabel extends Pick<Run["request"], "trust">, Pick<Run["execution"], "changedTools"> {
  readonly plan: ProposedPlan | undefined;
  readonly label: Label;
}

const labels = new WeakMap<Work, KnownLabel>();

export const toolsCalled = ({ work, fan }: StepState): readonly string[] =>
  fan === undefined || fan.rounds !== undefined
    ? work.origin.tools
    : [...new Set(fan.items.flatMap(({ origin }) => origin.tools))];

function possibleTools(run: Run, spec: Step): readonly string[] {
  const names = toolNames(spec);
  return names === "all" ? [...(currentPlan(run)?.tools.keys() ?? [""])] : names;
}

function labelOfOutput(run: Run, { spec, tool, madeBy = [] }: StepState, called: readonly string[]): Label {
  // An earlier definition may have read what the present one does not read any more, and called another tool.
  // The output of the round before is of the same kind: with it, the label would be the same.
  const args = labelOfParts([spec, ...madeBy].flatMap((step) => firstRoundParts(run, step)));
  const read = labelOfParts(partsOfTools(run, called));
  if (tool === undefined) return joined(args, read);
  return madeBy.length === 0 ? outputLabel(tool, args) : joined(outputLabel(tool, args), read);
}

/** The data that a model has seen after it called these tools. */
export function partsOfTools(run: Run, names: readonly string[]): readonly ValuePart[] {
  return names.map((name): ValuePart => {
    const spec = toolIn(run, name);
    // The arguments of a tool that hands labels on are made of what the model has seen anyway.
    return { source: { tool: name }, label: spec === undefined ? FOREIGN : outputLabel(spec, OWN) };
  });
}

/** The parts of a call that are not the output of the round before. */
const firstRoundParts = (run: Run, spec: Step): readonly ValuePart[] => partsOfCall(run, spec, "first");

/** All that a step's call is made of: its text, its arguments, its list, and the outputs that a model is given. */
export const valueParts = (run: Run, spec: Step): readonly ValuePart[] => partsOfCall(run, spec, "any");

function partsOfCall(run: Run, spec: Step, round: "first" | "any"): readonly ValuePart[] {
  const given = handedTo(spec).map((id) => partOfStep(run, id));
  const list = spec.forEach === undefined ? [] : partsRead(run, spec, reads(spec, "forEach"));
  const args = partsRead(run, spec, reads(spec, "with"), round);
  return distinct([...partsOfText(run, spec), ...args, ...list, ...given]);
}

/** What one argument that the plan gives is made of. */
export function partsOfArgument(run: Run, spec: Step, name: string): readonly ValuePart[] {
  return distinct([...partsOfText(run, spec), ...partsRead(run, spec, reads(spec, `with/${name}`))]);
}

/** The literals of a step are untrusted where they were written after untrusted text was read. */
export function partsOfText(run: Run, { id }: Step): readonly ValuePart[] {
  const after = currentPlan(run)?.afterUntrusted;
  if (after?.steps.has(id) !== true) return [];
  return [{ source: { plan: true }, label: label({ untrusted: true, private: after.private }) }];
}

function partsRead(
  run: Run,
  spec: Step,
  { names, inputs }: Reads,
  round: "first" | "any" = "any",
): readonly ValuePart[] {
  return names.flatMap((name): readonly ValuePart[] => {
    if (name === "inputs") return partsOfInputs(run, inputs);
    if (spec.repeat !== undefined && name === "round") return [];
    if (spec.repeat !== undefined && name === "previous") return round === "first" ? [] : [partOfStep(run, spec.id)];
    // The length of a list is not data of others.
    if (spec.forEach !== undefined && name === "index") return [];
    if (spec.forEach !== undefined && name === spec.as) return partsRead(run, spec, reads(spec, "forEach"));
    return [partOfStep(run, name)];
  });
}

function partOfStep(run: Run, id: string): ValuePart {
  const state = run.execution.steps.get(id);
  return { source: { step: id }, label: state === undefined ? FOREIGN : labelOfStep(run, state) };
}

function partsOfInputs(run: Run, named: readonly string[] | undefined): readonly ValuePart[] {
  return (named ?? Object.keys(run.request.inputs)).map((input) => ({
    source: { input },
    label: labelOfInput(run, input),
  }));
}

/** Inputs of the caller by what they are; the defaults of a plan like its other literals. */
function labelOfInput(run: Run, name: string): Label {
  const { inputs, given, trust } = run.request;
  if (!given.has(name)) return currentPlan(run)?.afterUntrusted === undefined ? OWN : FOREIGN;
  return inputLabel(inputs[name] ?? null, trust[name]);
}

function distinct(parts: readonly ValuePart[]): readonly ValuePart[] {
  if (parts.length < 2) return parts;
  const seen = new Map(parts.map((part) => [JSON.stringify(part.source), part]));
  return [...seen.values()];
}

const cache = new WeakMap<Step, Map<string, Reads>>();

/** What the expressions of a field read. Parsed once for each step. */
function reads(spec: Step, field: "with" | "forEach" | `with/${string}`): Reads {
  let known = cache.get(spec);
  if (known === undefined) cache.set(spec, (known = new Map<string, Reads>()));
  let found = known.get(field);
  if (found === undefined) known.set(field, (found = readsOf(valueOf(spec, field))));
  return found;
}

function valueOf(spec: Step, field: "with" | "forEach" | `with/${string}`) {
  if (field === "with") return spec.with;
  if (field === "forEach") return spec.forEach ?? "";
  return spec.with[field.slice("with/".length)] ?? null;
}
