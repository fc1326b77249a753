// What waits for a time. In: a tool that is busy, and a run with a time limit. Out: entries with their time, in the library
// and over HTTP, until they are over.
import { expect, test } from "vitest";
import { z } from "zod";
import { memoryStore } from "../../src/store/memory.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { tool, ToolError } from "../../src/tools/tool.js";
import { askingRun, testServer, TOKENS } from "./server.js";

test("retries and time limits stand behind what waits for a person, with their times, until they are over", async () => {
  const clock = fakeClock(Date.parse("2026-01-01T00:00:00Z"));
  const rates = tool({
    name: "rates",
    description: "Gives rates.",
    input: z.object({}),
    effects: "none",
    run: (_input, { attempt }) => {
      if (attempt < 3) throw new ToolError("busy", { code: "BUSY", retryable: true });
      return "1.1";
    },
  });
  const config = { tools: [rates], budget: { wallMs: 60_000 } };
  const { loom, ask } = await testServer({ clock }, memoryStore(), config, { clock });
  const retry = { attempts: 3, delay: "5s" };
  const run = await loom.start("Look up rates", {
    plan: {
      steps: [{ id: "r", title: "Look up rates", tool: "rates", with: {}, retry }],
      answer: { value: "${{ r }}" },
    },
  });
  const asking = await askingRun(loom, 1);
  await asking.result();
  await clock.advance(0);

  const limit = { kind: "timer", until: "2026-01-01T00:01:00.000Z" };
  const first = { kind: "retry", step: "r", says: "Look up rates.", attempt: 2, attempts: 3 };
  const { waits } = await loom.waiting();
  expect(waits).toMatchObject([
    { kind: "question", runId: asking.id },
    { ...first, runId: run.id, since: "2026-01-01T00:00:00.000Z" },
    limit,
    limit,
  ]);
  const [, { until }] = waits as unknown as readonly [unknown, { readonly until: string }];
  const response = await ask("/v1/waiting", { token: TOKENS.read });
  expect(await response.json()).toEqual({ waits, cursor: null });
  const { waits: shown } = await run.view();
  expect(shown).toMatchObject([{ kind: "retry", key: "r", until }]);

  await clock.advance(Date.parse(until) - clock.now());
  const second = (await loom.waiting()).waits.find(({ kind }) => kind === "retry");
  expect(second).toMatchObject({ ...first, attempt: 3, since: until });
  await clock.advance(30_000);
  expect(await run.result()).toMatchObject({ status: "completed", answer: "1.1" });
  expect((await loom.waiting()).waits.map(({ kind, runId }) => [kind, runId])).toEqual([
    ["question", asking.id],
    ["timer", asking.id],
  ]);
  await clock.advance(30_000);
  expect(await asking.document()).toMatchObject({ status: "failed", error: { code: "BUDGET_EXHAUSTED" } });
  expect((await loom.waiting()).waits).toEqual([]);
  await loom.close();
});
