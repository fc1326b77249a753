// The tools that drafts in these tests are checked against.
import type { Inventory, ToolSpec } from "../../src/plan/tool-spec.js";
import type { JsonObject } from "../../src/plan/json.js";

const text: JsonObject = { type: "string" };

function spec(
  name: string,
  description: string,
  properties: JsonObject,
  required: string[],
  output?: JsonObject,
): ToolSpec {
  const input: JsonObject = { type: "object", properties, required };
  return { name, description, input, effects: "none", ...(output === undefined ? {} : { output }) };
}

const hit: JsonObject = {
  type: "object",
  properties: { title: text, url: text, snippet: text },
  required: ["title", "url", "snippet"],
};
const results: JsonObject = {
  type: "object",
  properties: { results: { type: "array", items: hit } },
  required: ["results"],
};
const page: JsonObject = {
  type: "object",
  properties: { url: text, status: { type: "number" }, title: text, text },
  required: ["url", "status", "title", "text"],
};

export const SAMPLE: Inventory = {
  tools: [
    spec("search", "Search the web for information.", { query: text, limit: { type: "number" } }, ["query"], results),
    spec("web_search", "Search the internet.", { query: text }, ["query"], text),
    spec("fetch_url", "Read a page of the web.", { url: text }, ["url"], page),
    spec(
      "calculate",
      "Evaluate a math expression.",
      { expression: text, variables: { type: "object" } },
      ["expression"],
      {
        type: "number",
      },
    ),
    spec("summarize", "Summarize a long text.", { text, words: { type: "number" } }, ["text"], text),
    spec("lookup", "Look a person up.", { name: text }, ["name"], {
      type: ["object", "null"],
      properties: { age: { type: "number" } },
      required: ["age"],
    }),
    spec("opaque", "Gives anything.", { value: {} }, []),
    spec("Text-to-Audio", "Generates spoken audio, which is speech, from a given text.", { text }, ["text"], text),
    { ...spec("send_email", "Send an email.", { to: text, body: text }, ["to", "body"], text), effects: "once" },
    { ...spec("write_file", "Write a file.", { path: text, text }, ["path", "text"]), effects: "idempotent" },
    { ...spec("refund", "Pay money back.", { order: text }, ["order"]), effects: "once", approval: "required" },
  ],
};
