// Defines a plan. One zod schema gives the document, the TypeScript types and the published JSON Schema.
// In: a document as data. Out: a Draft (as written), and a Plan (with defaults).
import { z } from "zod";
import { FORBIDDEN_KEYS, type Json } from "./json.js";
import { DURATION_PATTERN, durationMs, LONGEST_MS } from "./duration.js";

/** Names of steps and of `as`: a letter a-z, then up to 63 letters, digits or underscores. */
export const ID_PATTERN = /^[a-z][A-Za-z0-9_]{0,63}$/;

const id = z.string().regex(ID_PATTERN).describe("A name: a letter a-z, then letters, digits or _, at most 64.");
const text = z.string().min(1);
const json: z.ZodType<Json> = z.json();
const safeRecord = z
  .record(z.string(), json)
  .refine((value) => !Object.keys(value).some((key) => FORBIDDEN_KEYS.has(key)), "a forbidden key");
const msOf = (value: string): number => (DURATION_PATTERN.test(value) ? durationMs(value) : 1);
const length = z
  .string()
  .regex(DURATION_PATTERN)
  .refine((value) => msOf(value) <= LONGEST_MS);
const duration = length.describe("A length of time: 250ms, 1s, 5m, 24h, 2d.");
const timeLimit = length.refine((value) => msOf(value) >= 1).describe("A length of time: 250ms, 1s, 5m, 24h, 2d.");
const expression = z.string().min(1).describe("An expression in ${{ }}.");
const typeText = z
  .union([text, safeRecord])
  .describe(
    'A type: "string", "number", "boolean", "{ name: string, revenueUsd: number | null }[]", or a JSON Schema.',
  );

const repeat = z
  .strictObject({
    until: expression.describe(
      "An expression in ${{ }} over `output`, `round` and `previous`: true after the last round.",
    ),
    most: z.int().min(2).max(50).describe("The most rounds."),
    otherwise: z
      .enum(["fail", "last"])
      .optional()
      .describe("After the most rounds without `until`: the step fails (the default), or the last output counts."),
  })
  .describe("The step runs again, with `previous` and `round` in `with`, until its output is good enough.");

const common = {
  id,
  title: text.optional().describe("A few words for people."),
  description: text.optional().describe("What to do and why, for the executor and for people."),
  dependsOn: z
    .array(id)
    .optional()
    .describe("Steps that must end first. References already imply this; agent steps also receive these outputs."),
  when: expression.optional().describe("The step is skipped where this is false."),
  forEach: expression.optional().describe("A list; the step runs once for each of its items."),
  as: id.optional().describe("The name of the item inside forEach; default item."),
  maxParallel: z.int().min(1).optional().describe("Items of forEach that may run at once."),
  repeat: repeat.optional(),
  output: typeText.optional(),
  optional: z.boolean().optional().describe("The run goes on without this step if it fails."),
  retry: z
    .strictObject({
      attempts: z.int().min(1).max(20).optional().describe("The first attempt included; default 4."),
      delay: duration.optional().describe("Before the second attempt; default 1s."),
      backoff: z.number().min(1).max(10).optional().describe("Factor from one delay to the next; default 2."),
    })
    .optional(),
  timeout: timeLimit.optional().describe("For one attempt."),
  onFailure: z.enum(["fail", "skip", "patch", "replan", "compensate"]).optional(),
  expect: text
    .optional()
    .describe(
      "Must be true of `output`, or the step has failed: an expression in ${{ }}; or, where none can tell, prose, by which a model judges the output.",
    ),
  evidence: z
    .array(text)
    .optional()
    .describe("What the result has to carry, so that it can be checked: a source, a number, the name of a file."),
  approval: z.literal("required").optional(),
  model: text.optional().describe("A model for this step instead of the executor's."),
  executor: text.optional().describe("The name of an executor for this step."),
};

export const toolStepSchema = z.strictObject({
  ...common,
  tool: text.describe("The tool to call directly."),
  with: safeRecord.optional().describe("Its arguments; ${{ step.field }} refers to an earlier output."),
  fill: text.optional().describe("An instruction from which a model writes the arguments that `with` leaves out."),
});
export const agentStepSchema = z.strictObject({
  ...common,
  agent: text.describe("An instruction for a model that may use tools."),
  tools: z
    .union([z.literal("all"), z.array(text)])
    .optional()
    .describe("The tools it may use; absent = none."),
  turns: z.int().min(1).optional().describe("Replies of the model at most; the last one is the result."),
  with: safeRecord.optional().describe("The data it is given."),
});
export const askStepSchema = z.strictObject({
  ...common,
  ask: text.describe("A question to a person; `output` is the type of the answer."),
  with: safeRecord.optional().describe("Data shown with the question."),
});

const share = z.number().min(0);
export const planStepSchema = z.strictObject({
  ...common,
  plan: text.describe(
    "A goal of its own. A plan for it is written when the step is reached, and run as a run of its own.",
  ),
  tools: z
    .union([z.literal("all"), z.array(text)])
    .optional()
    .describe("The tools that plan may use; default all."),
  with: safeRecord.optional().describe("The inputs of that plan."),
  budget: z
    .strictObject({
      modelCalls: share.optional(),
      tokens: share.optional(),
      costUsd: share.optional(),
    })
    .optional()
    .describe("Its part of the budget of the run; default: half of what is left."),
});

