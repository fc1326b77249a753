// Finds which request forms a server accepts, by trying each. In: a model. Out: the result of one small request at
// every rung. Only `planloom models test` uses it.
import { beginning } from "../beginning.js";
import { systemClock } from "../clock.js";
import { PlanloomError } from "../words/planloom-error.js";
import { isObject, type Json } from "../plan/json.js";
import type { Usage } from "../plan/usage.js";
import type { LadderModel } from "./ai-sdk-model.js";
import { RUNGS, type Rung } from "./ladder.js";
import type { ModelReply } from "./port.js";
import { replyInTime } from "./timed-model.js";

/**
 * ignored: the server accepts the request, but its reply is not JSON of the schema. refused: the server does not accept
 * it.
 */
export interface RungTrial {
  readonly rung: Rung;
  readonly end: "works" | "ignored" | "refused";
  /** The server's text, if the rung does not work. */
  readonly problem?: string;
  readonly usage?: Usage;
  readonly ms: number;
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
 * Throws a PlanloomError of kind "provider" if the server cannot be reached or rejects the key: the other rungs would
 * fail alike.
 */
export async function tryRungs(model: LadderModel, signal: AbortSignal): Promise<readonly RungTrial[]> {
  const trials: RungTrial[] = [];
  for (const rung of RUNGS) trials.push(await tryRung(model, rung, signal));
  const best = trials.find(({ end }) => end === "works");
  if (best !== undefined) model.settle(best.rung);
  return trials;
}

async function tryRung(model: LadderModel, rung: Rung, signal: AbortSignal): Promise<RungTrial> {
  const begun = performance.now();
  const took = () => Math.round(performance.now() - begun);
  try {
    const reply = await replyInTime({ ...QUESTION, signal }, (request) => model.at(rung, request), model, systemClock);
    const { usage } = reply;
    if (answers(reply, rung)) return { rung, end: "works", usage, ms: took() };
    return {
      rung,
      end: "ignored",
      problem: `it replied ${JSON.stringify(beginning(reply.text, 60))}`,
      usage,
      ms: took(),
    };
  } catch (thrown) {
    const isOfRung = thrown instanceof PlanloomError && OF_RUNG.includes(thrown.code);
    if (!isOfRung) throw thrown;
    return { rung, end: "refused", problem: thrown.message, ms: took() };
  }
}

/** A server that fails at one form may accept another. */
const OF_RUNG = ["PROVIDER_REFUSED", "PROVIDER_FAILED"];

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
