// Scripted models: an executor that makes the calls of its step, a synthesizer, a planner. In: requests. Out: replies
// that depend only on the request, or errors. They count what is paid twice, and what is paid beyond the budget.
import type { PlannerFunction } from "../../src/agents/planner/planner.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import type { Model, ModelReply, ModelRequest } from "../../src/model/port.js";
import { modelCallOf } from "../../src/agents/model-call.js";
import { hashOf } from "../../src/plan/hash.js";
import type { Usage } from "../../src/plan/usage.js";
import { isWrong, rightReply, wrongReply } from "./answer.js";
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

/** What a run has really been sent, and what its provider counts. */
interface Bill {
  calls: number;
  tokens: number;
}

/** Tokens of one reply at most. */
const REPLY_TOKENS = 40;

export class Models {
  readonly #asked = new Map<string, number>();
  readonly #bills = new Map<string, Bill>();

  constructor(
    private readonly scenario: Scenario,
    private readonly time: Timeline,
    private readonly ledger: Ledger,
    private readonly troubled: boolean,
  ) {}

  executor(caller: Caller, stage: Stage): Model {
    return this.#model("executor", caller, stage, (request) => this.#executed(request));
  }

  synthesizer(caller: Caller, stage: Stage): Model {
    return this.#model("synthesizer", caller, stage, (request) => reply(this.#written(request, stage)));
  }

  /** A partial answer has no type. */
  #written(request: ModelRequest, { runId }: Stage): string {
    const { typed, seed } = this.scenario;
    const text = answerText(textIn(request));
    if (typed === undefined || request.output === undefined) return text;
    const turn = turnIn(request);
    const retried = this.ledger.known.get(runId)?.log.some(({ type }) => type === "run.reopened") === true;
    if (!isWrong(typed, turn, retried)) return rightReply(text);
    this.ledger.fault("answer of another type", "model");
    return wrongReply(dice(seed, `wrong answer ${turn} ${text}`));
  }

  /** Its words are made elsewhere. */
  plannerModel(caller: Caller, stage: Stage, write: (request: ModelRequest) => string): Model {
    return this.#model("planner", caller, stage, (request) => reply(write(request)));
  }

  #model(name: string, caller: Caller, stage: Stage, make: (request: ModelRequest) => ModelReply): Model {
    const model: Model = {
      name,
      maxOutputTokens: REPLY_TOKENS,
      call: (request) => this.#reply(caller, request, stage, () => make(request), model),
    };
    return model;
  }

  planner(caller: Caller): PlannerFunction {
    return async (request, context) => {
      const asked = { system: "", messages: [{ role: "user", text: request.goal }], signal: context.signal } as const;
      const stage = { runId: "", step: PLANNER, item: null, attempt: 0, since: 0 };
      await this.#reply(caller, asked, stage, () => reply("a plan"));
      return this.scenario.plan;
    };
  }

  #reply(
    caller: Caller,
    request: ModelRequest,
    stage: Stage,
    make: () => ModelReply,
    model?: Model,
  ): Promise<ModelReply> {
    if (!caller.alive) return never();
    // Each round of the planner is an effect of its own.
    const turn = stage.step === PLANNER ? 1 : turnIn(request);
    this.#checkPaid(stage, turn);
    const place = `${stage.step}/${stage.item ?? ""}/${turn}`;
    const nth = (this.#asked.get(place) ?? 0) + 1;
    this.#asked.set(place, nth);
    const chance = dice(this.scenario.seed, `model ${place} ${nth}`);
    const error = this.troubled && chance.chance(0.12) ? this.#errorOf(chance) : undefined;
    this.ledger.say(caller.name, `asks the model for ${place}`);
    const usage = model === undefined ? USAGE : this.#billed(request, model, stage, chance, error);
    return new Promise((resolve, reject) => {
      const how = () => (error === undefined ? resolve({ ...make(), usage }) : reject(error));
      this.time.after(chance.chance(0.05) ? chance.int(2_000, 9_000) : chance.int(5, 400), how, caller);
      if (!chance.chance(0.8)) return;
      request.signal.addEventListener("abort", () => reject(request.signal.reason as Error), { once: true });
    });
  }

  /** What a limited run pays for a request, whatever becomes of the reply. What was refused has no tokens. */
  #billed(
    request: ModelRequest,
    model: Model,
    { runId }: Stage,
    chance: Dice,
    error: PlanloomError | undefined,
  ): Usage {
    const { modelCalls = null, tokens = null } = this.ledger.runOf(runId)?.request.settings.budget ?? {};
    if (modelCalls === null && tokens === null) return USAGE;
    const { inputTokens } = modelCallOf(request, model);
    const usage = { calls: 1, inputTokens, outputTokens: chance.int(1, REPLY_TOKENS) };
    const bill = this.#bills.get(runId) ?? { calls: 0, tokens: 0 };
    this.#bills.set(runId, bill);
    bill.calls++;
    if (error?.code !== "PROVIDER_REFUSED") bill.tokens += usage.inputTokens + usage.outputTokens;
    if (bill.calls > (modelCalls ?? Infinity))
      this.ledger.violate(`${bill.calls} model calls; ${modelCalls} may be sent`);
    if (bill.tokens > (tokens ?? Infinity)) this.ledger.violate(`${bill.tokens} tokens; ${tokens} may be used`);
    return usage;
  }

  /** A turn that was in the journal when the work began here must not be asked for again. */
  #checkPaid({ runId, step, item, attempt, since }: Stage, turn: number): void {
    const rowOf = (n: number) => this.ledger.rows.get(`${runId}/${step}/${item ?? ""}/${attempt}/${rowName(step, n)}`);
    if (runId !== "" && turn > 1 && rowOf(turn - 1)?.doneAt === undefined) {
      this.ledger.violate(`turn ${turn} of ${step} is asked for before the turn before it is durable`);
    }
    if (step === "#answer" && turn > 2) this.ledger.violate("an answer is corrected more than once");
    if (turn === 1 && this.ledger.hasActed(runId, { step, item }, attempt))
      this.ledger.violate(`${step}/${item ?? ""} starts from the beginning, although it has acted`);
    const known = rowOf(turn);
    if (known?.doneAt === undefined || known.doneAt > since) return;
    this.ledger.violate(`turn ${turn} of ${step}/${item ?? ""}, attempt ${attempt}, was asked for again`);
  }

  #errorOf(chance: Dice): PlanloomError {
    this.ledger.fault("model error", "model");
    const code = chance.pick(["PROVIDER_FAILED", "PROVIDER_TIMEOUT", "PROVIDER_REFUSED"] as const);
    const model = "simulated";
    switch (code) {
      case "PROVIDER_FAILED":
        return new PlanloomError(code, { model, problem: "cut", reason: "ECONNRESET" });
      case "PROVIDER_TIMEOUT":
        return new PlanloomError(code, { model, problem: "silent", reason: "ETIMEDOUT" });
      case "PROVIDER_REFUSED":
        return new PlanloomError(code, { model, status: 400 });
    }
  }

  #executed(request: ModelRequest): ModelReply {
    const text = textIn(request);
    const fill = /Fill (\w+) now/.exec(text);
    if (fill !== null) return reply(JSON.stringify({ x: `filled ${fill[1]}` }));
    const step = /Do (\w+) now/.exec(text)?.[1] ?? "";
    const calls = (this.scenario.scripts.get(step) ?? []).flat();
    const data = dataIn(text);
    const results = request.messages.flatMap((message) => (message.role === "tool" ? message.results : []));
    // A call that acted with an unusable output is asked for once more: it must not be made.
    const isDone = ({ isError, text: said }: (typeof results)[number]) =>
      isError !== true || said.includes("This call was not made.");
    const done = new Set(results.filter(isDone).map(({ id }) => Number(id.split(".")[0])));
    const turn = turnsOf(this.scenario.scripts.get(step) ?? []).find((numbers) => numbers.some((n) => !done.has(n)));
    if (turn === undefined) return reply(agentText(step, data));
    const toolCalls = turn
      .filter((n) => !done.has(n))
      .map((n) => ({ id: `${n}.${results.length}`, name: calls[n]!.tool, args: { x: `${calls[n]!.x} ${data}` } }));
    return { text: "", toolCalls, usage: USAGE, finish: "tool-calls" };
  }
}

