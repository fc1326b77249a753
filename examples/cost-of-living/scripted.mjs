// @ts-check
// The scripted models of this example: no model runs here. In: nothing. Out: a server on 127.0.0.1 that speaks the
// OpenAI API. Separate because run.mjs and the tests use it. Planner: always gives plan.yaml. Executor: finds the
// percentages in the texts that it is sent, by pattern. Synthesizer: puts the outputs that it is sent into fixed
// sentences.
import { startFakeOpenAI } from "planloom/testing";
import { data, dataText, hasData } from "../shared/model-request.mjs";
import { readPlanFile } from "../shared/plan-file.mjs";

/** @typedef {import("planloom/testing").ChatBody} ChatBody */

export async function startScripted() {
  const { draft } = await readPlanFile(new URL("plan.yaml", import.meta.url));
  return startFakeOpenAI({
    models: ["scripted-planner", "scripted-executor", "scripted-synthesizer"],
    reply(body) {
      switch (body.model) {
        case "scripted-planner":
          return { text: JSON.stringify(draft) };
        case "scripted-executor":
          return { json: { sanFrancisco: percentIn(body, "sanFrancisco"), austin: percentIn(body, "austin") } };
        case "scripted-synthesizer":
          return { text: hasData(body, "advantage") ? comparison(body) : shortAnswer(body) };
        default:
          return { status: 404, text: `There is no model ${body.model}.` };
      }
    },
  });
}

/**
 * The three roles on a server.
 * @param {string} baseURL
 */
export function scriptedModels(baseURL) {
  /** @param {string} model */
  const role = (model) => ({ model, baseURL, apiKey: "none" });
  return {
    planner: role("scripted-planner"),
    executor: role("scripted-executor"),
    synthesizer: role("scripted-synthesizer"),
  };
}

/**
 * @param {ChatBody} body
 * @param {string} city
 */
function percentIn(body, city) {
  return Number(/(\d+)% above/.exec(dataText(body, `with.${city}`))?.[1]);
}

/** @param {number} amount */
const dollars = (amount) => `$${amount.toLocaleString("en-US")}`;

/** @param {ChatBody} body */
function comparison(body) {
  const [housing, rest, indexes, sanFrancisco, austin, advantage] = [
    "housing",
    "afterHousing",
    "indexes",
    "worthSanFrancisco",
    "worthAustin",
    "advantage",
  ].map((id) => data(body, id));
  return (
    `Housing takes ${dollars(housing)} and leaves ${dollars(rest)} a year in either city. With prices ` +
    `${indexes.sanFrancisco}% above the US average in San Francisco and ${indexes.austin}% above it in Austin, that buys as ` +
    `much as ${dollars(sanFrancisco)} and ${dollars(austin)} do elsewhere. Austin is ahead by ${dollars(advantage)}.`
  );
}

/** @param {ChatBody} body */
function shortAnswer(body) {
  return `Housing costs ${dollars(data(body, "s3"))} a year, which leaves ${dollars(data(body, "s4"))} in each city.`;
}
