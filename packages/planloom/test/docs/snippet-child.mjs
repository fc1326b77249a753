// Runs the snippets of the documents, one after the other. In: the root of the repository, and a list of jobs on
// standard input. Out: for each, what it printed, its exit code and its error, as JSON. One process for all of them, so
// that the library is loaded once.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const LIMIT_MS = 30_000;
const { createLoom } = await import(pathToFileURL(path.join(process.argv[2], "packages/planloom/dist/index.js")).href);
const write = process.stdout.write.bind(process.stdout);
let printed = "";
process.stdout.write = (text) => ((printed += String(text)), true);
for (const name of ["log", "info", "warn", "error"]) console[name] = (...args) => (printed += `${format(...args)}\n`);
process.on("unhandledRejection", (error) => (printed += `unhandled: ${error?.stack ?? error}\n`));

const RUNS = {
  write: async () => undefined,
  import: async ({ file }) => void (await import(pathToFileURL(file).href)),
  config: async ({ text }) => await (await createLoom({ ...JSON.parse(text), store: "memory" })).close(),
  sh: ({ text, folder, env }) =>
    new Promise((resolve) => {
      const child = spawn("bash", ["-e", "-c", text], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (printed += String(piece)));
      child.on("close", resolve);
    }),
};

let input = "";
for await (const piece of process.stdin) input += piece;

const results = [];
for (const job of JSON.parse(input)) {
  printed = "";
  for (const { file, text } of job.files) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  process.chdir(job.folder);
  Object.assign(process.env, job.env);
  const started = performance.now();
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("it does not end")), LIMIT_MS)));
  const result = { file: job.file };
  try {
    result.code = await Promise.race([RUNS[job.kind](job), late]);
  } catch (thrown) {
    result.error = thrown?.stack ?? String(thrown);
  }
  clearTimeout(timer);
  results.push({ ...result, printed, ms: Math.round(performance.now() - started) });
}
write(JSON.stringify(results), () => process.exit(0));
