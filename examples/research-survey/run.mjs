// @ts-check
// A survey of a few documents: topics, subtopics, a search for each, notes, and one text. Without PLANLOOM_MODEL or
// OPENAI_API_KEY the models are scripted. Run it after a build: node examples/research-survey/run.mjs
import { fileURLToPath } from "node:url";
import { createLoom } from "planloom";
import { scriptedModels, startScripted } from "./scripted.mjs";

const { PLANLOOM_MODEL, OPENAI_API_KEY } = process.env;
const server = PLANLOOM_MODEL === undefined && OPENAI_API_KEY === undefined ? await startScripted() : undefined;
console.log(server === undefined ? `models: ${PLANLOOM_MODEL ?? "of OpenAI"}` : "models: scripted, no model runs here");

const loom = await createLoom({
  builtins: { search: { folder: fileURLToPath(new URL("docs", import.meta.url)) } },
  ...(server === undefined ? {} : { models: scriptedModels(server.url) }),
  store: "memory",
});

try {
  const result = await loom.run("Survey what is known about cooling hot cities, and what each way costs");
  for (const { id, status, items = [] } of result.steps)
    console.log(`  ${id} ${status}${items.length === 0 ? "" : `, ${items.length} at once`}`);
  console.log(`\n${result.answer}\n\n${result.critique?.text ?? "Nobody reviewed the answer."}`);
} finally {
  await loom.close();
  await server?.close();
}
