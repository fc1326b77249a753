// `npm run bench`: all figures as one table. `npm run bench -- --asynchow FILE` adds the recorded DAGs; `--only chains,wide` picks.
import os from "node:os";
import { memory, size, startup } from "./footprint.mjs";
import { asyncHow, uneven } from "./makespan.mjs";
import { table } from "./measure.mjs";
import { chains, growth, wide } from "./overhead.mjs";
import { userCalls } from "./user-call.mjs";
import { values } from "./values.mjs";
import { watched } from "./telemetry.mjs";

const option = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const file = option("asynchow");
const parts = {
  uneven,
  ...(file === undefined ? {} : { asynchow: () => asyncHow(file) }),
  chains,
  wide,
  growth,
  "user-call": userCalls,
  values,
  memory,
  startup,
  size,
  watched,
};
const chosen = option("only")?.split(",") ?? Object.keys(parts);

const rows = [];
for (const name of chosen) {
  const part = parts[name];
  if (part === undefined) {
    console.error(`There is no benchmark ${name}; there are ${Object.keys(parts).join(", ")}.`);
    process.exit(2);
  }
  console.error(`${name} …`);
  rows.push(...(await part()));
}
console.log(`Node ${process.versions.node}, ${os.cpus().length} cores, load ${os.loadavg()[0].toFixed(1)}\n`);
console.log(table(rows));
