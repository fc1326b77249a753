// Bundles the built command line before the tests that start it. In: dist/. Out: a folder like the published package,
// with few large files instead of many small ones. A process that starts from it needs a quarter less CPU time. The
// tests of the documents, of the terminal and of the examples start the bin of the package itself.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the bundle. */
    readonly bundled: string;
  }
}

const test = import.meta.dirname;
const library = path.dirname(test);

let folder: string;

/** Called by Vitest before its first test. */
export async function setup(project: TestProject): Promise<void> {
  // Inside node_modules, so that what stays outside of the bundle is found.
  const cache = path.join(library, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(path.join(cache, "planloom-bundled-"));
  for (const name of ["bin", "studio", "package.json"]) copy(name);
  await bundleInto(path.join(folder, "dist"));
  project.provide("bundled", folder);
}

/** Called by Vitest after its last test. */
export const teardown = (): void => rmSync(folder, { recursive: true, force: true });

function copy(name: string): void {
  const from = path.join(library, name);
  if (existsSync(from)) cpSync(from, path.join(folder, name), { recursive: true });
}

/** All code stands in `dist/cli`, from where it finds the other files of its package (src/cli/own-file.ts). */
async function bundleInto(dist: string): Promise<void> {
  await build({
    entryPoints: {
      "cli/main": path.join(library, "dist", "cli", "main.js"),
      "cli/crash-child": path.join(test, "crash", "child.mjs"),
      "cli/crash-zombie": path.join(test, "crash", "zombie.mjs"),
    },
    outdir: dist,
    chunkNames: "cli/[name]-[hash]",
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
    // Those are loaded as they are installed.
    packages: "external",
  });
}
