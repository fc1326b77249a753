// Plans without a run over HTTP: planning a goal, findings, an estimate. In: nothing. Out: routes. They start nothing
// and write nothing to the store.
import { z } from "zod";
import { soundAnswer } from "../../loom/answer-schema.js";
import { writePlan } from "../../plan/write.js";
import { planQuality } from "../../words/quality.js";
import { FIELD, onlyGiven } from "../api/parts.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";

const make = route({
  method: "post",
  path: "/v1/plans",
  id: "makePlan",
  summary: "Write a plan for a goal",
  description:
    "Asks the planner, and runs nothing. It takes as long as the planner's model does, and ends if the client leaves.",
  body: z.strictObject({
    goal: FIELD.text,
    inputs: FIELD.inputs.optional(),
    answerSchema: FIELD.answerSchema.optional(),
  }),
  example: { goal: "Compare the three offers" },
  answers: { 200: { description: "The plan with its hash, its findings and its estimate.", schema: "MadePlan" } },
  problems: [422, 502],
  handle: async (loom, { body: { goal, inputs: values, answerSchema: answer }, request }) => {
    const made = await loom.plan(goal, { signal: request.signal, ...onlyGiven({ inputs: values, answer }) });
    const { plan: checked, hash, findings, inputs: all, afterUntrusted, asking } = made;
    const facts = onlyGiven({ afterUntrusted, asking });
    const estimate = await loom.estimate(made);
    return jsonAnswer({ plan: writePlan(checked), hash, inputs: all, findings, estimate, ...facts });
  },
});

const check = route({
  method: "post",
  path: "/v1/plans/check",
  id: "checkPlan",
  summary: "Check a plan",
  description:
    "Checks a plan against the tools and the limits, then asks the tools whether the files, hosts and the like of " +
    "literal arguments exist. All findings come at once, with what to write instead.",
  right: "read",
  body: z.strictObject({
    plan: FIELD.plan,
    goal: FIELD.text.optional(),
    inputs: FIELD.inputs.optional(),
    answerSchema: FIELD.answerSchema.optional(),
  }),
  example: { plan: { goal: "Add", steps: [{ id: "sum", tool: "calculate", with: { expression: "1 + 1" } }] } },
  answers: { 200: { description: "Whether the plan can run, and its findings.", schema: "Check" } },
  handle: async (loom, { body: { plan: document, answerSchema: answer, ...rest }, request: { signal } }) => {
    const wanted = answer === undefined ? {} : { answer: soundAnswer(answer).json };
    const { notes, ...checked } = await loom.precheck(document, { ...onlyGiven(rest), ...wanted, signal });
    const { ok, findings } = checked;
    const quality = planQuality(findings, ok ? checked.plan : undefined);
    const sound = ok ? { plan: writePlan(checked.plan), hash: checked.hash, inputs: checked.inputs } : {};
    return jsonAnswer({ ok, findings, notes, quality, ...sound });
  },
});

const estimate = route({
  method: "post",
  path: "/v1/plans/estimate",
  id: "estimatePlan",
  summary: "Estimate a plan",
  description: "Estimates calls, tokens, money and time from the newest runs of the store.",
  right: "read",
  body: z.strictObject({ plan: FIELD.plan, inputs: FIELD.inputs.optional() }),
  example: { plan: { goal: "Add", steps: [{ id: "sum", tool: "calculate", with: { expression: "1 + 1" } }] } },
  answers: { 200: { description: "The estimate.", schema: "Estimate" } },
  problems: [422],
  handle: async (loom, { body: { plan: document, inputs: values } }) =>
    jsonAnswer(await loom.estimate(document, onlyGiven({ inputs: values }))),
});

export const PLAN_ROUTES = [make, check, estimate] as const;
