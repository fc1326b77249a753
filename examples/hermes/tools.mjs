// @ts-check
// The search of this example. In: a query. Out: what a few invented pages say. Separate from the configuration so that
// both the command line and run.mjs use it. Put your own search in its place, or the built-in one (builtins.search).
import { tool, ToolError } from "planloom";
import { z } from "zod";

/** @type {Readonly<Record<string, string>>} */
const PAGES = {
  inkwell:
    "Inkwell is a note-taking app for teams. It costs 8 dollars a month, works offline, and has 40 integrations.",
  margin:
    "Margin is a note-taking app for researchers. It costs 5 dollars a month, needs a connection, and has 12 integrations.",
};

const webSearch = tool({
  name: "web_search",
  description: "Searches the web (here: two invented pages on the apps Inkwell and Margin).",
  input: z.object({ query: z.string() }),
  output: z.string(),
  effects: "none",
  run: ({ query }) => {
    const name = Object.keys(PAGES).find((known) => query.toLowerCase().includes(known));
    if (name === undefined) throw new ToolError(`Nothing was found for "${query}".`, { retryable: false });
    return /** @type {string} */ (PAGES[name]);
  },
});

export const tools = [webSearch];
