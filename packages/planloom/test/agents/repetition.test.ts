// Executors that go round in circles: they are told, then stopped; whatever makes progress is left alone.
import { describe, expect, it } from "vitest";
import { Turns } from "../../src/agents/executor/repetition.js";
import type { AgentRequest } from "../../src/agents/executor/agent-request.js";
import { runAgent } from "../../src/agents/executor/run-agent.js";
import { StepFailure } from "../../src/agents/step-failure.js";
import type { Json } from "../../src/plan/json.js";
import { ToolError, type Tool } from "../../src/tools/tool.js";
import { Crash, MemoryJournal, type AttemptOptions } from "./memory-journal.js";
import { agentStep, keyOf, script, specOf, textIn, toolOf, type Line } from "./parts.js";

const calls = (...queries: readonly string[]): Line => ({
  calls: queries.map((query): [string, Json] => ["search", { query }]),
});

/** What comes of a step whose executor says these lines, and what it was told. */
async function outcomeOf(
  tools: readonly Tool[],
  lines: readonly Line[],
  journal = new MemoryJournal(),
  options: AttemptOptions = {},
) {
  const model = script(...lines);
  const request: AgentRequest = {
    ...{ goal: "Compare the companies", step: agentStep(), args: {}, outputs: {}, tools, turns: 12 },
    ...{ keyOf, type: undefined },
  };
  const ended = await runAgent(request, model, journal.context(options)).then(
    ({ output }) => ({ output }),
    (thrown: unknown) => {
      if (thrown instanceof StepFailure) return { failure: thrown.failure };
      throw thrown;
    },
  );
  const hints = model.requests.filter(({ messages }) =>
    textIn({ messages: messages.slice(-1) } as never).includes("the same calls"),
  );
  return { ...ended, asked: model.requests.length, hints: hints.length };
}

const found = () => toolOf(specOf("search"), (args) => `found ${JSON.stringify(args)}`);
const repeats = (args: string, others = 0) => ({
  code: "AGENT_REPEATS",
  retryable: false,
  params: { tool: "search", args, others, times: 3 },
});

describe("an executor", () => {
  it("that makes the same call again is told once; the third time is the end of the step", async () => {
    const search = found();
    const ended = await outcomeOf([search], [calls("a"), calls("a"), calls("a"), "never asked"]);
    expect(ended).toMatchObject({ failure: repeats('{"query":"a"}'), asked: 3, hints: 1 });
    expect(search.calls).toHaveLength(3);
  });

  it("that changes its calls after the warning continues", async () => {
    const ended = await outcomeOf([found()], [calls("a"), calls("a"), calls("b"), calls("a"), "done"]);
    expect(ended).toEqual({ output: "done", asked: 5, hints: 1 });
  });

  it("that makes the same calls in another order repeats them, too", async () => {
    const ended = await outcomeOf([found()], [calls("a", "b"), calls("b", "a"), calls("a", "b")]);
    expect(ended).toMatchObject({ failure: repeats('{"query":"a"}', 1) });
  });

  it("that goes through the same few turns again and again is in a circle", async () => {
    const circle = [calls("a"), calls("b")];
    const ended = await outcomeOf([found()], [...circle, ...circle, ...circle]);
    expect(ended).toMatchObject({ failure: { code: "AGENT_REPEATS" }, asked: 6 });
  });

  it("that repeats unknown or refused calls is stopped, too", async () => {
    const lines = [calls("a"), calls("a"), calls("a")];
    const failure = { code: "AGENT_REPEATS" };
    expect(await outcomeOf([], lines)).toMatchObject({ failure });
    const refusing = toolOf(specOf("search", "once"), () => {
      throw new ToolError("no such page");
    });
    expect(await outcomeOf([refusing], lines)).toMatchObject({ failure });
  });

  it("that polls something which changes is left alone", async () => {
    let looks = 0;
    const search = toolOf(specOf("search"), () => `${++looks} of 5`);
    const ended = await outcomeOf([search], [...Array<Line>(5).fill(calls("a")), "done"]);
    expect(ended).toEqual({ output: "done", asked: 6, hints: 0 });
  });

  it.each(["once", "idempotent"] as const)("whose calls act in the world (%s) is left alone", async (effects) => {
    const send = toolOf(specOf("search", effects), () => "sent");
    const ended = await outcomeOf([send], [...Array<Line>(4).fill(calls("a")), "done"]);
    expect(ended).toEqual({ output: "done", asked: 5, hints: 0 });
    expect(send.calls).toHaveLength(4);
  });

  it("is told and stopped at the same turn after a crash", async () => {
    const journal = new MemoryJournal();
    const crash = { at: "turn 3", when: "before" } as const;
    const lost = outcomeOf([found()], [calls("a"), calls("a")], journal, { crash });
    await expect(lost).rejects.toThrow(Crash);
    const ended = await outcomeOf([found()], [calls("a")], journal);
    expect(ended).toMatchObject({ failure: repeats('{"query":"a"}'), asked: 1, hints: 1 });
  });
});

it.each([
  ["", 1],
  ["aa", 2],
  ["ab", 1],
  ["aba", 1],
  ["abab", 2],
  ["ababab", 3],
  ["xabcabcabc", 3],
  ["aabaab", 2],
  ["aaab", 1],
])("after the turns %s the latest came so often: %i", (turns, times) => {
  const all = new Turns();
  expect([...turns].map((turn) => all.add([turn])).at(-1) ?? 1).toBe(times);
});
