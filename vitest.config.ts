import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts"],
    // Safety nets for a busy machine: a test that takes longer hangs. Nothing is measured by them.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ["default", "./scripts/closing-line.ts"],
  },
});
