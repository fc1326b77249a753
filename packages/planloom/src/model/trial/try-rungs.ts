// Finds which request forms a server accepts, by trying each. In: a model. Out: the result of one small request at
// every rung. Used by `planloom models test`.
import { isObject, type Json } from "../../plan/json.js";
import type { LadderModel } from "../ai-sdk-model.js";
import { RUNGS, type Rung } from "../request/ladder.js";
import type { ModelReply } from "../port.js";
import { repliedText, trialOf, type Trial } from "./trial.js";

/** ignored: its reply is not JSON of the schema. */
export interface RungTrial extends Trial {
  readonly rung: Rung;
}

const QUESTION = {
  system: "You answer questions in one word.",
  messages: [{ role: "user", text: "What colour is the sky on a clear day?" }],
  output: {
    name: "colour",
    schema: {
      type: "object",
      properties: { colour: { type: "string" } },
      required: ["colour"],
      additionalProperties: false,
    },
  },
} as const;

/**
 * Sends one request after the other, from the strictest rung down. Later requests begin at the highest rung that works.
 * Throws a PlanloomError of kind "provider" if the other rungs would fail alike: see `trialOf`.
 */
export async function tryRungs(model: LadderModel, signal: AbortSignal): Promise<readonly RungTrial[]> {
  const trials: RungTrial[] = [];
  for (const rung of RUNGS) trials.push(await tryRung(model, rung, signal));
  const best = trials.find(({ end }) => end === "works");
  if (best !== undefined) model.settle({ rung: best.rung });
  return trials;
}

async function tryRung(model: LadderModel, rung: Rung, signal: AbortSignal): Promise<RungTrial> {
  const trial = await trialOf(model, async (ask) => {
    const reply = await ask({ ...QUESTION, signal }, (request) => model.at({ rung }, request));
    return answers(reply, rung) ? undefined : repliedText(reply);
  });
  return { rung, ...trial };
}

/**
 * The whole reply must be JSON if the server enforces it. A model that is only instructed may write text around the
 * JSON.
 */
function answers({ text }: ModelReply, rung: Rung): boolean {
  const told = rung === "text" || rung === "json_object";
  try {
    const value = JSON.parse(told ? text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1) : text) as Json;
    return isObject(value) && typeof value["colour"] === "string";
  } catch {
    return false;
  }
}
