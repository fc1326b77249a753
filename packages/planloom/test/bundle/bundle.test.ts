// Planloom in a bundle: `planloom/plan` for a browser, and programs for Node that run outside node_modules; and the
// published types, without the types of dependencies.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build as esbuild } from "esbuild";
import { rolldown } from "rolldown";
import { build as vite } from "vite";
import webpack from "webpack";
import { expect, onTestFinished, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { readPlan } from "../../src/plan/read/read.js";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const dist = join(import.meta.dirname, "..", "..", "dist");

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "planloom-bundle-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const PLAN = `
goal: Housing at 30 % of salary
inputs:
  salary: { type: number, default: 1000 }
steps:
  - id: housing
    tool: calculate
    with: { expression: "salary * 0.3", variables: { salary: "\${{ inputs.salary + 0 }}" } }
answer:
  value: "\${{ housing }}"
`;
const CALCULATE = {
  name: "calculate",
  description: "Computes.",
  effects: "none",
  input: {
    type: "object",
    properties: { expression: { type: "string" }, variables: { type: "object" } },
    required: ["expression"],
  },
  output: { type: "number" },
} as const;

test("planloom/plan in a browser reads, checks and hashes a plan as it does on Node", async () => {
  const bundle = await rolldown({ input: join(dist, "plan.js"), platform: "browser", logLevel: "silent" });
  const { output } = await bundle.generate({ format: "iife", name: "plans", codeSplitting: false });
  await bundle.close();
  expect(output.map(({ fileName }) => fileName)).toStrictEqual(["plan.js"]);
  const [{ code, imports }] = output;
  expect(imports).toStrictEqual([]);
  expect(code).not.toMatch(/\brequire\(|\bfrom "node:/);

  // The names of the language, and those of the web that are used: nothing of Node.
  const browser = createContext({ TextEncoder, TextDecoder, text: PLAN, inventory: JSON.stringify([CALCULATE]) });
  const script = `${code}
    const read = plans.readPlan(text, {});
    const checked = plans.check(read.draft, { tools: JSON.parse(inventory) });
    JSON.stringify({ checked, drawn: plans.graphMermaid(checked.plan), schema: plans.planJsonSchema() });`;
  const told = JSON.parse(runInContext(script, browser) as string) as { readonly checked: object };

  const read = readPlan(PLAN, {});
  const here = read.kind === "plan" ? check(read.draft, { tools: [CALCULATE] }) : undefined;
  expect(here?.ok).toBe(true);
  expect(told.checked).toStrictEqual(JSON.parse(JSON.stringify(here)));
});

/** A folder for a program, in which it can import what Planloom's own packages can. */
function appFolder(here: string): string {
  const app = join(here, "app");
  mkdirSync(app);
  symlinkSync(join(root, "node_modules"), join(app, "node_modules"));
  return app;
}

const SQLITE = "@photostructure/sqlite";

const APP = `
import { createLoom } from "planloom";

async function main() {
  const loom = await createLoom({ store: process.argv[2] }, { env: {} });
  const { answer, error } = await loom.run("", { plan: ${JSON.stringify(PLAN)} });
  console.log("answer", answer, error);
  await loom.close();
}
main().catch(({ code, next }) => console.log(code, next));
`;

/** Each builds `entry` into `out`, with the settings that docs/bundlers.md names. Gives the name of the program. */
const BUNDLERS: { readonly [name: string]: (entry: string, out: string) => Promise<string> } = {
  async esbuild(entry, out) {
    const banner = {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    };
    const { warnings } = await esbuild({
      entryPoints: [entry],
      outfile: join(out, "app.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      banner,
      external: [SQLITE],
    });
    expect(warnings).toStrictEqual([]);
    return "app.mjs";
  },
  async vite(entry, out) {
    await vite({
      root: join(entry, ".."),
      configFile: false,
      logLevel: "silent",
      ssr: { noExternal: true, external: [SQLITE] },
      build: { ssr: entry, outDir: out, rolldownOptions: { output: { entryFileNames: "app.js" } } },
    });
    return "app.js";
  },
  async webpack(entry, out) {
    // As Next.js builds a server: CommonJS, and `serverExternalPackages` imported when the program runs.
    const compiler = webpack({
      mode: "production",
      context: join(entry, ".."),
      entry,
      target: "node20",
      output: { path: out, filename: "app.cjs", chunkFilename: "[name].cjs" },
      externals: { [SQLITE]: `import ${SQLITE}` },
      optimization: { minimize: false },
      devtool: false,
    });
    const stats = await new Promise<webpack.Stats>((resolve, reject) => {
      compiler.run((error, done) => (done === undefined ? reject(error ?? new Error("no statistics")) : resolve(done)));
    });
    await new Promise((resolve) => compiler.close(resolve));
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
    expect([errors, warnings]).toStrictEqual([[], []]);
    return "app.cjs";
  },
};

test.for(Object.entries(BUNDLERS))("a program bundled by %s runs a plan on a SQLite file", async ([, bundle]) => {
  const here = folder();
  const app = appFolder(here);
  const entry = join(app, "entry.js");
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(entry, APP);
  const out = join(here, "out");
  mkdirSync(out);
  const program = join(out, await bundle(entry, out));
  writeFileSync(join(out, "package.json"), JSON.stringify({ type: "module" }));
  rmSync(app, { recursive: true });

  const run = (store: string) => {
    const { stdout, stderr } = spawnSync(process.execPath, [program, store], { cwd: "/", env: {}, encoding: "utf8" });
    return stdout.trim() + stderr.trim();
  };
  const alone = run(join(here, "alone.db"));
  if (alone !== "answer 300 undefined") {
    // This Node.js has no SQLite of a sound version. The package is then installed beside the program.
    expect(alone).toMatch(/^STORE_FAILED Use a newer Node\.js/);
    expect(alone).toContain(`install ${SQLITE} where the program runs: a bundler must leave it external.`);
    mkdirSync(join(out, "node_modules", "@photostructure"), { recursive: true });
    symlinkSync(join(root, "node_modules", SQLITE), join(out, "node_modules", SQLITE));
    expect(run(join(here, "beside.db"))).toBe("answer 300 undefined");
  }
});

test.for([
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
])("the published types are clean without skipLibCheck (module %s, resolution %s)", ([module, resolution]) => {
  const app = appFolder(folder());
  const names = [
    "planloom",
    "planloom/plan",
    "planloom/engine",
    "planloom/streams",
    "planloom/tools",
    "planloom/testing",
    "planloom/config",
  ];
  const uses = names.map((name, index) => `export * as m${index} from ${JSON.stringify(name)};`);
  writeFileSync(join(app, "app.ts"), uses.join("\n"));
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module" }));
  const tsc = join(root, "node_modules", "@typescript", "native", "bin", "tsc");
  const settings = `--noEmit --strict --skipLibCheck false --target es2023 --lib es2023 --types node --listFiles`;
  const mode = ["--module", module!, "--moduleResolution", resolution!];
  const ran = spawnSync(process.execPath, [tsc, ...settings.split(" "), ...mode, "app.ts"], {
    cwd: app,
    encoding: "utf8",
  });
  const lines = ran.stdout.trim().split("\n");
  expect(lines.filter((line) => /error TS/.test(line))).toStrictEqual([]);
  expect(ran.status).toBe(0);
  // All of these are installed with Planloom, or name themselves what they need.
  const packages = lines.map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? "own");
  const others = [...new Set(packages)].filter((name) => !name.startsWith("@typescript/"));
  expect(others.sort()).toStrictEqual(["@marcbachmann/cel-js", "@types/node", "own", "undici-types", "zod"]);
});