const PLANNER = "#planner";

/** The name of a row of the journal. */
function rowName(step: string, turn: number): string {
  if (step === PLANNER) return "planner";
  if (step === "#answer") return turn === 1 ? "answer" : "answer correction";
  if (step === "#review") return turn === 1 ? "review" : "review correction";
  return `turn ${turn}`;
}

const turnIn = ({ messages }: ModelRequest): number => messages.filter(({ role }) => role === "assistant").length + 1;

/** The numbers of the calls of each turn. */
function turnsOf(script: readonly (readonly unknown[])[]): number[][] {
  let count = 0;
  return script.map((calls) => calls.map(() => count++));
}

/** What an agent step ends with when all its calls are made. */
export const agentText = (step: string, data: string): string => `did ${step}:${hashOf([step, data]).slice(0, 8)}`;

/** What the synthesizer makes of its outputs. */
/** It says nothing of what is missing: that is told in words, and no fact may depend on words. */
const answerText = (text: string): string =>
  `answer:${hashOf(text.split("\n\nNot everything was done:")[0]!).slice(0, 8)}`;

/** Between the brackets that scenarios put around an agent's data. */
export const dataIn = (text: string): string => /\[\[(.*?)\]\]/.exec(text)?.[1] ?? "";

const USAGE = { calls: 1, inputTokens: 1, outputTokens: 1 };
const reply = (text: string): ModelReply => ({ text, toolCalls: [], usage: USAGE, finish: "stop" });

function textIn(request: ModelRequest): string {
  const [first] = request.messages;
  return first?.role === "user" ? first.text : "";
}
