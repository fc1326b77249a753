// @ts-check
// Questions become answers with sources, and the answers one page, in a copy of this folder. Without PLANLOOM_MODEL or
// OPENAI_API_KEY the models are scripted. Run it after a build: node examples/knowledge-base/run.mjs
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLoom } from "planloom";
import { scriptedModels, startScripted } from "./scripted.mjs";
import { tools } from "./tools.mjs";

const { PLANLOOM_MODEL, OPENAI_API_KEY } = process.env;
const server = PLANLOOM_MODEL === undefined && OPENAI_API_KEY === undefined ? await startScripted() : undefined;
console.log(server === undefined ? `models: ${PLANLOOM_MODEL ?? "of OpenAI"}` : "models: scripted, no model runs here");

const folder = await mkdtemp(join(tmpdir(), "planloom-knowledge-base-"));
await cp(fileURLToPath(new URL("articles", import.meta.url)), join(folder, "articles"), { recursive: true });
const questions = JSON.parse(await readFile(new URL("questions.json", import.meta.url), "utf8"));

const loom = await createLoom({
  tools,
  builtins: { search: { folder: join(folder, "articles") }, files: { roots: [folder], write: true } },
  ...(server === undefined ? {} : { models: scriptedModels(server.url) }),
  store: "memory",
});

try {
  const goal = "Organise the answers of our knowledge base to these questions, by topic and with sources";
  const result = await loom.run(goal, { inputs: { questions } });
  for (const { id, status } of result.steps) console.log(`  ${id} ${status}`);
  console.log(`\n${result.answer}\n\n${await readFile(join(folder, "answers.md"), "utf8")}`.trimEnd());
} finally {
  await loom.close();
  await server?.close();
  await rm(folder, { recursive: true });
}
