// Saves the plan of a run as a playbook. In: a run and what a person has confirmed. Out: the text of the playbook, which
// has passed check. Nothing is guessed: each input was named by a person or a program.
import type { Json, JsonObject } from "../../plan/json.js";
import { ID_PATTERN } from "../../plan/plan.js";
import { leavesOf } from "../../plan/playbook/literals.js";
import { parameterised, type ConfirmedInput } from "../../plan/playbook/parameterised.js";
import { proposedInputs, type ProposedInput, type RunToSave } from "../../plan/playbook/proposals.js";
import { typeOf } from "../../plan/type/schema.js";
import { writePlan } from "../../plan/write.js";
import { currentPlan } from "../../run/lookup.js";
import { endOf } from "../../run/status.js";
import type { Run, ProposedPlan } from "../../run/state.js";
import { wholeRunBy } from "../../run/strategy.js";
import type { NotSaved } from "../../words/errors/playbooks.js";
import { PlanloomError } from "../../words/planloom-error.js";

/** One confirmed input: a proposal by its name, perhaps renamed, or a literal by its place in the plan. */
export interface PlaybookInput {
  /** The name of a proposal, or the place of a literal: `/steps/0/with/week`. */
  readonly from: string;
  /** Default: the name of the proposal. */
  readonly name?: string;
  /** Default: the proposed type. */
  readonly type?: string | JsonObject;
  readonly description?: string;
  /** null: the input has no default, and each run must give it. Absent: the value of the run. */
  readonly default?: Json;
}

/** What a person should know before they use the playbook. */
export type PlaybookNote =
  /** The same text stands in an expression or an instruction, and stays. */
  | { readonly note: "left"; readonly input: string; readonly places: readonly string[] }
  /** The planner had read untrusted text; with `private`, the text of the plan may hold private data. */
  | { readonly note: "after-untrusted"; readonly private?: true }
  /** The value was untrusted or private, so it is no default. */
  | { readonly note: "no-default"; readonly input: string };

/** The plan to save. Throws PLAYBOOK_NOT_SAVED. */
function savablePlan(run: Run): ProposedPlan {
  const plan = currentPlan(run);
  const refuse = (because: NotSaved) => new PlanloomError("PLAYBOOK_NOT_SAVED", { runId: run.id, because });
  if (plan === undefined) throw refuse("no-plan");
  const [only] = plan.plan.steps;
  if (only !== undefined && wholeRunBy(run, only) !== undefined) throw refuse("one-step");
  const isDone = endOf(run)?.how === "completed";
  if (!isDone && !run.approvals.granted.has(plan.hash)) throw refuse("not-approved");
  return plan;
}

/** Throws PLAYBOOK_NOT_SAVED. */
export function proposalsOf(run: Run): readonly ProposedInput[] {
  return proposedInputs(toSave(run, savablePlan(run)));
}

const toSave = (run: Run, { plan, tools }: ProposedPlan): RunToSave => ({
  plan,
  tools: [...tools.values()],
  goal: run.request.goal,
  inputs: run.request.inputs,
  given: run.request.given,
});

/**
 * The document of the playbook, and notes. Inputs of the run stay inputs, also if nobody names them. Throws
 * PLAYBOOK_NOT_SAVED, PLAYBOOK_CHOICE, PLAYBOOK_UNCONFIRMED.
 */
export function playbookDocument(
  run: Run,
  inputs: readonly PlaybookInput[] | "proposed" | undefined,
): { readonly document: JsonObject; readonly notes: readonly PlaybookNote[] } {
  const plan = savablePlan(run);
  const proposals = proposedInputs(toSave(run, plan));
  const open = proposals.filter(({ why }) => why !== "input").map(({ name }) => name);
  if (inputs === undefined && open.length > 0)
    throw new PlanloomError("PLAYBOOK_UNCONFIRMED", { runId: run.id, inputs: open });
  const wanted = inputs === "proposed" || inputs === undefined ? open.map((from) => ({ from })) : inputs;
  const confirmed = confirmedInputs(wanted, proposals, writePlan(plan.plan));
  return {
    document: parameterised(plan.plan, run.request.goal, confirmed),
    notes: notesOn(plan, proposals, confirmed),
  };
}

