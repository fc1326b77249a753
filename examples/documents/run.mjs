// @ts-check
// Reads each plan in the format of its document, says what was normalised, and runs it.
// Run it after a build: node examples/documents/run.mjs
import { readdir, readFile } from "node:fs/promises";
import { createLoom } from "planloom";
import { readPlan } from "planloom/plan";
import { MODEL, startScripted } from "./scripted.mjs";
import { tools } from "./tools.mjs";

const folder = new URL("plans/", import.meta.url);
const server = await startScripted();
const models = { default: { model: MODEL, baseURL: server.url, apiKey: "none" } };
const loom = await createLoom({ tools, models, store: "memory" });

try {
  for (const name of (await readdir(folder)).sort()) {
    const read = readPlan(await readFile(new URL(name, folder), "utf8"), { inventory: loom.inventory });
    if (read.kind !== "plan") throw new Error(`${name} holds no plan.`);
    console.log(name);
    console.log(`  normalised: ${[...new Set(read.notes.map(({ code }) => code))].join(", ")}`);
    for (const { code, message } of loom.check(read.draft).findings) console.log(`  ${code}: ${message}`);
    const { steps, success } = await loom.run(`Carry out ${name}`, { plan: read.draft });
    for (const { id, title, output } of steps) console.log(`  ${id} ${title}: ${String(output)}`);
    console.log(success ? "  done\n" : "  failed\n");
  }
} finally {
  await loom.close();
  await server.close();
}
