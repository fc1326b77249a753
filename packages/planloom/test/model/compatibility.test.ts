// A part of `npm run models`: a few emulated servers of each kind, from a plan to its answer, and the table in
// docs/models.md, which must have all of them.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as planloom from "../../src/index.js";
import { MODES } from "../../../../scripts/models/modes.mjs";
import { runMode } from "../../../../scripts/models/run-mode.mjs";

interface Mode {
  readonly name: string;
  readonly server: string;
  readonly does: string;
  /** Extra requests that are right. */
  readonly most: number;
  /** Only for a server that cannot answer. */
  readonly told?: object;
}

const modes: readonly Mode[] = MODES;
const text = readFileSync(new URL("../../../../docs/models.md", import.meta.url), "utf8");
const rows = text.split("\n").filter((line) => /^\|.*\|.*\|.*\|.*\|.*\|$/.test(line));

const TRIED = [
  ...["reference", "strict-schemas", "top-p-unsupported", "key-in-api-key", "json-once-invalid"],
  ...["thinking-not-in-one-piece", "needs-jinja", "calls-of-deepseek", "ids-of-9", "no-system-role"],
  ...["sample-refused-once", "content-as-parts", "no-finish", "null-deltas", "index-per-piece", "html-524-once"],
  ...["quota", "no-deployment", "context-too-long-500", "context-too-long-200", "larger-than-limit-429", "filtered"],
  ...["unknown-effort", "top-p-range"],
];

describe("a server that is emulated", () => {
  it.each(TRIED)("%s", { timeout: 30_000 }, async (name) => {
    const mode = modes.find((one) => one.name === name)!;
    const { outcome, extra, problem } = await runMode(mode, { ...planloom, z });
    expect({ outcome, problem }).toEqual({ outcome: mode.told === undefined ? "answer" : "told", problem: undefined });
    expect(extra).toBeLessThanOrEqual(mode.most);
  });
});

describe("the table in docs/models.md", () => {
  it("has a row for each behaviour, and none that is wrong or without a remedy", () => {
    const missing = modes.filter(({ server, does }) => !rows.some((row) => row.includes(`| ${server} | ${does} |`)));
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(rows.filter((row) => row.includes("**"))).toEqual([]);
    expect(modes.length).toBeGreaterThanOrEqual(60);
  });

  it("has a row that ends in an answer for each server that can answer", () => {
    const unlike = modes.filter(({ server, does, told }) => {
      const row = rows.find((one) => one.includes(`| ${server} | ${does} |`)) ?? "";
      return row.includes("told what to change") !== (told !== undefined);
    });
    expect(unlike.map(({ name }) => name)).toEqual([]);
  });

  it("has modes of different names, each with its source", () => {
    expect(new Set(modes.map(({ name }) => name)).size).toBe(modes.length);
    expect(rows.slice(1).filter((row) => !row.includes("---") && !row.includes("](https://"))).toEqual([]);
  });
});
