// @ts-check
// The scripted model of this example: no model runs here. In: nothing. Out: a server on 127.0.0.1 that speaks the OpenAI
// API. Its first text is too long, its second says nothing of the warranty. It finds out in which round it is from the
// data that it is sent.
import { startFakeOpenAI } from "planloom/testing";
import { data, dataText } from "../shared/model-request.mjs";

export const startScripted = () =>
  startFakeOpenAI({ models: ["scripted-executor"], reply: (body) => ({ text: textFor(body) }) });

/** @param {string} baseURL */
export const scriptedModels = (baseURL) => ({
  executor: { model: "scripted-executor", baseURL, apiKey: "none" },
});

/** @param {import("planloom/testing").ChatBody} body */
function textFor(body) {
  const product = dataText(body, "with.product");
  const [hours] = /\d+ hours/.exec(product) ?? [];
  const [months] = /\d+ months/.exec(product) ?? [];
  if (data(body, "with.round") === 1)
    return `This is the lamp for all who work late: ${product} It makes every desk bright.`;
  const previous = dataText(body, "with.previous");
  return previous.includes("bright")
    ? `A desk lamp that lasts ${hours}.`
    : `${previous.slice(0, -1)}, with ${months} of warranty.`;
}
