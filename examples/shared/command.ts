// A program in a process of its own. In: its arguments and variables. Out: what it printed, and its exit code.
// Separate because every example is tried as a person runs it: with node, and with the command line.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { RunDocument } from "planloom";
import { readRunDocument } from "./run-contract.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const planloom = path.join(root, "packages", "planloom", "bin", "planloom.js");

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Variables = { readonly [name: string]: string };

/** Runs a script, given by its path from the root of the repository, as `node SCRIPT` there. */
export function runScript(script: string, variables: Variables = {}): Promise<Ended> {
  return runNode([path.join(root, script)], variables);
}

/** `planloom ARGS`, in a process of its own, without a terminal. */
export function runPlanloom(args: readonly string[], variables: Variables = {}): Promise<Ended> {
  return runNode([planloom, ...args], variables);
}

/**
 * `planloom ARGS --json`, with a store that is gone afterwards. Throws where stdout is not one document of the
 * contract.
 */
export async function runJson(
  args: readonly string[],
  variables: Variables = {},
): Promise<Ended & { document: RunDocument }> {
  const folder = mkdtempSync(path.join(tmpdir(), "planloom-example-"));
  try {
    const ended = await runPlanloom([...args, "--json"], {
      PLANLOOM_STORE: path.join(folder, "runs.db"),
      ...variables,
    });
    if (ended.stdout === "") throw new Error(`planloom exited with ${ended.code} and printed nothing: ${ended.stderr}`);
    return { ...ended, document: readRunDocument(ended.stdout) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runNode(args: readonly string[], variables: Variables): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...withoutModels(process.env), ...variables }, timeout: 170_000 };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** The machine may have a model configured. No example may reach it. */
function withoutModels(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(PLANLOOM|OPENAI)_/.test(name)));
}
