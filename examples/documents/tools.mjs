// @ts-check
// The tools that the documents' plans name. In: one text each. Out: a text that repeats it, so that one sees what
// arrived. Separate from the configuration so that both the command line and run.mjs use them.
import { tool } from "planloom";
import { z } from "zod";

/**
 * @param {string} name
 * @param {string} description
 * @param {string} argument
 * @param {(text: string) => string} run
 */
const textTool = (name, description, argument, run) =>
  tool({
    name,
    description,
    input: z.object({ [argument]: z.string() }),
    output: z.string(),
    effects: "none",
    run: (args) => run(args[argument] ?? ""),
  });

/** @param {string} query */
const found = (query) => `[found for: ${query}]`;

export const tools = [
  textTool("web_search", "Searches the web.", "query", found),
  textTool("search", "Searches the web.", "query", found),
  textTool("search_web", "Searches the web.", "query", found),
  textTool("extract_entities", "Names the companies in a text.", "text", (text) => `[companies in: ${text}]`),
  textTool("create_table", "Writes a table of the data.", "data", (data) => `[table of: ${data}]`),
  textTool("generate_summary", "Summarizes a table.", "table", (table) => `[summary of: ${table}]`),
];
