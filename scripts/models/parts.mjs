// Parts from which modes are made. See server.mjs for what a mode may have.
import { inSteps } from "./model.mjs";

/** A refusal in OpenAI's form. */
export const refusal = (status, message, more = {}) => ({
  status,
  body: { error: { message, type: "invalid_request_error", param: null, code: null, ...more } },
});

/** A refusal in Google's form: a list. */
export const google = (status, message, word = "INVALID_ARGUMENT") => ({
  status,
  body: [{ error: { code: status, message, status: word } }],
});

/** A refusal in the form of vLLM, SGLang and Mistral. */
export const objectError = (status, message, more = {}) => ({
  status,
  body: { object: "error", message, type: "BadRequestError", param: null, code: status, ...more },
});

/** True for the first call with this name. */
export const first = (state, name) => (state[name] ? false : (state[name] = true));

/** The run must end with an error that has the server's words, and whose next step names the remedy. */
export const told = (says, next) => ({ told: { says, next } });

/** Calls of steps stand in the text. */
export const callsAsText = (write) => (said, body) =>
  said.calls && inSteps(body) ? { text: said.calls.map(write).join("\n"), finish: "stop" } : said;

/** Changes the texts of steps and answers. */
export const textsAs = (write) => (said, body) =>
  said.text && !body.response_format && !body.tools?.some(({ function: made }) => made.name === "plan")
    ? { ...said, ...write(said.text, body) }
    : said;

/** A stream that ends with this chunk after the first pieces. */
export const broken =
  (chunk, when = () => true) =>
  (chunks, body, state) =>
    when(state) ? [...chunks.slice(0, 3), chunk, "data: [DONE]\n\n"] : chunks;

/** Each schema within a schema. */
export function* schemasIn(schema) {
  if (typeof schema !== "object" || schema === null) return;
  if (Array.isArray(schema)) {
    for (const one of schema) yield* schemasIn(one);
    return;
  }
  yield schema;
  for (const [name, value] of Object.entries(schema)) {
    if (["properties", "$defs", "definitions"].includes(name)) yield* schemasIn(Object.values(value));
    else if (!["enum", "const", "default", "required"].includes(name)) yield* schemasIn(value);
  }
}

export const callsIn = (body) => body.messages.flatMap((message) => message.tool_calls ?? []);
