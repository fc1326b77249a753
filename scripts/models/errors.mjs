// Servers that cannot answer. The run must end with the server's words and the remedy, and without needless requests.
import { partOf } from "./model.mjs";
import { broken, google, objectError, refusal, told } from "./parts.mjs";

const always = (answer) => () => answer;

export const ERRORS = [
  {
    ...{ name: "quota", server: "OpenAI", does: "has no quota left (429)", most: 0 },
    ...{
      source: "https://platform.openai.com/docs/guides/error-codes",
      ...told(/exceeded your current quota/, /credit|billing|quota/i),
    },
    refuse: always(
      refusal(429, "You exceeded your current quota, please check your plan and billing details.", {
        type: "insufficient_quota",
        code: "insufficient_quota",
      }),
    ),
  },
  {
    ...{ name: "no-balance", server: "DeepSeek", does: "has no balance left (402)", most: 0 },
    ...{
      source: "https://api-docs.deepseek.com/quick_start/error_codes",
      ...told(/Insufficient Balance/, /credit|billing|quota/i),
    },
    refuse: always(refusal(402, "Insufficient Balance", { type: "unknown_error" })),
  },
  {
    ...{ name: "no-credits", server: "OpenRouter", does: "affords fewer tokens than the model's limit (402)", most: 0 },
    ...{ source: "can1357/oh-my-pi#9569", ...told(/more credits, or fewer max_tokens/, /credit|maxOutputTokens/i) },
    refuse: always({
      status: 402,
      body: {
        error: {
          message:
            "This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 30104.",
          code: 402,
        },
      },
    }),
  },
  {
    ...{ name: "wrong-key", server: "OpenAI", does: "does not know the key (401)", most: 0 },
    ...{ source: "https://platform.openai.com/docs/guides/error-codes", ...told(/Incorrect API key/, /_API_KEY/) },
    refuse: always(refusal(401, "Incorrect API key provided: key-*****-use.", { code: "invalid_api_key" })),
  },
  {
    ...{ name: "wrong-key-400", server: "Gemini", does: "does not know the key (400)", most: 0 },
    ...{ source: "cequence-io/openai-scala-client#109", ...told(/API key not valid/, /_API_KEY/) },
    refuse: always(google(400, "API key not valid. Please pass a valid API key.")),
  },
  {
    ...{ name: "unknown-model", server: "OpenAI", does: "does not know the model (404)", most: 0, model: "gpt-9" },
    ...{ source: "https://platform.openai.com/docs/guides/error-codes", ...told(/`gpt-9` does not exist/, /model/i) },
    refuse: always(
      refusal(404, "The model `gpt-9` does not exist or you do not have access to it.", { code: "model_not_found" }),
    ),
  },
  {
    ...{
      name: "unknown-model-id",
      server: "OpenRouter",
      does: "does not know the model (400)",
      most: 0,
      model: "foo/bar",
    },
    ...{ source: "https://openrouter.ai/docs/api-reference/errors", ...told(/not a valid model ID/, /model/i) },
    refuse: always({ status: 400, body: { error: { message: "foo/bar is not a valid model ID", code: 400 } } }),
  },
  {
    ...{
      name: "model-not-pulled",
      server: "Ollama",
      does: "has not pulled the model (404)",
      most: 0,
      model: "qwen9:8b",
    },
    ...{ source: "continuedev/continue#10611", ...told(/"qwen9:8b" not found/, /model/i) },
    refuse: always(refusal(404, 'model "qwen9:8b" not found, try pulling it first', { type: "api_error" })),
  },
  {
    ...{ name: "no-deployment", server: "Azure", does: "has no deployment of this name (404)", most: 0 },
    ...{
      source: "MicrosoftDocs/azure-docs#114013",
      ...told(/deployment for this resource does not exist/, /model|deployment/i),
    },
    refuse: always({
      status: 404,
      body: {
        error: {
          code: "DeploymentNotFound",
          message:
            "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
        },
      },
    }),
  },
  {
    ...{
      name: "served-under-another-name",
      server: "vLLM",
      does: "serves the model under another name (404)",
      most: 0,
    },
    ...{ source: "vllm-project/vllm#3486", ...told(/does not exist/, /model/i) },
    refuse: always(objectError(404, "The model `qwen` does not exist.", { type: "NotFoundError" })),
  },
  {
    ...{ name: "no-model-loaded", server: "LM Studio", does: "has no model loaded (400)", most: 0 },
    ...{ source: "https://fazm.ai/t/local-ai-endpoint-model-detection", ...told(/No models loaded/, /load/i) },
    refuse: always(
      refusal(400, "No models loaded. Please load a model in the developer page or use the 'lms load' command."),
    ),
  },
  {
    ...{ name: "no-v1", server: "Ollama", does: "has the API below /v1 (404)", most: 0, path: "" },
    ...{ source: "https://docs.ollama.com/api/openai-compatibility", ...told(/404 page not found/, /\/v1/) },
    refuse: (body, state, { url }) => !url.startsWith("/v1/") && { status: 404, body: "404 page not found" },
  },
  {
    ...{ name: "no-v1-200", server: "LM Studio", does: "answers 200 to a wrong path", most: 0, path: "" },
    ...{ source: "lmstudio-ai/lmstudio-bug-tracker#618", ...told(/Unexpected endpoint/, /\/v1/) },
    refuse: (body, state, { url }) =>
      !url.startsWith("/v1/") && {
        status: 200,
        body: { error: "Unexpected endpoint or method. (POST /chat/completions). Returning 200 anyway" },
      },
  },
  {
    ...{ name: "web-page", server: "Cloudflare", does: "answers 200 with a page in place of a reply", most: 3 },
    ...{ source: "vitali87/code-graph-rag#142", ...told(/Just a moment/, /\/v1|root of an OpenAI-compatible/) },
    refuse: always({
      status: 200,
      body: '<!DOCTYPE html>\n<html lang="en"><head><title>Just a moment...</title></head><body></body></html>',
    }),
  },
  {
    ...{ name: "context-too-long", server: "OpenAI", does: "has a shorter context (400)", most: 0 },
    ...{
      source: "https://platform.openai.com/docs/guides/error-codes",
      ...told(/maximum context length/, /context|shorter|smaller|longer/i),
    },
    refuse: always(
      refusal(
        400,
        "This model's maximum context length is 4096 tokens. However, your messages resulted in 5120 tokens. Please reduce the length of the messages.",
        { code: "context_length_exceeded" },
      ),
    ),
  },
  {
    ...{ name: "context-too-long-500", server: "llama.cpp", does: "has a shorter context (code 500)", most: 0 },
    ...{ source: "ggml-org/llama.cpp#15780", ...told(/available context size/, /context|shorter|smaller|longer/i) },
    refuse: always({
      status: 500,
      body: {
        error: {
          code: 500,
          message:
            "the request exceeds the available context size. try increasing the context size or enable context shift",
          type: "exceed_context_size_error",
          n_prompt_tokens: 5120,
          n_ctx: 4096,
        },
      },
    }),
  },
  {
    ...{ name: "context-too-long-200", server: "llama.cpp", does: "has a shorter context (status 200)", most: 0 },
    ...{ source: "oobabooga/textgen#7257", ...told(/available context size/, /context|shorter|smaller|longer/i) },
    refuse: always({
      status: 200,
      body: {
        error: {
          code: 400,
          message:
            "the request exceeds the available context size. try increasing the context size or enable context shift",
          type: "exceed_context_size_error",
          n_prompt_tokens: 14429,
          n_ctx: 8192,
        },
      },
    }),
  },
  {
    ...{
      name: "larger-than-limit",
      server: "Groq",
      does: "takes no request above the limit of a minute (413)",
      most: 0,
    },
    ...{ source: "continuedev/continue#10218", ...told(/Request too large/, /context|shorter|smaller|longer|limit/i) },
    refuse: always(
      refusal(
        413,
        "Request too large for model `llama-3.3-70b-versatile` on tokens per minute (TPM): Limit 6000, Requested 14137, please reduce your message size and try again.",
        { type: "tokens", code: "rate_limit_exceeded" },
      ),
    ),
  },
  {
    ...{
      name: "larger-than-limit-429",
      server: "OpenAI",
      does: "takes no request above the limit of a minute (429)",
      most: 0,
    },
    ...{ source: "vanna-ai/vanna-flask#11", ...told(/Request too large/, /context|shorter|smaller|longer|limit/i) },
    refuse: always(
      refusal(
        429,
        "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 342389. The input or output tokens must be reduced in order to run successfully.",
        { type: "tokens", code: "rate_limit_exceeded" },
      ),
    ),
  },
  {
    ...{ name: "filtered", server: "Azure", does: "filters the prompt (400)", most: 0 },
    ...{
      source: "openai/openai-python#331",
      ...told(/content management policy/, /filter|policy|goal|another model/i),
    },
    refuse: always({
      status: 400,
      body: {
        error: {
          message:
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
          type: null,
          param: "prompt",
          code: "content_filter",
          status: 400,
        },
      },
    }),
  },
  {
    ...{
      name: "reasoning-uses-limit",
      server: "Ollama",
      does: "reasons until the output limit, and writes nothing",
      most: 0,
    },
    ...{ source: "nashsu/llm_wiki#348", model: "gemma4:12b", ...told(/output limit/, /maxOutputTokens/) },
    says: (said, body) => (partOf(body) === "plan" ? { text: "", finish: "length" } : said),
  },
  {
    ...{ name: "stream-server-error", server: "OpenAI", does: "breaks each stream with `server_error`", most: 3 },
    ...{
      source: "https://platform.openai.com/docs/guides/error-codes",
      ...told(/had an error while processing/, /again|later/i),
    },
    chunks: broken({
      error: {
        message: "The server had an error while processing your request. Sorry about that!",
        type: "server_error",
        param: null,
        code: "server_error",
      },
    }),
  },
  {
    ...{ name: "unknown-effort", server: "OpenAI", does: "takes other words for `reasoning_effort`", most: 0 },
    ...{ source: "BerriAI/litellm#27074", model: "o3-mini", settings: { reasoningEffort: "minimal" } },
    ...told(/does not support 'minimal'/, /reasoningEffort|setting/i),
    refuse: (body) =>
      body.reasoning_effort === "minimal" &&
      refusal(
        400,
        "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'low', 'medium', and 'high'.",
        { param: "reasoning_effort", code: "unsupported_value" },
      ),
  },
  {
    ...{ name: "top-p-range", server: "TGI", does: "allows other values of `top_p` (422)", most: 0 },
    ...{ source: "argilla-io/synthetic-data-generator#48", settings: { topP: 1 } },
    ...told(/must be > 0\.0 and < 1\.0/, /topP/),
    refuse: (body) =>
      body.top_p === 1 && {
        status: 422,
        body: { error: "Input validation error: `top_p` must be > 0.0 and < 1.0", error_type: "validation" },
      },
  },
];
