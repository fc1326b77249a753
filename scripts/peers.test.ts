// The plans of bench/peers run as they should on the two systems that need no installation.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../bench/peers/case.mjs", import.meta.url));

test.each([
  ["bare", "none"],
  ["planloom", "memory"],
])("%s runs every step of a plan", (adapter, variant) => {
  const text = execFileSync(process.execPath, [script, adapter, variant, "wide10", "50", "1"], { encoding: "utf8" });
  const line = JSON.parse(text) as {
    readonly error?: string;
    readonly steps: number;
    readonly wall: readonly number[];
  };
  expect(line).toMatchObject({ steps: 10 });
  expect(line.error).toBeUndefined();
  expect(line.wall).toHaveLength(1);
});