/** Throws PLAYBOOK_CHOICE. */
function confirmedInputs(
  wanted: readonly PlaybookInput[],
  proposals: readonly ProposedInput[],
  document: JsonObject,
): readonly ConfirmedInput[] {
  const known = proposals.map(({ name }) => name);
  const refuse = (given: string, problem: "no-place" | "name" | "twice" | "type") =>
    new PlanloomError("PLAYBOOK_CHOICE", { given, problem, known });
  const named = wanted.map((input) => {
    const found = proposalFor(input, proposals, document);
    if (found === undefined) throw refuse(input.from, "no-place");
    const { name = found.name, type = found.type, description } = input;
    if (!ID_PATTERN.test(name)) throw refuse(name, "name");
    if (!typeOf(type).ok) throw refuse(name, "type");
    const given = input.default === undefined ? found.default : input.default;
    const usual = given === undefined || input.default === null ? {} : { default: given };
    const value = found.why === "input" ? {} : { value: found.default as string | number };
    return { name, type, places: found.places, ...usual, ...value, ...(description !== undefined && { description }) };
  });
  const kept = proposals
    .filter(({ why, name }) => why === "input" && !named.some((one) => one.name === name))
    .map(({ why: _why, left: _left, ...input }) => input);
  const all = [...kept, ...named];
  const twice = all.find(({ name }, at) => all.findIndex((one) => one.name === name) !== at);
  if (twice !== undefined) throw refuse(twice.name, "twice");
  return all;
}

/** The proposal of this name, or one for the literal at this place. */
function proposalFor(
  { from }: PlaybookInput,
  proposals: readonly ProposedInput[],
  document: JsonObject,
): ProposedInput | undefined {
  const proposed = proposals.find(({ name }) => name === from);
  if (proposed !== undefined || !from.startsWith("/")) return proposed;
  const leaf = leavesOf(document).find(({ pointer }) => pointer === from);
  if (leaf === undefined || (typeof leaf.value === "string" && leaf.value.includes("${{"))) return undefined;
  const same = proposals.find(({ why, default: value }) => why !== "input" && value === leaf.value);
  if (same !== undefined) return same;
  const name = from.slice(from.lastIndexOf("/") + 1);
  const type = typeof leaf.value === "number" ? "number" : "string";
  return { name, type, default: leaf.value, why: "repeated", places: [from], left: [] };
}

function notesOn(
  { afterUntrusted }: ProposedPlan,
  proposals: readonly ProposedInput[],
  confirmed: readonly ConfirmedInput[],
): readonly PlaybookNote[] {
  const leftAt = proposals.filter(
    ({ left, default: value }) => left.length > 0 && confirmed.some((one) => one.value === value),
  );
  return [
    ...leftAt.map(({ name, left }) => ({ note: "left" as const, input: name, places: left })),
    ...proposals
      .filter(({ why, default: value }) => why === "input" && value === undefined)
      .map(({ name }) => ({ note: "no-default" as const, input: name })),
    ...(afterUntrusted === undefined
      ? []
      : [{ note: "after-untrusted" as const, ...(afterUntrusted.private === true && { private: true as const }) }]),
  ];
}

/** The text of the file. */
export async function playbookYaml(
  document: JsonObject,
  { name, runId, at }: { name: string; runId: string; at: number },
) {
  const { stringify } = await import("yaml");
  const head = [
    `Playbook ${name}: saved from the run ${runId} on ${new Date(at).toISOString().slice(0, 10)}.`,
    "Each run of it gives values for `inputs`. A default counts where a run gives none.",
    "`{name}` in the goal and in instructions stands for the value of that input.",
  ];
  const body = stringify(document, { lineWidth: 120, aliasDuplicateObjects: false });
  return `${head.map((line) => `# ${line}\n`).join("")}${body}`;
}
