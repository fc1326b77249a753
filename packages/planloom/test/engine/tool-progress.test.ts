// Tests of the progress that tools report. In: reports. Out: what listeners are told.
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { LIMITS } from "../../src/limits.js";
import type { Progress } from "../../src/engine/engine.js";
import { createLoom } from "../../src/loom/create-loom.js";
import { ToolProgress } from "../../src/perform/tool-progress.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { secretFilter } from "../../src/tools/secret-filter.js";
import { tool, type ToolContext } from "../../src/tools/tool.js";
import { reportText } from "../../src/words/phrases.js";

function reporting(secrets: { readonly [name: string]: string } = {}) {
  const clock = fakeClock();
  const shown: (readonly (number | string | undefined)[])[] = [];
  const told = (value: number | string, text?: string) => void shown.push(text === undefined ? [value] : [value, text]);
  return { clock, shown, progress: new ToolProgress(told, secretFilter(secrets), clock) };
}

test("of a flood, the first report is shown, then the last of each interval, and the last at the end", async () => {
  const { clock, shown, progress } = reporting();
  for (let n = 0; n < 10_000; n++) progress.report(n / 10_000, `page ${n}`);
  expect(shown).toEqual([[0, "page 0"]]);
  await clock.advance(LIMITS.progressMs);
  expect(shown).toEqual([
    [0, "page 0"],
    [0.9999, "page 9999"],
  ]);
  progress.report("almost");
  progress.report("done");
  expect(clock.pending).toBe(1);
  progress.end();
  progress.report("too late");
  await clock.advance(LIMITS.progressMs);
  expect(shown.slice(2)).toEqual([["done"]]);
  expect(clock.pending).toBe(0);
});

test("a report that is later than the interval is shown at once; a number that is none is left out", async () => {
  const { clock, shown, progress } = reporting();
  progress.report("one");
  await clock.advance(LIMITS.progressMs);
  progress.report(Number.NaN);
  progress.report("two");
  expect(shown).toEqual([["one"], ["two"]]);
});

test("values of secrets are taken out of both texts", () => {
  const { shown, progress } = reporting({ KEY: "sesame-open-please" });
  progress.report(0.5, "with sesame-open-please here");
  progress.end();
  expect(JSON.stringify(shown)).not.toContain("sesame");
});

/** All progress of a run whose tool reports, alone or inside an agent step. */
async function heardOf(step: object, run: (context: ToolContext) => unknown): Promise<readonly Progress[]> {
  const work = tool({
    name: "work",
    description: "Works.",
    input: z.object({}),
    effects: "none",
    run: (_, context) => run(context),
  });
  const executor = scriptedModel([{ toolCalls: [{ name: "work", args: {} }] }, { text: "done" }]);
  const loom = await createLoom({ store: "memory", tools: [work], models: { executor } }, { env: {} });
  onTestFinished(() => loom.close());
  const started = await loom.start("Work.", { plan: { steps: [step], answer: { value: "done" } } });
  const heard: Progress[] = [];
  for await (const progress of started.progress()) heard.push(progress);
  expect(await started.result()).toMatchObject({ status: "completed" });
  return heard;
}

test.each([
  ["a tool step", { id: "s", tool: "work" }],
  ["an agent step", { id: "s", agent: "Work.", tools: ["work"] }],
])("programs read the progress of %s, in one line and cut", async (_, step) => {
  const heard = await heardOf(step, ({ progress }) => {
    progress(0.4, `page 4\nof \u001b[31m10 ${"x".repeat(500)}`);
    return "worked";
  });
  const found = heard.filter((one) => one.type === "step" && one.value === 0.4);
  expect(found).toHaveLength(1);
  const { text } = found[0] as { readonly text?: string };
  expect(text).toMatch(/^page 4 of \[31m10 x+$/);
  expect(text).toHaveLength(LIMITS.progressChars);
});

test("progress in words", () => {
  expect(reportText({ value: 0.4, text: "page 4 of 10" })).toBe("40 %, page 4 of 10");
  expect(reportText({ value: 12 })).toBe("12");
  expect(reportText({ value: "reads" })).toBe("reads");
});
