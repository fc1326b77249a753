// @ts-check
// A competitive analysis with three models on three servers (all scripted), and what each server was asked.
// Run it after a build: node examples/hermes/run.mjs
import { createLoom } from "planloom";
import { hermesModels } from "./models.mjs";
import { startScripted } from "./scripted.mjs";
import { tools } from "./tools.mjs";

const servers = await startScripted();
const { planner, executor, synthesizer } = servers;
const models = hermesModels({ planner: planner.url, executor: executor.url, synthesizer: synthesizer.url });
const loom = await createLoom({ tools, models, store: "memory" });

try {
  const result = await loom.run("Write a competitive analysis of the note-taking apps Inkwell and Margin.");

  for (const { id, title, status, output } of result.steps) console.log(`${id} ${title} (${status})\n   ${output}`);
  console.log(`\n${result.answer}\n`);

  const { success, stepsTotal, stepsCompleted, replanCount } = result;
  console.log({ success, stepsTotal, stepsCompleted, replanCount });
  for (const [role, { requests }] of Object.entries(servers)) {
    const names = new Set(requests.map(({ body }) => body.model));
    console.log(`the ${role}'s server (scripted): ${requests.length} requests, all for ${[...names].join(", ")}`);
  }
} finally {
  await loom.close();
  await Promise.all(Object.values(servers).map((server) => server.close()));
}
