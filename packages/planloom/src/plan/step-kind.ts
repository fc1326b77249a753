// One table of the kinds of steps: the facts by which they differ. In: a step. Out: those facts, one function each.
// Other files use these functions and never test the kind. Pricing follows from the facts too (estimate/step.ts).
// Tables by kind in perform/step-effects.ts and cli/render/plan.ts say how a step is performed and shown.
import type { z } from "zod";
import {
  agentStepSchema,
  askStepSchema,
  planStepSchema,
  toolStepSchema,
  type AgentStep,
  type AskStep,
  type DraftStep,
  type PlanStep,
  type Step,
  type ToolStep,
} from "./plan.js";
import type { ToolSpec } from "./tool-spec.js";

export type StepKind = Step["kind"];

interface Kind<S extends Step> {
  /** The form of such a step in a document. The field that is named like the kind holds the task. */
  readonly schema: z.ZodType<DraftStep> & { readonly shape: { readonly [field: string]: z.ZodType } };
  /** Defaults of the fields that only this kind has. */
  readonly defaults: { readonly [field: string]: unknown };
  /** The fields that only this kind has. */
  fields(step: S): { readonly [field: string]: unknown };
  /** The field with text for a model or a person. */
  readonly words: "fill" | "agent" | "ask" | "plan";
  /** The name of the tool that is called without a model. */
  directTool(step: S): string | undefined;
  /** The names of the tools that it may call. all: the inventory without the tools that need approval. */
  toolNames(step: S): readonly string[] | "all";
  /**
   * What models do: nothing; the executor writes the arguments that `with` leaves out, or everything, with its tool
   * calls; or a run of its own does it, with its own planner.
   */
  modelPart(step: S): "none" | "arguments" | "all" | "run";
  /** A person gives the output. */
  readonly asksPerson: boolean;
  /** The type of the output if the step declares none. */
  readonly output: "as the tool declares" | "text";
}

const KINDS: {
  readonly tool: Kind<ToolStep>;
  readonly agent: Kind<AgentStep>;
  readonly ask: Kind<AskStep>;
  readonly plan: Kind<PlanStep>;
} = {
  tool: {
    schema: toolStepSchema,
    defaults: {},
    fields: ({ tool, fill }) => (fill === undefined ? { tool } : { tool, fill }),
    words: "fill",
    directTool: ({ tool }) => tool,
    toolNames: ({ tool }) => [tool],
    modelPart: ({ fill }) => (fill === undefined ? "none" : "arguments"),
    asksPerson: false,
    output: "as the tool declares",
  },
  agent: {
    schema: agentStepSchema,
    defaults: { tools: [] },
    fields: ({ agent, tools, turns }) => ({ agent, tools, ...(turns !== undefined && { turns }) }),
    words: "agent",
    directTool: () => undefined,
    toolNames: ({ tools }) => tools,
    modelPart: () => "all",
    asksPerson: false,
    output: "text",
  },
  ask: {
    schema: askStepSchema,
    defaults: {},
    fields: ({ ask }) => ({ ask }),
    words: "ask",
    directTool: () => undefined,
    toolNames: () => [],
    modelPart: () => "none",
    asksPerson: true,
    output: "text",
  },
  plan: {
    schema: planStepSchema,
    defaults: { tools: "all" },
    fields: ({ plan, tools, budget }) => (budget === undefined ? { plan, tools } : { plan, tools, budget }),
    words: "plan",
    directTool: () => undefined,
    toolNames: ({ tools }) => tools,
    modelPart: () => "run",
    asksPerson: false,
    output: "text",
  },
};

export const STEP_KINDS = Object.keys(KINDS) as readonly StepKind[];

const kindOf = (step: Step): Kind<Step> => KINDS[step.kind];

export const schemaOf = (kind: StepKind): Kind<Step>["schema"] => KINDS[kind].schema;

export const defaultsOf = (kind: StepKind): Kind<Step>["defaults"] => KINDS[kind].defaults;

/** The value of the field named like the kind: a tool, an instruction or a question. */
export const deedOf = (step: Step): string => kindOf(step).fields(step)[step.kind] as string;

