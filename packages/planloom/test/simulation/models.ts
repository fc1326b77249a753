// Models that play their script: an executor that works through the calls of its step, a synthesizer, a planner. In: requests.
// Out: replies, which depend on the request alone, or errors. Separate because every reply costs, and what is paid twice counts.
import type { PlannerFunction } from "../../src/agents/planner.js";
import { PlanloomError } from "../../src/error.js";
import type { Model, ModelReply, ModelRequest } from "../../src/model/port.js";
import { hashOf } from "../../src/plan/hash.js";
import { dice, type Dice } from "./dice.js";
import type { Ledger } from "./ledger.js";
import type { Scenario } from "./scenario.js";
import { never, type Owner, type Timeline } from "./timeline.js";

export interface Caller extends Owner {
  readonly name: string;
}

/** Where an effect is performed, and since when. */
export interface Stage {
  readonly runId: string;
  readonly step: string;
  readonly item: number | null;
  readonly attempt: number;
  readonly since: number;
}

export class Models {
  readonly #asked = new Map<string, number>();

  constructor(
    private readonly scenario: Scenario,
    private readonly time: Timeline,
    private readonly ledger: Ledger,
    private readonly troubled: boolean,
  ) {}

  executor(caller: Caller, stage: Stage): Model {
    return { name: "executor", call: (request) => this.#reply(caller, request, stage, () => this.#executed(request)) };
  }

  synthesizer(caller: Caller): Model {
    const stage = { runId: "", step: "#answer", item: null, attempt: 0, since: 0 };
    return {
      name: "synthesizer",
      call: (request) => this.#reply(caller, request, stage, () => reply(answerText(textIn(request)))),
    };
  }

  planner(caller: Caller): PlannerFunction {
    return async (request, context) => {
      const asked = { system: "", messages: [{ role: "user", text: request.goal }], signal: context.signal } as const;
      const stage = { runId: "", step: "#planner", item: null, attempt: 0, since: 0 };
      await this.#reply(caller, asked, stage, () => reply("a plan"));
      return this.scenario.plan;
    };
  }

  #reply(caller: Caller, request: ModelRequest, stage: Stage, make: () => ModelReply): Promise<ModelReply> {
    if (!caller.alive) return never();
    const turn = request.messages.filter(({ role }) => role === "assistant").length + 1;
    this.#checkPaid(stage, turn);
    const place = `${stage.step}/${stage.item ?? ""}/${turn}`;
    const nth = (this.#asked.get(place) ?? 0) + 1;
    this.#asked.set(place, nth);
    const chance = dice(this.scenario.seed, `model ${place} ${nth}`);
    const error = this.troubled && chance.chance(0.12) ? this.#errorOf(chance) : undefined;
    this.ledger.say(caller.name, `asks the model for ${place}`);
    return new Promise((resolve, reject) => {
      const how = () => (error === undefined ? resolve(make()) : reject(error));
      this.time.after(chance.chance(0.05) ? chance.int(2_000, 9_000) : chance.int(5, 400), how, caller);
      if (!chance.chance(0.8)) return;
      request.signal.addEventListener("abort", () => reject(request.signal.reason as Error), { once: true });
    });
  }

  /** A turn that was in the journal when the work began here must not be asked for again. */
  #checkPaid({ runId, step, item, attempt, since }: Stage, turn: number): void {
    const rowOf = (n: number) => this.ledger.rows.get(`${runId}/${step}/${item ?? ""}/${attempt}/turn ${n}`);
    if (runId !== "" && turn > 1 && rowOf(turn - 1)?.doneAt === undefined) {
      this.ledger.violate(`turn ${turn} of ${step} is asked for before the turn before it is durable`);
    }
    const known = rowOf(turn);
    if (known?.doneAt === undefined || known.doneAt > since) return;
    this.ledger.violate(`turn ${turn} of ${step}/${item ?? ""}, attempt ${attempt}, was asked for again`);
  }

  #errorOf(chance: Dice): Error {
    this.ledger.fault("model error", "model");
    const code = chance.pick(["PROVIDER_FAILED", "PROVIDER_TIMEOUT", "PROVIDER_REFUSED"]);
    return new PlanloomError(code, "the simulated provider failed", {
      kind: "provider",
      retryable: code !== "PROVIDER_REFUSED",
    });
  }

  #executed(request: ModelRequest): ModelReply {
    const text = textIn(request);
    const fill = /Fill (\w+) now/.exec(text);
    if (fill !== null) return reply(JSON.stringify({ x: `filled ${fill[1]}` }));
    const step = /Do (\w+) now/.exec(text)?.[1] ?? "";
    const calls = (this.scenario.scripts.get(step) ?? []).flat();
    const data = dataIn(text);
    const results = request.messages.flatMap((message) => (message.role === "tool" ? message.results : []));
    const done = new Set(results.filter(({ isError }) => isError !== true).map(({ id }) => Number(id.split(".")[0])));
    const turn = turnsOf(this.scenario.scripts.get(step) ?? []).find((numbers) => numbers.some((n) => !done.has(n)));
    if (turn === undefined) return reply(agentText(step, data));
    const toolCalls = turn
      .filter((n) => !done.has(n))
      .map((n) => ({ id: `${n}.${results.length}`, name: calls[n]!.tool, args: { x: `${calls[n]!.x} ${data}` } }));
    return { text: "", toolCalls, usage: USAGE, finish: "tool-calls" };
  }
}

/** The numbers of the calls of each turn. */
function turnsOf(script: readonly (readonly unknown[])[]): number[][] {
  let count = 0;
  return script.map((calls) => calls.map(() => count++));
}

/** What an agent step ends with when all its calls are made. */
export const agentText = (step: string, data: string): string => `did ${step}:${hashOf([step, data]).slice(0, 8)}`;

/** What the synthesizer makes of its outputs. */
const answerText = (text: string): string => `answer:${hashOf(text).slice(0, 8)}`;

/** Between the brackets that scenarios put around an agent's data. */
export const dataIn = (text: string): string => /\[\[(.*?)\]\]/.exec(text)?.[1] ?? "";

const USAGE = { calls: 1, inputTokens: 1, outputTokens: 1 };
const reply = (text: string): ModelReply => ({ text, toolCalls: [], usage: USAGE, finish: "stop" });

function textIn(request: ModelRequest): string {
  const [first] = request.messages;
  return first?.role === "user" ? first.text : "";
}
