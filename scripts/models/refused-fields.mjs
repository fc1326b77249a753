// Servers that refuse a field of the request, or a form of structured output. Each: the server, what it does, where that
// is reported, and how it is emulated.
import { hasSchema, hasTools } from "./model.mjs";
import { first, google, objectError, refusal, schemasIn } from "./parts.mjs";

const schemaOf = (body) => body.response_format?.json_schema?.schema;
const sizeOfSchema = (body) => {
  const tool = body.tool_choice === "required" ? body.tools[0].function.parameters : undefined;
  return JSON.stringify(schemaOf(body) ?? tool ?? "").length;
};

const STRICT =
  "type properties required additionalProperties items anyOf enum const description title $ref $defs pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems";

/** OpenAI's rules for strict schemas. */
function strictFault(schema) {
  for (const one of schemasIn(schema)) {
    const unknown = Object.keys(one).find((name) => !STRICT.split(" ").includes(name));
    if (unknown !== undefined) return `'${unknown}' is not permitted.`;
    if (one.type !== "object") continue;
    if (one.additionalProperties !== false) return "'additionalProperties' is required to be supplied and to be false.";
    const missing = Object.keys(one.properties ?? {}).find((name) => !one.required?.includes(name));
    if (missing !== undefined) return `'required' must include every key in properties. Missing '${missing}'.`;
  }
  return undefined;
}

const GOOGLE_UNKNOWN = "$schema additionalProperties exclusiveMinimum exclusiveMaximum propertyNames const multipleOf";

