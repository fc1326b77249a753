// Which tests there are, and how they share processes. In: nothing. Out: Vitest's settings.
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests that change nothing outside themselves. Each file of the others has a process of its own. */
const SHARED = ["plan", "run", "agents", "fuzz"].map((name) => `packages/planloom/test/${name}/**/*.test.ts`);

export default defineConfig({
  test: {
    // Vitest leaves one processor free for itself, which it hardly needs.
    maxWorkers: availableParallelism(),
    // Safety nets for a busy machine: a test that takes longer hangs. Nothing is measured by them.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ["default", "./scripts/closing-line.ts"],
    projects: [
      { extends: true, test: { name: "shared", include: SHARED, isolate: false } },
      {
        extends: true,
        test: {
          name: "own process",
          include: ["packages/*/test/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: ["**/node_modules/**", ...SHARED],
          globalSetup: "packages/planloom/test/bundled.ts",
        },
      },
    ],
  },
});
