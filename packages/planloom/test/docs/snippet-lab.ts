// A folder in which the snippets of the documents are compiled and run. In: snippets. Out: what the compiler says, and
// what came of each run. The pages of one path (docs/start) share a folder, as their reader does.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { transformSync } from "esbuild";
import { BIN } from "../cli/planloom.js";
import { ROOT, type Snippet } from "./snippet.js";

/** Packages that snippets import, and where this repository has them. */
const PACKAGES = {
  planloom: "planloom",
  "planloom-eval": "planloom-eval",
  zod: "zod",
  ai: "ai",
  vite: "vite",
  vitest: "vitest",
  "@ai-sdk/react": "@ai-sdk/react",
  "@ai-sdk/openai": "ai-sdk-6-openai",
  "@ai-sdk/anthropic": "ai-sdk-6-anthropic",
  "@opentelemetry/api": "@opentelemetry/api",
  "@opentelemetry/context-async-hooks": "@opentelemetry/context-async-hooks",
  "@opentelemetry/sdk-trace-base": "@opentelemetry/sdk-trace-base",
  "@types/node": "@types/node",
  "@types/react": "@types/react",
};

export interface Lab {
  readonly folder: string;
  remove(): void;
}

export interface Job {
  readonly snippet: Snippet;
  readonly kind: "import" | "sh" | "config" | "write";
  readonly file: string;
  readonly folder: string;
  readonly env: { readonly [name: string]: string };
}

export interface Ran {
  readonly printed: string;
  readonly error?: string;
  readonly code?: number;
  readonly ms: number;
}

const SHIMS = {
  planloom: `exec "${process.execPath}" "${BIN}" "$@"`,
  npx: `[ "$1" = planloom ] || { echo "npx $1 is not run" >&2; exit 127; }; shift; exec "${process.execPath}" "${BIN}" "$@"`,
  npm: `echo "npm $1: not run"`,
  node: `exec "${process.execPath}" "$@"`,
};