export const stepSchema = z.union([toolStepSchema, agentStepSchema, askStepSchema, planStepSchema]);

const answerType = typeText.optional().describe("The type that the answer must have, written as a step's output.");
const answerCritique = z
  .int()
  .min(0)
  .max(5)
  .optional()
  .describe("How often an answer that its critic finds wanting is written again. 0: no critic.");
const onAnswerFailure = z
  .enum(["partial", "none"])
  .optional()
  .describe("partial: a run that fails still answers from what is done, and the answer says what is missing.");

export const planSchema = z
  .strictObject({
    planloom: z.literal(1).optional().describe("The version of this format."),
    goal: text.optional().describe("What the user asked for."),
    inputs: z
      .record(
        id,
        z.strictObject({
          type: typeText.optional(),
          description: text.optional(),
          default: json.optional(),
        }),
      )
      .optional()
      .describe("The run's data, referred to as inputs.name."),
    steps: z.array(stepSchema).min(1),
    answer: z
      .union([
        z.strictObject({
          from: z
            .array(id)
            .optional()
            .describe("The steps whose outputs the answer is written from; absent = all that have finished."),
          instructions: text.optional(),
          critique: answerCritique,
          type: answerType,
          onFailure: onAnswerFailure,
        }),
        z.strictObject({
          value: json.describe("The answer itself, with references; no model."),
          critique: answerCritique,
          type: answerType,
          onFailure: onAnswerFailure,
        }),
      ])
      .optional(),
  })
  .meta({ id: "urn:planloom:plan:1", title: "Planloom plan" });

export type Draft = z.infer<typeof planSchema>;
export type DraftStep = z.infer<typeof stepSchema>;

export interface Retry {
  readonly attempts: number;
  readonly delayMs: number;
  readonly backoff: number;
}
export type OnFailure = "fail" | "skip" | "patch" | "replan" | "compensate";

/** A step that runs in rounds until `until` is true of its output, at most `most` times. */
export type Repeat = {
  readonly until: string;
  readonly most: number;
  /** After `most` rounds without `until`: the step fails, or the last round's output is its output. */
  readonly otherwise: "fail" | "last";
};

interface StepCommon {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly dependsOn: readonly string[];
  readonly when?: string;
  readonly forEach?: string;
  readonly as?: string;
  readonly maxParallel?: number;
  readonly repeat?: Repeat;
  readonly output?: string | { readonly [key: string]: Json };
  readonly optional: boolean;
  readonly retry: Retry;
  readonly timeoutMs?: number;
  /** Absent: the setting of the run applies. */
  readonly onFailure?: OnFailure;
  readonly expect?: string;
  /** Checked after the step, and shown. It decides nothing. */
  readonly evidence?: readonly string[];
  readonly approval?: "required";
  readonly model?: string;
  readonly executor?: string;
  readonly with: { readonly [key: string]: Json };
}
export interface ToolStep extends StepCommon {
  readonly kind: "tool";
  readonly tool: string;
  readonly fill?: string;
}
export interface AgentStep extends StepCommon {
  readonly kind: "agent";
  readonly agent: string;
  readonly tools: "all" | readonly string[];
  /** Model replies at most; the last one is the result. Absent: the setting of the run applies. */
  readonly turns?: number;
}
export interface AskStep extends StepCommon {
  readonly kind: "ask";
  readonly ask: string;
}
/** The part of a run's budget that a step may use. */
export type BudgetShare = {
  readonly modelCalls?: number;
  readonly tokens?: number;
  readonly costUsd?: number;
};
/** A sub-goal, which is planned when the step is reached. */
export interface PlanStep extends StepCommon {
  readonly kind: "plan";
  readonly plan: string;
  readonly tools: "all" | readonly string[];
  readonly budget?: BudgetShare;
}
export type Step = ToolStep | AgentStep | AskStep | PlanStep;

export interface InputSpec {
  readonly type?: string | { readonly [key: string]: Json };
  readonly description?: string;
  readonly default?: Json;
}
/** What a run that fails still gives: an answer from what is done, or none. */
export type AnswerOnFailure = "partial" | "none";

/** The text of a type, or a JSON Schema. */
type AnswerType = string | { readonly [key: string]: Json };

/** `type`: the answer must have it. `onFailure`: absent, the setting of the run applies. */
export type Answer =
  | {
      readonly kind: "from";
      /** Without `all`, the steps that the plan names; with it, the steps that no other step waits for. */
      readonly from: readonly string[];
      /** The plan names no steps: the answer is written from all outputs. */
      readonly all?: true;
      readonly instructions?: string;
      /** How often the answer may be written again after its critic. Absent: the setting of the run applies. */
      readonly critique?: number;
      readonly type?: AnswerType;
      readonly onFailure?: AnswerOnFailure;
    }
  | {
      readonly kind: "value";
      readonly value: Json;
      readonly type?: AnswerType;
      readonly onFailure?: AnswerOnFailure;
    };

/** A draft with every default written out, for the kernel. */
export interface Plan {
  readonly goal: string;
  readonly inputs: { readonly [name: string]: InputSpec };
  readonly steps: readonly Step[];
  readonly answer: Answer;
}
