// Servers without tool calling, or whose calls stand somewhere else than in `tool_calls`, and rules for messages.
import { hasTools, inSteps } from "./model.mjs";
import { callsAsText, callsIn, first, google, objectError, refusal } from "./parts.mjs";

const wantsThoughts = (message) => (body) => {
  const index = body.messages.findIndex(({ tool_calls: calls, reasoning_content: thought }) => calls && !thought);
  return index < 0 ? undefined : refusal(400, message.replace("N", index));
};

const noRequired = (body, message) => body.tool_choice === "required" && refusal(400, message);

const isBadId = (body, fits) =>
  [...callsIn(body).map(({ id }) => id), ...body.messages.flatMap(({ tool_call_id: id }) => id ?? [])].find(
    (id) => !fits(id),
  );

export const TOOL_CALLS = [
  {
    ...{ name: "no-tools", server: "Ollama", does: "has no tools for some models", most: 2, model: "gemma3:4b" },
    source: "ollama/ollama#5793",
    refuse: (body) => hasTools(body) && refusal(400, "gemma3:4b does not support tools", { type: "api_error" }),
  },
  {
    ...{ name: "no-auto-choice", server: "vLLM", does: "has no automatic tool calls without a parser", most: 2 },
    source: "https://docs.vllm.ai/en/latest/features/tool_calling.html",
    refuse: (body) =>
      hasTools(body) &&
      ["auto", undefined].includes(body.tool_choice) &&
      objectError(400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
  },
  {
    ...{ name: "needs-jinja", server: "llama.cpp", does: "takes tools only with --jinja, and answers 500", most: 2 },
    source: "defilantech/LLMKube#126",
    refuse: (body) =>
      hasTools(body) && refusal(500, "tools param requires --jinja flag", { code: 500, type: "server_error" }),
  },
  {
    ...{ name: "no-endpoint-with-tools", server: "OpenRouter", does: "finds no endpoint with tools", most: 2 },
    ...{ source: "dnakov/anon-kode#2", model: "deepseek/deepseek-r1:free" },
    refuse: (body) =>
      hasTools(body) && {
        status: 404,
        body: {
          error: {
            message:
              "No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs/provider-routing",
            code: 404,
          },
        },
      },
  },
  {
    ...{
      name: "no-endpoint-with-choice",
      server: "OpenRouter",
      does: "finds no endpoint for a `tool_choice`",
      most: 3,
    },
    source: "zed-industries/zed#36094",
    refuse: (body) =>
      ["required", "none"].includes(body.tool_choice) && {
        status: 404,
        body: {
          error: {
            message:
              "No endpoints found that support the provided 'tool_choice' value. To learn more about provider routing, visit: https://openrouter.ai/docs/provider-routing",
            code: 404,
          },
        },
      },
  },
  {
    ...{ name: "thinking-no-required", server: "Anthropic", does: "takes no required tool while it thinks", most: 3 },
    source: "mastra-ai/mastra#7507",
    refuse: (body) => noRequired(body, "Thinking may not be enabled when tool_choice forces tool use."),
  },
  {
    ...{
      name: "thinking-no-required-qwen",
      server: "DashScope",
      does: "takes no required tool while it thinks",
      most: 3,
    },
    source: "QwenLM/qwen-code#7659",
    refuse: (body) =>
      body.response_format?.type === "json_schema"
        ? refusal(400, "'response_format' of type json_schema is not supported")
        : noRequired(
            body,
            "The tool_choice parameter does not support being set to required or object in thinking mode",
          ),
  },
  {
    ...{ name: "calls-in-tags", server: "Ollama", does: "leaves the calls of Hermes in the text", most: 0 },
    source: "NVIDIA/NemoClaw#2731",
    says: callsAsText(({ name, args }) => `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`),
  },
  {
    ...{ name: "calls-in-xml", server: "LM Studio", does: "leaves the calls of Qwen in the text", most: 0 },
    source: "lmstudio-ai/lmstudio-bug-tracker#2115",
    says: callsAsText(
      ({ name, args }) =>
        `<tool_call>\n<function=${name}>\n${Object.entries(args)
          .map(([key, value]) => `<parameter=${key}>\n${value}\n</parameter>`)
          .join("\n")}\n</function>\n</tool_call>`,
    ),
  },
  {
    ...{ name: "calls-as-json", server: "Ollama", does: "leaves the calls of Llama in the text", most: 0 },
    source: "NVIDIA/NemoClaw#2731",
    says: callsAsText(({ name, args }) => JSON.stringify({ name, parameters: args })),
  },
  {
    ...{ name: "calls-of-gemma", server: "vLLM", does: "leaves the calls of Gemma 4 in the text", most: 0 },
    source: "NousResearch/hermes-agent#7449",
    says: callsAsText(
      ({ name, args }) =>
        `<|tool_call>call:${name}(${Object.entries(args)
          .map(([k, v]) => `${k}: ${JSON.stringify(v)}`)
          .join(", ")})<tool_call|>`,
    ),
  },
  {
    ...{ name: "calls-of-deepseek", server: "SGLang", does: "leaves the calls of DeepSeek in the text", most: 0 },
    source: "sgl-project/sglang#17593",
    says: callsAsText(
      ({ name, args }) =>
        `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>${name}\n\`\`\`json\n${JSON.stringify(args)}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    ),
  },
  {
    ...{ name: "calls-of-mistral", server: "vLLM", does: "leaves the calls of Mistral in the text", most: 0 },
    source: "vllm-project/vllm#39294",
    says: callsAsText(({ name, args }) => `[TOOL_CALLS]${name}[ARGS]${JSON.stringify(args)}`),
  },
  {
    ...{
      name: "call-announced",
      server: "any server",
      does: "has a model that announces a call and makes none",
      most: 2,
      model: "llama3.2:3b",
    },
    source: "Classla/ClasslaV2#238",
    says: (said, body, state) =>
      said.calls && inSteps(body) && first(state, "announced")
        ? { text: `I will now use the ${said.calls[0].name} tool to find the level. Let me do that for you!` }
        : said,
  },
  {
    ...{
      name: "numbers-as-text",
      server: "Ollama",
      does: "has a model that writes numbers as texts",
      most: 0,
      model: "llama3.2:3b",
    },
    source: "langchain-ai/langchain#30145",
    says: (said, body) =>
      said.calls && inSteps(body)
        ? {
            calls: said.calls.map((call) =>
              call.name === "tide" ? { ...call, args: { ...call.args, day: "3" } } : call,
            ),
          }
        : said,
  },
  {
    ...{ name: "calls-without-id", server: "Gemini", does: "gives calls without index and id", most: 0 },
    source: "openai/openai-python#2806",
    call: ({ index: _, ...call }) => ({ ...call, id: "" }),
  },
  {
    ...{ name: "calls-without-index", server: "Ollama", does: "gives calls in streams without index", most: 0 },
    source: "ollama/ollama#7881",
    call: ({ index: _, ...call }) => call,
  },
  {
    ...{ name: "calls-from-1", server: "new-api", does: "counts calls from 1", most: 0 },
    source: "AstrBotDevs/AstrBot#9593",
    call: ({ index, ...call }) => ({ index: index + 1, ...call }),
  },
  {
    ...{ name: "arguments-as-object", server: "llama.cpp", does: "gives arguments as an object", most: 0 },
    source: "ggml-org/llama.cpp#20198",
    call: (call) => ({ ...call, function: { ...call.function, arguments: JSON.parse(call.function.arguments) } }),
  },
  {
    ...{ name: "ids-of-9", server: "Mistral", does: "takes ids of 9 letters and digits only", most: 2 },
    ...{ source: "jackmpcollins/magentic#276", call: (call) => ({ ...call, id: "" }) },
    refuse: (body) => {
      const id = isBadId(body, (one) => /^[a-zA-Z0-9]{9}$/.test(one));
      return (
        id &&
        objectError(400, `Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`, { code: "3280" })
      );
    },
  },
  {
    ...{ name: "ids-of-40", server: "OpenAI", does: "takes ids of at most 40 characters", most: 0 },
    ...{ source: "camel-ai/camel#2215", call: (call) => ({ ...call, id: "" }) },
    refuse: (body) => {
      const id = isBadId(body, (one) => one.length <= 40);
      return (
        id &&
        refusal(
          400,
          `Invalid 'messages[2].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a string with length ${id.length} instead.`,
        )
      );
    },
  },
  {
    ...{ name: "thought-signature", server: "Gemini", does: "wants the signatures of calls back", most: 0 },
    source: "continuedev/continue#8785",
    call: (call) => ({ ...call, extra_content: { google: { thought_signature: "c2lnbmF0dXJl" } } }),
    refuse: (body) =>
      callsIn(body).some((call) => call.extra_content?.google?.thought_signature !== "c2lnbmF0dXJl") &&
      google(400, "Function call is missing a thought_signature in functionCall parts."),
  },
  {
    ...{ name: "thoughts-wanted-back", server: "DeepSeek", does: "wants its reasoning back", most: 0 },
    ...{ source: "continuedev/continue#10193", model: "deepseek-reasoner" },
    says: (said) => ({ ...said, reasoning: "I think about it." }),
    refuse: wantsThoughts("Missing `reasoning_content` field in the assistant message at message index N."),
  },
  {
    ...{ name: "thoughts-wanted-back-kimi", server: "Kimi", does: "wants its reasoning back", most: 0 },
    ...{ source: "anomalyco/opencode#10996", model: "kimi-k2.5" },
    says: (said) => ({ ...said, reasoning: "I think about it." }),
    refuse: wantsThoughts(
      "thinking is enabled but reasoning_content is missing in assistant tool call message at index N",
    ),
  },
  {
    ...{ name: "no-user-after-tool", server: "Mistral", does: "takes no user message after a tool's result", most: 0 },
    ...{ source: "NousResearch/hermes-agent#20154", turns: 3 },
    refuse: (body) =>
      body.messages.some(({ role }, index) => role === "user" && body.messages[index - 1]?.role === "tool") &&
      objectError(400, "Unexpected role 'user' after role 'tool'", {
        type: "invalid_request_message_order",
        code: "3230",
      }),
  },
  {
    ...{ name: "roles-alternate", server: "LM Studio", does: "has a template that wants alternating roles", most: 0 },
    ...{ source: "charmbracelet/crush#279", turns: 3 },
    refuse: (body) => {
      const talk = body.messages.filter(({ role }) => role !== "system");
      return (
        talk.some(({ role }, index) => role === "user" && ["user", "tool"].includes(talk[index - 1]?.role)) &&
        refusal(
          500,
          "Jinja Exception: After the optional system message, conversation roles must alternate user and assistant roles except for tool calls and results.",
        )
      );
    },
  },
  {
    ...{ name: "no-system-role", server: "vLLM", does: "has a template without a system role", most: 1 },
    ...{ source: "vllm-project/vllm#2964", model: "google/gemma-2-9b-it" },
    refuse: (body) =>
      body.messages.some(({ role }) => role === "system") && objectError(400, "System role not supported"),
  },
  {
    ...{ name: "sample-refused-once", server: "Groq", does: "refuses a bad call of its own", most: 1 },
    source: "groq/groq-typescript#28",
    refuse: (body, state) =>
      inSteps(body) &&
      hasTools(body) &&
      first(state, "refused") &&
      refusal(400, "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.", {
        code: "tool_use_failed",
      }),
  },
  {
    ...{ name: "call-not-parsed-once", server: "Ollama", does: "answers 500 to a bad call of its own", most: 1 },
    source: "ollama/ollama#17638",
    refuse: (body, state) =>
      inSteps(body) &&
      hasTools(body) &&
      first(state, "failed") &&
      refusal(500, "error parsing tool call: raw='{\"place\": ', err=unexpected end of JSON input", {
        type: "api_error",
      }),
  },
];
