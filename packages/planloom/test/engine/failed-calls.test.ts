// What the journal keeps of a failed call inside an agent step: codes, parameters and the tool's own text. In: tools that
// fail. Out: the rows, and what the model reads.
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { outcomeIn } from "../../src/agents/executor/call-outcome.js";
import { createLoom } from "../../src/loom/create-loom.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool, ToolError } from "../../src/tools/tool.js";

const DAY = z.object({ day: z.string() });

test("the rows hold no sentence of Planloom, and the model reads one", async () => {
  const bank = tool({
    name: "bank",
    description: "Asks the bank.",
    input: DAY,
    effects: "none",
    timeout: "50ms",
    run: ({ day }, { signal }) => {
      if (day === "never")
        return new Promise<string>((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(new Error("stopped"))),
        );
      throw day === "odd" ? new Error("the line is dead") : new ToolError("Closed.", { code: "BANK_CLOSED" });
    },
  });
  const calls = [{ day: "sunday" }, { day: 7 }, { day: "odd" }, { day: "never" }];
  const executor = scriptedModel((_request, turn) =>
    turn < calls.length ? { toolCalls: [{ name: "bank", args: calls[turn]! }] } : { text: "done" },
  );
  const loom = await createLoom({ store: "memory", tools: [bank], models: { executor } }, { env: {} });
  onTestFinished(() => loom.close());
  const plan = { steps: [{ id: "ask", agent: "Ask.", tools: ["bank"] }], answer: { value: "${{ ask }}" } };
  const run = await loom.start("Ask.", { plan });
  expect(await run.result()).toMatchObject({ status: "completed" });
  const rows = await loom.store.readJournal({ runId: run.id, stepId: "ask", item: null });
  const outcomes = rows.filter(({ name }) => name === "tool bank").map(({ outcome }) => outcome);
  expect(outcomes).toMatchObject([
    { value: { ok: false, failure: { code: "BANK_CLOSED", text: "Closed.", retryable: true } } },
    {
      value: {
        ok: false,
        failure: {
          code: "BAD_ARGUMENTS",
          params: { tool: "bank", problem: expect.objectContaining({ code: "SCHEMA_REFUSES" }) as unknown },
          retryable: false,
        },
      },
    },
    {
      value: {
        ok: false,
        failure: { code: "TOOL_THREW", text: "the line is dead", retryable: true },
      },
    },
    { value: { ok: false, failure: { code: "TIMEOUT", params: { of: "call", ms: 50 }, retryable: true } } },
  ]);
  const read = JSON.stringify(executor.requests.at(-1)!.messages);
  expect(read).toMatch(
    /BANK_CLOSED.*Closed\..*BAD_ARGUMENTS.*expected string.*the line is dead.*did not end within 50 ms/s,
  );
});

test("a row of an earlier build is read with the message that it holds", () => {
  expect(outcomeIn({ ok: false, code: "BAD_ARGUMENTS", message: "The day must be text.", uncertain: true })).toEqual({
    ok: false,
    failure: { code: "BAD_ARGUMENTS", text: "The day must be text.", retryable: false },
    uncertain: true,
  });
  const now = { ok: false, failure: { code: "TIMEOUT", params: { of: "call", ms: 5 }, retryable: true } };
  expect(outcomeIn(now)).toBe(now);
});
