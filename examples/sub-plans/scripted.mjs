// @ts-check
// The scripted planner of this example: no model runs here. In: nothing. Out: a server on 127.0.0.1 that speaks the
// OpenAI API. It plans a sub-goal when its step is reached, from the type of the fault that it is told: a fault with a
// part needs three steps, one without a part needs one.
import { startFakeOpenAI } from "planloom/testing";
import { firstMessage } from "../shared/model-request.mjs";

export const startScripted = () =>
  startFakeOpenAI({
    models: ["scripted-planner"],
    reply: (body) => ({ text: JSON.stringify(/part: string/.test(firstMessage(body)) ? WITH_PART : WITHOUT_PART) }),
  });

/** @param {string} baseURL */
export const scriptedModels = (baseURL) => ({
  planner: { model: "scripted-planner", baseURL, apiKey: "none" },
});

const WITH_PART = {
  steps: [
    { id: "part", tool: "find_part", with: { part: "${{ inputs.fault.part }}" } },
    { id: "order", tool: "order_part", with: { number: "${{ part.number }}" } },
    { id: "visit", tool: "book_visit", with: { lift: "${{ inputs.fault.lift }}", from: "${{ order.arrives }}" } },
  ],
  answer: {
    value: { lift: "${{ inputs.fault.lift }}", done: "part ${{ part.number }} is put in on ${{ visit.day }}" },
  },
};

const WITHOUT_PART = {
  steps: [
    {
      ...{ id: "visit", tool: "book_visit" },
      with: { lift: "${{ inputs.fault.lift }}", about: "${{ inputs.fault.noise }}" },
    },
  ],
  answer: { value: { lift: "${{ inputs.fault.lift }}", done: "looked at on ${{ visit.day }}" } },
};
