// Servers whose replies have another shape: reasoning beside the text, odd chunks, errors in a reply.
import { inSteps } from "./model.mjs";
import { broken, first, textsAs } from "./parts.mjs";

const withChoices = (chunk, change) =>
  typeof chunk === "string" || !chunk.choices?.length ? chunk : { ...chunk, choices: chunk.choices.map(change) };

const thinkParts = (text) => [
  { type: "thinking", thinking: [{ type: "text", text: "I think about it." }] },
  { type: "text", text },
];

const lastOf = (chunks) => chunks.findLastIndex((chunk) => chunk.choices?.[0]?.finish_reason);

export const REPLIES = [
  {
    ...{ name: "think-in-text", server: "vLLM", does: "leaves `<think>` in the text", most: 0 },
    source: "vllm-project/vllm#17346",
    says: (said) =>
      said.text ? { ...said, text: `<think>\nThe level? {"steps": []} no.\n</think>\n\n${said.text}` } : said,
  },
  {
    ...{ name: "end-of-think-alone", server: "vLLM", does: "leaves only `</think>` in the text", most: 0 },
    source: "vllm-project/vllm#13125",
    says: textsAs((text) => ({ text: `Maybe 3 metres? No.\n</think>\n\n${text}` })),
  },
  {
    ...{
      name: "channels-in-text",
      server: "TensorRT-LLM",
      does: "leaves the channels of gpt-oss in the text",
      most: 0,
    },
    source: "NVIDIA/TensorRT-LLM#9256",
    says: (said) =>
      said.text
        ? {
            ...said,
            text: `<|channel|>analysis<|message|>We need to answer.<|end|><|start|>assistant<|channel|>final<|message|>${said.text}`,
          }
        : said,
  },
  {
    ...{ name: "answer-in-reasoning", server: "vLLM", does: "gives the whole reply as reasoning", most: 0 },
    source: "vllm-project/vllm#17609",
    says: textsAs((text, body) => (inSteps(body) ? { text: undefined, reasoning: text, finish: "stop" } : { text })),
  },
  {
    ...{
      name: "reasoning-field",
      server: "Ollama",
      does: "gives reasoning as `reasoning`, and an empty text",
      most: 0,
    },
    source: "ollama/ollama#15288",
    says: textsAs((text, body) => (inSteps(body) ? { text: "", thoughts: text, finish: "stop" } : { text })),
  },
  {
    ...{ name: "content-as-parts", server: "Mistral", does: "gives the text as a list of parts", most: 0 },
    ...{ source: "vercel/ai#17779", model: "magistral-medium-2509" },
    message: (message) => (message.content ? { ...message, content: thinkParts(message.content) } : message),
  },
  {
    ...{ name: "chunks-without-choices", server: "Azure", does: "begins and ends streams without choices", most: 0 },
    source: "microsoft/autogen#6465",
    chunks: (chunks) => {
      const empty = { id: "", object: "", created: 0, model: "" };
      const filter = { index: 0, finish_reason: null, content_filter_results: {} };
      return [
        { ...empty, choices: [], prompt_filter_results: [] },
        ...chunks.slice(0, -1),
        { ...empty, choices: [filter] },
        chunks.at(-1),
      ];
    },
  },
  {
    ...{ name: "comments", server: "OpenRouter", does: "sends comments and blank lines while it works", most: 0 },
    source: "https://openrouter.ai/docs/api-reference/streaming",
    chunks: (chunks) => [
      ": OPENROUTER PROCESSING\n\n",
      ...chunks.slice(0, 2),
      ": OPENROUTER PROCESSING\n\n",
      ...chunks.slice(2),
    ],
    whole: (completion) => `\n\n\n${JSON.stringify(completion)}`,
  },
  {
    ...{ name: "empty-finish", server: "Ollama", does: 'has finish_reason "" in each chunk', most: 0 },
    source: "ollama/ollama#4357",
    chunks: (chunks) =>
      chunks.map((chunk) => withChoices(chunk, (choice) => ({ ...choice, finish_reason: choice.finish_reason ?? "" }))),
  },
  {
    ...{ name: "no-finish", server: "other servers", does: "ends a whole stream without a finish_reason", most: 0 },
    source: "alfredapp/openai-workflow#52",
    chunks: (chunks) => chunks.filter((_, index) => index !== lastOf(chunks)),
  },
  {
    ...{ name: "no-done", server: "text-generation-webui", does: "ends streams without [DONE]", most: 0 },
    source: "oobabooga/textgen#4778",
    chunks: (chunks) => chunks.slice(0, -1),
  },
  {
    ...{ name: "null-deltas", server: "SGLang", does: "fills deltas with null", most: 0 },
    source: "sgl-project/sglang#3912",
    chunks: (chunks) =>
      chunks.map((chunk) =>
        withChoices(chunk, (choice) => ({
          ...{ ...choice, logprobs: null, matched_stop: null },
          delta: { role: null, content: null, tool_calls: null, reasoning_content: null, ...choice.delta },
        })),
      ),
  },
  {
    ...{ name: "index-per-piece", server: "LibreChat", does: "gives the pieces of one call other indexes", most: 0 },
    source: "danny-avila/LibreChat#13987",
    chunks: (chunks) =>
      chunks.flatMap((chunk) => {
        const call = chunk.choices?.[0]?.delta.tool_calls?.[0];
        if (call === undefined) return [chunk];
        const piece = (tool) => withChoices(chunk, (choice) => ({ ...choice, delta: { tool_calls: [tool] } }));
        const { arguments: args, ...made } = call.function;
        return [
          piece({ ...call, function: { ...made, arguments: "" } }),
          piece({ index: call.index + 1, function: { arguments: args } }),
        ];
      }),
  },
  {
    ...{ name: "rate-limit-in-200-once", server: "OpenRouter", does: "gives a rate limit with status 200", most: 1 },
    source: "xyOz-dev/Saturn#43",
    refuse: (body, state) =>
      inSteps(body) &&
      first(state, "refused") && {
        ...{ status: 200, headers: { "retry-after": "0" } },
        body: {
          error: {
            message: "Provider returned error",
            code: 429,
            metadata: { raw: "temporarily rate-limited upstream" },
          },
        },
      },
  },
  {
    ...{ name: "stream-breaks-once", server: "OpenRouter", does: "breaks a stream with an error", most: 1 },
    source: "https://openrouter.ai/docs/api-reference/errors",
    chunks: broken(
      {
        ...{ id: "gen-1", object: "chat.completion.chunk", created: 1, model: "m" },
        error: { code: 502, message: "Provider disconnected unexpectedly" },
        choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      },
      (state) => first(state, "broken"),
    ),
  },
  {
    ...{ name: "stream-error-object-once", server: "vLLM", does: "breaks a stream with an error object", most: 1 },
    source: "block/goose#8031",
    chunks: broken(
      { object: "error", message: "CUDA out of memory", type: "InternalServerError", param: null, code: 500 },
      (state) => first(state, "broken"),
    ),
  },
  {
    ...{ name: "loading-once", server: "llama.cpp", does: "answers 503 while it loads a model", most: 1 },
    source: "mostlygeek/llama-swap#146",
    refuse: (body, state) =>
      first(state, "loading") && {
        status: 503,
        body: { error: { code: 503, message: "Loading model", type: "unavailable_error" } },
      },
  },
  {
    ...{ name: "overloaded-once", server: "Anthropic", does: "answers 529 when it is overloaded", most: 1 },
    source: "anthropics/claude-code#3633",
    refuse: (body, state) =>
      inSteps(body) &&
      first(state, "busy") && {
        status: 529,
        body: { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
      },
  },
  {
    ...{ name: "html-524-once", server: "Cloudflare", does: "answers 524 with a page", most: 1 },
    source: "ollama/ollama#3694",
    refuse: (body, state) =>
      inSteps(body) &&
      first(state, "slow") && {
        status: 524,
        body: "<!DOCTYPE html><html><head><title>524: A timeout occurred</title></head></html>",
      },
  },
  {
    ...{ name: "rate-limit-once", server: "Groq", does: "names the seconds to wait in a 429", most: 1 },
    source: "elizaOS/eliza#4040",
    refuse: (body, state) =>
      inSteps(body) &&
      first(state, "busy") && {
        ...{ status: 429, headers: { "retry-after": "0" } },
        body: {
          error: {
            message:
              "Rate limit reached on tokens per minute (TPM): Limit 6000, Used 5034, Requested 1443. Please try again in 0.2s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing",
            type: "tokens",
            code: "rate_limit_exceeded",
          },
        },
      },
  },
];
