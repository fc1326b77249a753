// Results of the tools of the MCP server, as zod schemas. In: nothing. Out: the schemas, from which clients get JSON
// Schema. A result may get more fields.
import { z } from "zod";

const text = (description?: string) => (description === undefined ? z.string() : z.string().meta({ description }));

const json = (description: string) => z.unknown().meta({ description });

const step = z.object({ id: text(), title: text(), status: text() });

const estimate = z
  .object({
    modelCalls: z.number(),
    toolCalls: z.number(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    costUsd: z.number().nullable().meta({ description: "US dollars. null: the price of a model is not known." }),
    criticalPathMs: z.number(),
    unknown: z.array(text()),
  })
  .meta({ description: "What the plan will take from here on." });

const plan = z.object({
  revision: z.number(),
  hash: text("What a person approves."),
  lead: text("What the plan does, and how often it acts, in words."),
  text: text("The whole plan in words, as a person reads it before a decision."),
  acts: z.array(z.object({ tool: text(), times: z.number().optional() })).meta({
    description: "Tools through which the plan acts. Without `times`: a list or a model decides how often.",
  }),
  estimate: estimate.optional(),
});

const decision = {
  link: text("The page on which a person decides.").optional(),
  command: text("What a person types to decide."),
};

const approval = z.object({
  of: z.enum(["plan", "call"]),
  hash: text("The hash of what waits. A decision names it."),
  reason: text("Why a person is asked."),
  text: text("All that the approval covers, in words."),
  tool: text().optional(),
  step: text().optional(),
  expiresAt: text("ISO 8601."),
  ...decision,
});

const question = z.object({
  step: text(),
  item: z.number().optional(),
  question: text(),
  type: text("The type of the answer.").optional(),
  data: json("What is shown beside the question.").optional(),
  tool: text("The tool that asks during its call.").optional(),
  expiresAt: text("ISO 8601.").optional(),
  ...decision,
});

const doubt = z.object({
  step: text(),
  item: z.number().optional(),
  tool: text(),
  text: text("What is not known about the call."),
  ...decision,
});

const waiting = z
  .object({
    approvals: z.array(approval),
    questions: z.array(question),
    doubts: z.array(doubt).meta({ description: "Calls whose outcome a person has to tell." }),
    subPlans: z
      .array(
        z.object({
          step: text(),
          item: z.number().optional(),
          runId: text("The run of the sub-plan. Other calls take it as they take any run."),
          status: text(),
          link: text("The page on which a person decides.").optional(),
        }),
      )
      .meta({ description: "Sub-plans that wait for a person." })
      .optional(),
  })
  .meta({ description: "What waits for a person. Absent: nothing." });

const failure = z.object({ code: text("For programs."), message: text("What happened, and to what.") });

const refusal = z
  .object({
    code: text("For programs."),
    message: text("What happened, and to what."),
    next: text("What to do next."),
    action: text("The next action, as a word.").optional(),
    retryAfterMs: z.number().optional(),
    findings: z.array(json("What is wrong with the plan, and what to write instead.")).optional(),
    faults: z.array(json("An argument that does not fit.")).optional(),
  })
  .meta({ description: "Only if the call was refused. Then nothing was done." });

const ok = z.boolean().meta({ description: "Whether the call was obeyed. If not, `error` says why." });

const next = text("What to do next.").optional();

export const RUN_RESULT = z.object({
  ok,
  error: refusal.optional(),
  runId: text("Names the run in other calls.").optional(),
  status: text(
    "completed, failed, cancelled: it has ended. awaiting-approval, needs-attention: it waits for a person. " +
      "planning, running, answering, compensating: it goes on. paused: a person holds it.",
  ).optional(),
  success: z.boolean().optional(),
  goal: text().optional(),
  stepsTotal: z.number().optional(),
  stepsCompleted: z.number().optional(),
  steps: z.array(step).meta({ description: "The first 100 steps." }).optional(),
  plan: plan.meta({ description: "The plan that waits for approval." }).optional(),
  waiting: waiting.optional(),
  answer: json(
    "The answer of a run that has completed. null: there is none, or the tool `answer` gives it.",
  ).optional(),
  failure: failure.meta({ description: "Why the run failed." }).optional(),
  next,
});

export const ANSWER_RESULT = z.object({
  ok,
  error: refusal.optional(),
  runId: text().optional(),
  status: text().optional(),
  answer: json("null if there is none.").optional(),
  partial: z.boolean().meta({ description: "The run failed, and this is what it could still say." }).optional(),
  next,
});

export const LIST_RESULT = z.object({
  ok,
  error: refusal.optional(),
  runs: z
    .array(
      z.object({
        runId: text(),
        goal: text(),
        status: text(),
        updatedAt: text("ISO 8601."),
      }),
    )
    .optional(),
  cursor: text("Where the next part begins. null: this is the end.").nullable().optional(),
});
