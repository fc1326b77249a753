// Input of a replan: the abandoned plan, the steps that are kept, and whether the planner will read untrusted text.
// In: a run. Out: these. The kernel judges the new plan by the same facts.
import { isFailure } from "./failure.js";
import { currentPlan } from "./lookup.js";
import { PLANNER_FUNCTION } from "./settings.js";
import { replanOf } from "./status.js";
import { holdsDoubt, isFinished, waitsUnusable } from "./steps.js";
import { type ProposedPlan, type Run } from "./state.js";
import { hasForeignKeys, holdsText } from "../plan/foreign-keys.js";
import type { Json } from "../plan/json.js";
import { FOREIGN, joined, joinedAll, label, OWN, type Label } from "../plan/label.js";
import { asksPerson } from "../plan/step-kind.js";
import { labelOfError, labelOfParts, labelOfStep, valueParts } from "./labels.js";
import type { StepState } from "./work.js";

/** The plan that was followed last. A replan mends this plan, not a later proposal that was refused. */
export function followedPlan(run: Run, superseded?: ProposedPlan): ProposedPlan | undefined {
  return run.planning.plans.findLast((plan) => plan !== superseded && wasFollowed(plan)) ?? currentPlan(run);
}

/** True for any plan that is not waiting for approval now. */
export const wasFollowed = ({ denied }: ProposedPlan): boolean => denied === undefined || denied === "expired";

/** Steps that any new plan must keep unchanged: finished steps, and steps about whose call a person is asked. */
export function fixedSteps(run: Run): ReadonlySet<string> {
  const failed = new Set(replanOf(run)?.failed.map(({ step }) => step));
  const states = [...run.execution.steps.values()];
  const fixed = states.filter(
    (state) => isFinished(state.work) || ((holdsDoubt(state) || waitsUnusable(state)) && !failed.has(state.spec.id)),
  );
  return new Set(fixed.map(({ spec }) => spec.id));
}

/**
 * The label of all that a planner reads that is not the goal, a person's or its own: outputs, errors, what it sees of
 * the inputs, and plans that were written after others' text was read.
 */
export const readByPlanner = (run: Run): Label =>
  joinedAll([readOfGoal(run), readOfSteps(run), readOfInputs(run), readOfPlans(run), readOfMessages(run)]);

/** The goal of a child run stands in a plan, which others may have chosen. */
const readOfGoal = ({ request: { within } }: Run): Label =>
  label({ untrusted: within?.untrusted === true, private: within?.private === true });

/** Earlier turns that others may have written. */
const readOfMessages = ({ request: { messages } }: Run): Label =>
  messages.some(({ trust }) => trust === "untrusted") ? FOREIGN : OWN;

/**
 * A plan may repeat what its planner read. A fork starts with such a plan, and so does a run with a plan made before.
 */
function readOfPlans({ planning: { plans } }: Run): Label {
  const marks = plans.flatMap(({ afterUntrusted }) => afterUntrusted ?? []);
  return label({ untrusted: marks.length > 0, private: marks.some((mark) => mark.private) });
}

/** Under `codes` a planner reads no text of tools, models or inputs. */
export const hidesKeys = ({ request }: Run): boolean => request.settings.replanContext === "codes";

/** Inputs that the caller did not declare as trusted or public. */
export function foreignInputs({ request: { inputs, given, trust } }: Run): readonly string[] {
  return Object.keys(inputs).filter((name) => given.has(name) && trust[name] !== "trusted" && trust[name] !== "public");
}

/** If names are hidden, a finding about a draft may still tell one. */
function readOfInputs(run: Run): Label {
  const { inputs, models } = run.request;
  const told = !hidesKeys(run) || run.planning.repairs.length > 0;
  const foreign = foreignInputs(run).map((name) => inputs[name] ?? null);
  return readOfForeign(foreign, models.planner === PLANNER_FUNCTION ? "values" : told ? "names" : "types");
}

/**
 * The label of what a planner reads of inputs that others may have written. A model sees their types, with the names of
 * fields or without; a function sees the values, too.
 */
export function readOfForeign(inputs: readonly Json[], sees: "values" | "names" | "types"): Label {
  if (sees === "types") return OWN;
  return inputs.some(sees === "values" ? holdsText : hasForeignKeys) ? FOREIGN : OWN;
}

/** Outputs, and errors, which may repeat the arguments. */
function readOfSteps(run: Run): Label {
  if (hidesKeys(run) || currentPlan(run) === undefined) return OWN;
  const read = joinedAll([...run.execution.steps.values()].map((state) => labelRead(run, state)));
  // An input may be a destination, but it is no instruction.
  return label({ untrusted: read.untrusted || read.input, private: read.private });
}

function labelRead(run: Run, state: StepState): Label {
  const { spec, work, fan } = state;
  const begun = (work.status !== "pending" && work.status !== "ready") || work.startedAt !== undefined;
  if (!begun && fan === undefined) return OWN;
  if (asksPerson(spec)) return labelOfStep(run, state);
  const args = labelOfParts(valueParts(run, spec));
  // A person rejected the call before it was made: there is nothing but its arguments and the person's comment.
  if (work.startedAt === undefined && work.error !== undefined && isFailure(work.error, "CALL_REJECTED")) return args;
  // A skipped step has no output, but a failure before the skip has text.
  const failedFirst = work.status === "skipped" && work.error !== undefined;
  const output = failedFirst ? labelOfError(run, state) : labelOfStep(run, state);
  return work.status === "completed" ? output : joined(output, args);
}
