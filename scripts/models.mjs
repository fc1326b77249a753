// `npm run models`: runs the whole path against servers with the known behaviours of others, prints the compatibility
// table, and writes it into docs/models.md. In: names of modes, or none for all. With names, nothing is written. Exits
// with 1 if a mode is not as it should be.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, install, root } from "./install.mjs";

install();
build();
const library = { ...(await import("planloom")), z: (await import("zod")).z };
const { MODES } = await import("./models/modes.mjs");
const { runMode } = await import("./models/run-mode.mjs");
const { figures, tableOf } = await import("./models/table.mjs");

const AT_ONCE = 6;
const named = process.argv.slice(2);
const modes = MODES.filter(({ name }) => named.length === 0 || named.includes(name));
const left = modes.map((mode, index) => [mode, index]);
const rows = [];
await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log(tableOf(rows).join("\n"));
for (const { mode, result, fault } of rows)
  if (fault !== undefined) console.log(`\n${mode.name} (${result.requests} requests): ${fault}`);
console.log(`\n${figures(rows)}`);
if (named.length === 0) write();
process.exitCode = rows.every(({ fault }) => fault === undefined) ? 0 : 1;

async function work() {
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const [mode, index] = next;
    const result = await runMode(mode, library);
    rows[index] = { mode, result, fault: faultOf(mode, result) };
  }
}

function faultOf(mode, result) {
  if (result.problem !== undefined) return result.problem;
  return result.extra > mode.most ? `${result.extra} extra requests, ${mode.most} are right` : undefined;
}

function write() {
  const file = path.join(root, "docs", "models.md");
  const text = readFileSync(file, "utf8");
  const [before, rest] = text.split("<!-- table -->\n");
  const after = rest.slice(rest.indexOf("<!-- end of table -->"));
  const table = [figures(rows), "", ...tableOf(rows)].join("\n");
  writeFileSync(file, `${before}<!-- table -->\n\n${table}\n\n${after}`);
}
