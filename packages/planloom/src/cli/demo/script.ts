// The demo's scripted model. In: a chat request. Out: a model's reply, from the story of the goal. The testing kit's HTTP
// server serves it.
import type { Json } from "../../plan/json.js";
import type { ChatBody, FakeReply } from "../../testing/fake-reply.js";
import { anotherPlan, NOTE } from "./another-plan.js";
import { DEMO_MODELS } from "./models.js";
import { isRefund, refundAnswer, refundPlan } from "./refund-script.js";
import { goalIn, requestText } from "./request.js";
import { isResearch, RESEARCH_PLAN, researchReport, researchTurn } from "./research-script.js";

/** Waits in ms. They make parallel work visible. */
const THINKING = { planner: 600, executor: 350, synthesizer: 500 };

export function demoReply(body: ChatBody): FakeReply {
  switch (body.model) {
    case DEMO_MODELS.planner:
      return { json: planFor(body), delayMs: THINKING.planner };
    case DEMO_MODELS.executor:
      return { ...researchTurn(body), delayMs: THINKING.executor };
    default:
      return { text: answerFor(requestText(body)), delayMs: THINKING.synthesizer };
  }
}

function planFor(body: ChatBody): Json {
  const goal = goalIn(body);
  const another = anotherPlan(body);
  if (another !== undefined) return another;
  if (isRefund(goal)) return refundPlan(body, goal);
  return isResearch(goal) ? RESEARCH_PLAN : UNKNOWN_GOAL;
}

function answerFor(prompt: string): string {
  const answer = refundAnswer(prompt) ?? researchReport(prompt);
  return prompt.includes(NOTE) ? `${answer}\n\n${NOTE}` : answer;
}

/** A plan that says what the script knows. */
const UNKNOWN_GOAL: Json = {
  steps: [
    {
      id: "known",
      title: "List the goals that the demo knows",
      description: "The script of the demo has no plan for this goal.",
      tool: "demo_goals",
      with: {},
    },
  ],
  answer: {
    value:
      "The model of this demo is scripted, and this goal is not in its script. It knows: ${{ known }}. A model of your own plans any goal.",
  },
};
