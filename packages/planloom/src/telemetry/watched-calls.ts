// Spans and metrics of model turns and tool calls. In: a model or a call. Out: the same, watched. Contents are recorded
// only if the program wants it, without the values of secrets, and cut.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { costByModel, type PriceOf } from "../plan/estimate/price.js";
import type { Model, ModelReply, ModelRequest } from "../model/port.js";
import type { CallWatch } from "../perform/services.js";
import { errorType, errorTypeOf } from "./error-type.js";
import type { Meters } from "./meters.js";
import { modelServer } from "./model-server.js";
import type { Attributes } from "./open-telemetry.js";
import { overlay } from "./overlay.js";
import type { Tracing } from "./tracing.js";

interface Contents {
  readonly content: boolean;
  readonly clean: (text: string) => string;
  readonly priceOf: PriceOf;
}

export class WatchedCalls implements CallWatch {
  readonly #watched = new WeakMap<Model, Model>();

  constructor(
    private readonly tracing: Tracing,
    private readonly meters: Meters,
    private readonly contents: Contents,
  ) {}

  model(model: Model): Model {
    const known = this.#watched.get(model);
    if (known !== undefined) return known;
    const { fallbacks } = model;
    const watched = overlay<Model>(model, {
      ...(fallbacks && { fallbacks: fallbacks.map((one) => this.model(one)) }),
      call: (request) => this.#turn(model, request),
    });
    this.#watched.set(model, watched);
    return watched;
  }

  async #turn(model: Model, request: ModelRequest): Promise<ModelReply> {
    const of: Attributes = {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": model.name,
      ...modelServer(model.endpoint?.label),
    };
    const more = {
      ...(model.maxOutputTokens !== undefined && { "gen_ai.request.max_tokens": model.maxOutputTokens }),
      ...(request.onText !== undefined && { "gen_ai.request.stream": true }),
      ...this.#told("gen_ai.system_instructions", [{ type: "text", content: request.system }]),
      ...this.#told("gen_ai.input.messages", request.messages),
    };
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    const start = { name: `chat ${model.name}`, kind: "client", attributes: { ...of, ...more } } as const;
    const span = this.tracing.start(start, this.tracing.here);
    try {
      const reply = await this.tracing.within(span, async () => model.call(request));
      const { usage, finish, text, toolCalls } = reply;
      span.end({
        "gen_ai.response.finish_reasons": [FINISH[finish] ?? finish],
        ...(usage.inputTokens !== null && { "gen_ai.usage.input_tokens": usage.inputTokens }),
        ...(usage.outputTokens !== null && { "gen_ai.usage.output_tokens": usage.outputTokens }),
        ...(usage.cachedInputTokens && { "gen_ai.usage.cache_read.input_tokens": usage.cachedInputTokens }),
        ...(usage.calls > 1 && { "planloom.model.requests": usage.calls }),
        ...this.#told("gen_ai.output.messages", [{ role: "assistant", text, toolCalls, finish }]),
      });
      this.tracing.quietly(() => {
        this.meters.modelSeconds(seconds(), of);
        this.meters.used(usage, of);
        const usd = costByModel(usage, model.name, this.contents.priceOf);
        if (usd !== undefined && usd > 0) this.meters.costUsd(usd, { "gen_ai.request.model": model.name });
      });
      return reply;
    } catch (thrown) {
      const error = request.signal.aborted ? "ABORTED" : errorTypeOf(thrown);
      span.end({}, error);
      this.meters.modelSeconds(seconds(), { ...of, "error.type": error });
      throw thrown;
    }
  }

  tool: CallWatch["tool"] = async ({ tool, effects, args, key, attempt }, call) => {
    const of: Attributes = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool };
    const begun = performance.now();
    const attributes = {
      ...of,
      "gen_ai.tool.type": "function",
      "gen_ai.tool.call.id": key,
      "planloom.tool.effects": effects,
      "planloom.attempt": attempt,
      ...this.#told("gen_ai.tool.call.arguments", args),
    };
    const span = this.tracing.start({ name: `execute_tool ${tool}`, attributes }, this.tracing.here);
    const end = await this.tracing.within(span, call);
    const error = end.ok || end.ending === "asked" ? undefined : errorType(end.error.code);
    const result = end.ok ? this.#told("gen_ai.tool.call.result", end.output) : { "planloom.ending": end.ending };
    span.end(result, error);
    const seconds = (performance.now() - begun) / 1000;
    this.meters.toolSeconds(seconds, { ...of, ...(error !== undefined && { "error.type": error }) });
    return end;
  };

  #told(name: string, content: unknown): Attributes {
    if (!this.contents.content) return {};
    const text = this.tracing.quietly(() => JSON.stringify(content));
    // Cleaned before it is cut: a part of a secret would not be found any more.
    return text === undefined ? {} : { [name]: beginning(this.contents.clean(text), LIMITS.telemetryChars) };
  }
}

/** The names of the GenAI conventions. */
const FINISH: { readonly [finish: string]: string } = {
  "tool-calls": "tool_call",
  "content-filter": "content_filter",
};
