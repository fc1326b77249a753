// Plays all pairs, some at a time. In: which pairs, and how. Out: their outcomes, in a fixed order.
import { startFakeOpenAI } from "../../packages/planloom/dist/testing/index.js";
import { ARCHITECTURES } from "./architectures.mjs";
import { GOALS } from "./goals.mjs";
import { replyOf } from "./model.mjs";
import { playPair } from "./pair.mjs";
import { carefulPerson } from "./person.mjs";
import { startAttacker } from "./world.mjs";

/**
 * All pairs of goals and architectures, in a fixed order: of the first `goals` goals, or of those with these `ids`.
 * @param {{ only?: string, goals?: number, ids?: readonly string[] }} which
 */
function pairsOf({ only, goals = GOALS.length, ids }) {
  const wanted = ARCHITECTURES.filter(({ name }) => only === undefined || name.toLowerCase().includes(only));
  return wanted.flatMap((architecture) =>
    GOALS.slice(0, goals).flatMap((goal, index) =>
      ids?.includes(goal.id) === false || architecture.only?.(goal.call) === false
        ? []
        : [{ id: `${architecture.name}/${goal.id}`, goal, architecture, index }],
    ),
  );
}

/** The model's server. `open` gives a script for a name of a model, and the record of the orders it obeyed. */
async function startModel() {
  const scripts = new Map();
  const server = await startFakeOpenAI({
    reply(body) {
      const { script, obeyed } = scripts.get(body.model);
      return replyOf(script, body, obeyed);
    },
  });
  return {
    url: server.url,
    requests: () => server.requests.length,
    close: server.close,
    open(name, script) {
      const obeyed = [];
      scripts.set(name, { script, obeyed });
      return obeyed;
    },
  };
}

/**
 * @param {{ only?: string, goals?: number, ids?: readonly string[], settings?: object, person?: Function,
 *   atOnce?: number }} [how]
 * @returns {Promise<{ outcomes: import("./pair.mjs").Outcome[], requests: number }>}
 */
export async function playPairs({ settings, person = carefulPerson, atOnce = 8, ...which } = {}) {
  const [model, attacker] = [await startModel(), await startAttacker()];
  const waiting = pairsOf(which).map((pair, at) => ({ pair, at }));
  const outcomes = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { pair, at } = next;
      try {
        outcomes[at] = await playPair(pair, { settings, person, model, attacker });
      } catch (error) {
        throw new Error(`pair ${pair.id}: ${error instanceof Error ? error.stack : error}`, { cause: error });
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
    return { outcomes, requests: model.requests() };
  } finally {
    await Promise.all([model.close(), attacker.close()]);
  }
}