export const REFUSED_FIELDS = [
  {
    ...{ name: "reference", server: "OpenAI", does: "takes and gives all that the reference says", most: 0 },
    source: "https://platform.openai.com/docs/api-reference/chat",
  },
  {
    ...{ name: "strict-schemas", server: "OpenAI", does: "checks the rules of strict schemas", most: 0 },
    source: "https://platform.openai.com/docs/guides/structured-outputs",
    refuse: (body) => {
      const fault = hasSchema(body) ? strictFault(schemaOf(body)) : undefined;
      return fault && refusal(400, `Invalid schema for response_format: ${fault}`, { param: "response_format" });
    },
  },
  {
    ...{ name: "temperature-only-1", server: "OpenAI", does: "takes no temperature but 1", most: 1, model: "gpt-5" },
    source: "patterns-ai-core/langchainrb#909",
    refuse: (body) =>
      ![undefined, 1].includes(body.temperature) &&
      refusal(
        400,
        `Unsupported value: 'temperature' does not support ${body.temperature} with this model. Only the default (1) value is supported.`,
      ),
  },
  {
    ...{ name: "max-completion-tokens", server: "OpenAI", does: "takes `max_completion_tokens` only", most: 1 },
    ...{ source: "teilomillet/gollm#33", model: "o3-mini", settings: { maxOutputTokens: 4000 } },
    refuse: (body) =>
      body.max_tokens !== undefined &&
      refusal(
        400,
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      ),
  },
  {
    ...{ name: "top-p-unsupported", server: "OpenAI", does: "takes no `top_p`", most: 1, model: "o4-mini" },
    ...{ source: "lobehub/lobehub#7747", settings: { topP: 0.9 } },
    refuse: (body) =>
      body.top_p !== undefined && refusal(400, "Unsupported parameter: 'top_p' is not supported with this model."),
  },
  {
    ...{ name: "no-reasoning-effort", server: "OpenAI", does: "takes no `reasoning_effort`", most: 1 },
    ...{ source: "davidmigloz/langchain_dart#712", model: "gpt-4o-mini", settings: { reasoningEffort: "low" } },
    refuse: (body) =>
      body.reasoning_effort !== undefined &&
      refusal(400, "Unrecognized request argument supplied: reasoning_effort", { type: "invalid_request_error" }),
  },
  {
    ...{ name: "tools-without-effort", server: "OpenAI", does: "takes tools only with `reasoning_effort: none`" },
    ...{ source: "BerriAI/litellm#34569", most: 2, model: "gpt-5.6" },
    refuse: (body) =>
      hasTools(body) &&
      body.reasoning_effort !== "none" &&
      refusal(
        400,
        "Function tools with reasoning_effort are not supported in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.",
      ),
  },
  {
    ...{ name: "stream-options-unknown", server: "Azure", does: "knows no `stream_options`", most: 1 },
    source: "https://learn.microsoft.com/azure/ai-services/openai/api-version-deprecation",
    refuse: (body) => body.stream_options && refusal(400, "Unrecognized request argument supplied: stream_options"),
  },
  {
    ...{ name: "key-in-api-key", server: "Azure", does: "reads the key in the header `api-key` only", most: 0 },
    ...{ source: "https://learn.microsoft.com/azure/ai-services/openai/reference" },
    settings: { headers: { "api-key": "azure-key" }, query: { "api-version": "2024-10-21" } },
    refuse: (body, state, { headers, url }) =>
      (headers["api-key"] !== "azure-key" || headers.authorization || !url.includes("api-version=2024-10-21")) &&
      refusal(401, "Access denied due to invalid subscription key or wrong API endpoint."),
  },
  {
    ...{
      name: "temperature-deprecated",
      server: "Anthropic",
      does: "takes no temperature; JSON comes fenced",
      most: 1,
    },
    ...{ source: "nimbalyst/nimbalyst#199", model: "claude-sonnet-5" },
    refuse: (body) => body.temperature !== undefined && refusal(400, "`temperature` is deprecated for this model."),
    says: (said, body) =>
      said.text && body.response_format ? { text: `Here it is:\n\n\`\`\`json\n${said.text}\n\`\`\`` } : said,
  },
  {
    ...{ name: "temperature-or-top-p", server: "Anthropic", does: "takes temperature or `top_p`, not both", most: 1 },
    ...{ source: "BerriAI/litellm#15097", model: "claude-sonnet-4-5", settings: { temperature: 0.5, topP: 0.9 } },
    refuse: (body) =>
      body.temperature !== undefined &&
      body.top_p !== undefined &&
      refusal(400, "`temperature` and `top_p` cannot both be specified for this model. Please use only one."),
  },
  {
    ...{ name: "grammar-too-large", server: "Anthropic", does: "compiles no large schema", most: 2 },
    source: "anthropics/anthropic-sdk-typescript#885",
    refuse: (body) =>
      hasSchema(body) &&
      sizeOfSchema(body) > 2500 &&
      refusal(
        400,
        "The compiled grammar is too large, which would cause performance issues. Simplify your tool schemas or reduce the number of strict tools.",
      ),
  },
  {
    ...{ name: "too-many-states", server: "Gemini", does: "refuses a schema with too many states", most: 2 },
    source: "googleapis/python-genai#660",
    refuse: (body) =>
      sizeOfSchema(body) > 4000 &&
      google(400, "The specified schema produces a constraint that has too many states for serving."),
  },
  {
    ...{ name: "unknown-keywords", server: "Gemini", does: "knows few keywords of schemas in tools", most: 2 },
    source: "musistudio/claude-code-router#187",
    refuse: (body) => {
      const schemas = (body.tools ?? []).flatMap((tool) => [...schemasIn(tool.function.parameters)]);
      const found = schemas
        .flatMap((schema) => Object.keys(schema))
        .find((key) => GOOGLE_UNKNOWN.split(" ").includes(key));
      return (
        found &&
        google(
          400,
          `Invalid JSON payload received. Unknown name "${found}" at 'tools[0].function_declarations[0].parameters': Cannot find field.`,
        )
      );
    },
  },
  {
    ...{ name: "extra-forbidden", server: "Mistral", does: "refuses fields that it does not know, by their path" },
    ...{ source: "mistralai/platform-docs-public#7", most: 1, model: "mistral-small-latest", settings: { seed: 7 } },
    refuse: (body) =>
      body.seed !== undefined && {
        status: 422,
        body: {
          ...{ object: "error", type: "invalid_request_error", param: null, code: null },
          message: {
            detail: [
              { type: "extra_forbidden", loc: ["body", "seed"], msg: "Extra inputs are not permitted", input: 7 },
            ],
          },
        },
      },
  },
  {
    ...{ name: "no-json-schema", server: "DeepSeek", does: "has no `json_schema`", most: 2, model: "deepseek-chat" },
    source: "https://api-docs.deepseek.com/guides/json_mode",
    refuse: (body) => hasSchema(body) && refusal(400, "This response_format type is unavailable now"),
  },
  {
    ...{ name: "word-json", server: "OpenAI", does: "wants the word json beside `json_object`", most: 3 },
    source: "0zd3m1r/koreader-xray-plugin#18",
    refuse: (body) => {
      if (hasSchema(body))
        return refusal(
          400,
          "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
        );
      if (body.response_format && body.tool_choice === undefined && !/json/i.test(JSON.stringify(body.messages)))
        return refusal(
          400,
          "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        );
      return undefined;
    },
  },
  {
    ...{ name: "schema-or-text-only", server: "LM Studio", does: "has `json_schema`, and no `json_object`", most: 3 },
    source: "lmstudio-ai/lmstudio-bug-tracker#189",
    refuse: (body) => {
      const { type } = body.response_format ?? {};
      if (type === "json_object")
        return { status: 400, body: { error: "'response_format.type' must be 'json_schema' or 'text'" } };
      return (
        type === "json_schema" &&
        sizeOfSchema(body) > 2500 && { status: 400, body: { error: "Failed to compile the schema." } }
      );
    },
  },
  {
    ...{ name: "no-response-format", server: "LiteLLM", does: "has no `response_format` for some models", most: 2 },
    source: "https://docs.litellm.ai/docs/completion/drop_params",
    refuse: (body) =>
      body.response_format &&
      refusal(
        400,
        "litellm.UnsupportedParamsError: replicate does not support parameters: ['response_format'], for model=my-alias.",
      ),
  },
  {
    ...{ name: "grammar-fails", server: "llama.cpp", does: "makes no grammar of a large schema", most: 4 },
    source: "QwenLM/qwen-code#10435",
    refuse: (body) =>
      sizeOfSchema(body) > 2500 &&
      refusal(400, "Failed to initialize samplers: failed to parse grammar", { code: 400 }),
  },
  {
    ...{ name: "format-ignored", server: "Ollama", does: "ignores the format on some back ends", most: 0 },
    ...{ source: "ollama/ollama#17183", model: "gemma4:12b-mlx" },
    says: (said, body) =>
      said.text && body.response_format
        ? { text: `Sure! Here's the JSON:\n\n\`\`\`json\n${said.text}\n\`\`\`\n\nLet me know if you want changes.` }
        : said,
  },
  {
    ...{ name: "json-once-invalid", server: "Groq", does: "refuses a bad sample of its own", most: 1 },
    source: "Bklieger/infinite-bookshelf#42",
    refuse: (body, state) =>
      body.response_format &&
      first(state, "refused") &&
      refusal(400, "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.", {
        ...{ code: "json_validate_failed", failed_generation: '{"steps": [' },
      }),
  },
  {
    ...{ name: "thinking-not-in-one-piece", server: "DashScope", does: "thinks only in streams", most: 1 },
    source: "langchain4j/langchain4j#3974",
    refuse: (body) =>
      body.stream !== true &&
      body.enable_thinking !== false &&
      refusal(400, "parameter.enable_thinking must be set to false for non-streaming calls"),
  },
  {
    ...{ name: "validation-list", server: "vLLM", does: "names a refused field in a list of findings", most: 1 },
    source: "vllm-project/vllm#10463",
    refuse: (body) =>
      body.stream_options &&
      objectError(
        400,
        "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not permitted', 'input': {'include_usage': True}}]",
      ),
  },
];
