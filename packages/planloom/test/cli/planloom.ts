// Processes of the built command line. In: arguments, a folder, variables, standard input. Out: output and exit code.
// Every test of the command line is a story of one or more of these processes. They start from the bundle, which needs
// less CPU time (../bundled.ts); a test may ask for the bin of the package.
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject, onTestFinished } from "vitest";
import type { RunDocument } from "../../src/loom/document.js";
import { startFakeOpenAI, type FakeOpenAI, type FakeOpenAIOptions } from "../../src/testing/index.js";

/** The bin of the package. */
export const BIN = fileURLToPath(new URL("../../bin/planloom.js", import.meta.url));
/** The same program from the bundle. */
const BUNDLED_BIN = join(inject("bundled"), "bin", "planloom.js");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  readonly env?: { readonly [name: string]: string };
  /** Text, and then the end; "open" = a pipe that stays open and silent. Default: closed. */
  readonly stdin?: string;
  /** A folder below the place's own. */
  readonly below?: string;
}

/** A folder of its own, which is trusted, and a command line in it. */
export interface Workspace {
  readonly folder: string;
  write(name: string, content: unknown): string;
  remove(name: string): void;
  run(args: readonly string[], options?: ChildOptions): Promise<Ended>;
  json<T = RunDocument>(args: readonly string[], options?: ChildOptions): Promise<T & { readonly exit: number | null }>;
  begin(args: readonly string[], options?: ChildOptions): Live;
}

export interface Live {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves once stderr holds the text; rejects when the process ends before. */
  said(text: string): Promise<string>;
}

export function workspace(env: { readonly [name: string]: string } = {}, bin = BUNDLED_BIN): Workspace {
  const folder = mkdtempSync(join(tmpdir(), "planloom-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const begin: Workspace["begin"] = (args, options = {}) =>
    start(bin, join(folder, options.below ?? "."), args, {
      ...options,
      env: { PLANLOOM_TRUST: folder, ...env, ...options.env },
    });
  const run: Workspace["run"] = (args, options) => begin(args, options).ended;
  return {
    folder,
    begin,
    run,
    write(name, content) {
      writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
      return name;
    },
    remove: (name) => rmSync(join(folder, name)),
    async json(args, options) {
      const { stdout, stderr, code } = await run(args, options);
      if (stdout === "") throw new Error(`nothing on stdout (exit ${code}): ${stderr}`);
      return { ...(JSON.parse(stdout) as object), exit: code } as never;
    },
  };
}

function start(bin: string, cwd: string, args: readonly string[], { env = {}, stdin }: ChildOptions): Live {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { PATH, HOME, ...env } });
  let [stdout, stderr] = ["", ""];
  const watchers = new Set<() => void>();
  child.stdout.on("data", (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => {
    stderr += piece.toString();
    for (const watcher of watchers) watcher();
  });
  child.stdin.on("error", () => undefined);
  if (stdin !== "open") child.stdin.end(stdin ?? "");
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    child,
    ended,
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => void (stderr.includes(text) && resolve(stderr));
        watchers.add(look);
        look();
        void ended.then(() => reject(new Error(`never said ${text}: ${stderr}`)));
      }),
  };
}

/** A model server for one test, and the variables that lead to it. */
export async function modelServer(
  reply: FakeOpenAIOptions["reply"],
  options: Omit<FakeOpenAIOptions, "reply"> = {},
): Promise<{ readonly server: FakeOpenAI; readonly env: { readonly [name: string]: string } }> {
  const server = await startFakeOpenAI({ ...options, reply });
  onTestFinished(() => server.close());
  return { server, env: { PLANLOOM_MODEL: "test-model", PLANLOOM_BASE_URL: server.url } };
}

/** Which role a request comes from, by the opening of its prompt. */
export function roleOf(body: {
  readonly messages: readonly { readonly content: string | null }[];
}): "planner" | "executor" | "synthesizer" {
  const [system] = body.messages;
  const found = /You are (?:the|an) (planner|executor|synthesizer)/.exec(system?.content ?? "")?.[1];
  return (found ?? "executor") as "planner" | "executor" | "synthesizer";
}

/** Two sums that need nothing from each other, and an answer that is written. */
export const SUMS = {
  steps: [
    {
      id: "left",
      title: "Add the left",
      description: "Add two and three.",
      tool: "calculate",
      with: { expression: "2 + 3" },
    },
    {
      id: "right",
      title: "Add the right",
      description: "Add four and five.",
      tool: "calculate",
      with: { expression: "4 + 5" },
    },
  ],
  answer: { from: ["left", "right"], instructions: "One sentence." },
};

/** Asks a person, and multiplies. */
export const QUESTION = {
  goal: "Multiply what a person says",
  steps: [
    { id: "number", title: "Ask for a number", ask: "Which number?", output: "number" },
    {
      id: "twice",
      title: "Twice the number",
      tool: "calculate",
      with: { expression: "n * 2", variables: { n: "${{ number }}" } },
    },
  ],
  answer: { value: "${{ twice }}" },
};
