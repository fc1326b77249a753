// Bundles the built command line before the tests that start it. In: dist/. Out: a folder like the published package,
// with few large files instead of many small ones. A process starts from it in two thirds of the CPU time. The tests of
// the documents, of the terminal and of the examples start the bin of the package itself.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
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

/** Called by Vitest once per run. The function that it returns removes the bundle. */
export default async function bundle(project: TestProject): Promise<() => void> {
  // Inside node_modules, so that what stays outside of the bundle is found.
  const cache = path.join(library, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, "planloom-bundled-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    for (const name of ["bin", "package.json"])
      cpSync(path.join(library, name), path.join(folder, name), { recursive: true });
    await bundleInto(path.join(folder, "dist"));
  } catch (error) {
    remove();
    throw error;
  }
  project.provide("bundled", folder);
  return remove;
}

/** All files stand in one folder below `dist`: the library finds its own package.json by that. */
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
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    // One holds native code, the other loads files of its own.
    external: ["@photostructure/sqlite", "jiti"],
  });
}