export const ownFields = (step: Step): { readonly [field: string]: unknown } => kindOf(step).fields(step);

/**
 * All that the model of a step reads of it, and which model it is. It decides what the step does: an approval of the
 * step covers exactly this. Only the own fields if no model performs the step.
 */
export function toldBy(step: Step): { readonly [field: string]: unknown } {
  if (!takesContext(step)) return ownFields(step);
  const { description, dependsOn, output, evidence, model, executor } = step;
  const given = dependsOn.length === 0 ? {} : { dependsOn };
  const told = { description, ...ownFields(step), ...given, output, evidence, expect: proseOf(step), model, executor };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

/** The `expect` of a step that a model judges by. Its own model is told of it. */
export const proseOf = ({ expect }: Pick<Step, "expect">): string | undefined =>
  expect !== undefined && !expect.includes("${{") ? expect : undefined;

/** Text for a model or a person, with the field that holds it. */
export function wordsOf(step: Step): { readonly field: string; readonly text: string | undefined } {
  const kind = kindOf(step);
  return { field: kind.words, text: kind.fields(step)[kind.words] as string | undefined };
}

/** The name of the tool that a step calls without a model; undefined if there is none. */
export const directTool = (step: Step): string | undefined => kindOf(step).directTool(step);

/** The definition of this tool, from a map by name. */
export function directToolIn<T>(tools: ReadonlyMap<string, T> | undefined, step: Step): T | undefined {
  const name = directTool(step);
  return name === undefined ? undefined : tools?.get(name);
}

/** The name of a step's call: that of its tool, or else its kind. Keys of calls contain it. */
export const callName = (step: Step): string => directTool(step) ?? step.kind;

/** Names of the tools that a step may call. all: the inventory without the tools that need approval. */
export const toolNames = (step: Step): readonly string[] | "all" => kindOf(step).toolNames(step);

export function hasTools(step: Step): boolean {
  const names = toolNames(step);
  return names === "all" || names.length > 0;
}

/** Whether a step may call the tool of this name, directly or through its model. */
export function usesTool(step: Step, name: string): boolean {
  const names = toolNames(step);
  return names === "all" || names.includes(name);
}

/** `all` leaves out tools whose calls wait for a person. A step that is to have such a tool names it. */
export const leavesOut = (step: Step, { approval }: Pick<ToolSpec, "approval">): boolean =>
  approval !== undefined && toolNames(step) === "all";

/** Whether a step is given this tool. */
export const givesTool = (step: Step, tool: Pick<ToolSpec, "name" | "approval">): boolean =>
  usesTool(step, tool.name) && !leavesOut(step, tool);

/** Whether a step may act in the world through this tool. */
export const mayActThrough = (step: Step, { name, effects }: ToolSpec): boolean =>
  effects !== "none" && usesTool(step, name);

/** Whether the step's call is a conversation of a model, which may call tools and has a journal. */
export const isConversation = (step: Step): boolean => kindOf(step).modelPart(step) === "all";

/** Whether the step is a run of its own. */
export const isSubPlan = (step: Step): boolean => kindOf(step).modelPart(step) === "run";

/** Whether a model writes the arguments that `with` leaves out. */
export const isFilled = (step: Step): boolean => kindOf(step).modelPart(step) === "arguments";

/**
 * Whether a model receives the whole outputs of the steps in `dependsOn`. For other steps `dependsOn` is order only.
 */
export const takesContext = (step: Step): boolean => kindOf(step).modelPart(step) !== "none";

/** The steps whose whole outputs the model of a step gets. Empty if no model performs the step. */
export const handedTo = (step: Step): readonly string[] => (takesContext(step) ? step.dependsOn : []);

/** The step as a sub-plan; undefined for another kind. */
export const subPlanOf = (step: Step): PlanStep | undefined => (step.kind === "plan" ? step : undefined);

export const asksPerson = (step: Step): boolean => kindOf(step).asksPerson;

/** Whether an undeclared output is text. Otherwise it has the type that its tool declares. */
export const givesText = (step: Step): boolean => kindOf(step).output === "text";