export function openLab(): Lab {
  const folder = mkdtempSync(path.join(tmpdir(), "planloom-snippets-"));
  for (const [name, installed] of Object.entries(PACKAGES)) {
    const link = path.join(folder, "node_modules", name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules", installed), link);
  }
  writeFileSync(path.join(folder, "package.json"), '{ "type": "module", "private": true }\n');
  mkdirSync(path.join(folder, "bin"));
  mkdirSync(path.join(folder, "home"));
  for (const [name, line] of Object.entries(SHIMS)) {
    const file = path.join(folder, "bin", name);
    writeFileSync(file, `#!/bin/sh\n${line}\n`);
    chmodSync(file, 0o755);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The folder of a page: the pages of a path share one. */
const placeOf = (page: string): string =>
  path.posix.dirname(page) === "docs/start" ? "start" : page.replace(/\.md$/, "").replaceAll("/", "-");

const isCode = ({ language }: Snippet): boolean => language === "ts" || language === "js";

export const fileName = (snippet: Snippet): string | undefined => snippet.info.find((word) => word.includes("."));

const nameOf = (snippet: Snippet): string => fileName(snippet) ?? `snippet-${snippet.line}.${snippet.language}`;

const textOf = ({ before, text, after }: Snippet): string => `${before}${before === "" ? "" : "\n"}${text}${after}`;

/** What the compiler says of all snippets, by page and line. One call of the compiler for all of them. */
export async function diagnosticsOf(lab: Lab, all: readonly Snippet[]): Promise<readonly string[]> {
  const origin = new Map<string, Snippet>();
  for (const snippet of all) {
    if (!isCode(snippet) || snippet.notChecked !== undefined || snippet.from !== undefined) continue;
    const folder = path.join("check", snippet.page.replaceAll("/", "-"));
    for (const { name, text } of earlierFiles(all, snippet)) put(path.join(lab.folder, folder, name), text);
    const file = path.join(folder, nameOf(snippet));
    put(path.join(lab.folder, file), withExport(textOf(snippet)));
    origin.set(file, snippet);
  }
  writeFileSync(
    path.join(lab.folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: OPTIONS, include: ["check"] }),
  );
  const compiler = path.join(ROOT, "node_modules", "@typescript", "native", "bin", "tsc");
  const said = await output(process.execPath, [compiler, "-p", lab.folder, "--pretty", "false"], lab.folder);
  return said.split("\n").flatMap((text) => {
    const [, file = "", line = "", message = ""] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(text) ?? [];
    const snippet = origin.get(file);
    if (snippet === undefined) return text.includes("error") ? [text] : [];
    const hidden = snippet.before === "" ? 0 : snippet.before.split("\n").length;
    return [`${snippet.page}:${snippet.line + Number(line) - hidden} ${message}`];
  });
}

const OPTIONS = {
  target: "es2023",
  module: "nodenext",
  moduleResolution: "nodenext",
  strict: true,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  skipLibCheck: true,
  jsx: "react-jsx",
  types: ["node"],
  lib: ["es2023", "dom", "dom.iterable"],
};

function output(program: string, args: readonly string[], cwd: string, input = ""): Promise<string> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: path.join(cwd, "home") };
  const child = spawn(program, args, { cwd, env, stdio: ["pipe", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (piece) => (printed += String(piece)));
  child.stdin.end(input);
  return new Promise((resolve) => child.on("close", () => resolve(printed)));
}

/** Two snippets without imports would share their names. */
const withExport = (text: string): string => (/^(?:import|export) /m.test(text) ? text : `${text}\nexport {};\n`);

/** Files beside a snippet: those of its own marks, and all of its place that stand before it. */
function earlierFiles(all: readonly Snippet[], snippet: Snippet) {
  const before = all.slice(0, all.indexOf(snippet) + 1).filter(({ page }) => placeOf(page) === placeOf(snippet.page));
  return before.flatMap((one) => {
    const name = fileName(one);
    return [...one.files, ...(name === undefined || one === snippet ? [] : [{ name, text: textOf(one) }])];
  });
}

function put(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** What is to be run, in the order of the pages. `url` gives the address of the server with a set of replies. */
export function jobsOf(lab: Lab, all: readonly Snippet[], url: (replies: string) => string): readonly Job[] {
  return all.flatMap((snippet) => {
    const place = placeOf(snippet.page);
    const [folder, out] = [path.join(lab.folder, "src", place), path.join(lab.folder, "out", place)];
    const kind = kindOf(snippet, all);
    if (kind === undefined) return [];
    mkdirSync(folder, { recursive: true });
    const env = environment(lab, folder, url(snippet.replies));
    return [
      { snippet, kind, file: path.join(kind === "import" ? out : folder, jsName(nameOf(snippet), kind)), folder, env },
    ];
  });
}

const jsName = (name: string, kind: Job["kind"]): string =>
  kind === "import" ? name.replace(/\.([cm]?)ts$/, ".$1js") : name;

/** A file that a shell block names is run there. */
function kindOf(snippet: Snippet, all: readonly Snippet[]): Job["kind"] | undefined {
  const { language, notRun, notChecked, from } = snippet;
  if (notChecked !== undefined || from !== undefined) return undefined;
  const name = fileName(snippet);
  if (language === "sh") return notRun === undefined ? "sh" : undefined;
  if (isCode(snippet)) {
    const isNamed =
      name !== undefined &&
      all.some(
        ({ language: one, text, page }) =>
          one === "sh" && placeOf(page) === placeOf(snippet.page) && text.includes(name),
      );
    if (notRun !== undefined || isNamed) return name === undefined ? undefined : "write";
    return "import";
  }
  if (name !== undefined) return "write";
  return notRun === undefined && language === "json" && isConfig(snippet.text) ? "config" : undefined;
}

const isConfig = (text: string): boolean => {
  const value = JSON.parse(text) as object;
  return "models" in value || "tools" in value || "builtins" in value;
};

const environment = (lab: Lab, folder: string, url: string) => ({
  PATH: `${path.join(lab.folder, "bin")}:${process.env["PATH"] ?? ""}`,
  HOME: path.join(lab.folder, "home"),
  PLANLOOM_TRUST: folder,
  OPENAI_BASE_URL: url,
  OPENAI_API_KEY: "any",
  ANTHROPIC_API_KEY: "any",
  NO_COLOR: "1",
});

/** Files that a job needs, as they are to be written just before it. */
function filesOf(lab: Lab, { snippet, kind, folder, file }: Job) {
  const out = path.join(lab.folder, "out", path.basename(folder));
  const beside = snippet.files.flatMap(({ name, text }) => both(path.join(folder, name), path.join(out, name), text));
  const name = fileName(snippet);
  if (kind === "sh" || kind === "config") return beside;
  const own =
    name === undefined
      ? [{ file, text: compiled(textOf(snippet), name ?? file) }]
      : both(path.join(folder, name), path.join(out, name), textOf(snippet));
  return [...beside, ...own];
}

const both = (source: string, out: string, text: string) => [
  { file: source, text },
  ...(/\.[cm]?[jt]s$/.test(out) ? [{ file: jsName(out, "import"), text: compiled(text, out) }] : []),
];

const compiled = (text: string, name: string): string =>
  /\.[cm]?js$/.test(name) && !name.includes("snippet-") ? text : transformSync(text, { loader: "ts" }).code;

/** Runs all jobs in one process. */
export async function runJobs(lab: Lab, jobs: readonly Job[]): Promise<readonly Ran[]> {
  const tasks = jobs.map((job) => ({
    ...job,
    text: job.snippet.instead ?? job.snippet.text,
    files: filesOf(lab, job),
  }));
  const child = path.join(import.meta.dirname, "snippet-child.mjs");
  return JSON.parse(await output(process.execPath, [child, ROOT], lab.folder, JSON.stringify(tasks))) as readonly Ran[];
}
