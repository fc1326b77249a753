// Names of tools as models write them. In: an agent step whose model writes a name in another way. Out: the call that is
// made, or what the model is told.
import { expect, test } from "vitest";
import { runAgent } from "../../src/agents/executor/run-agent.js";
import { MemoryJournal } from "./memory-journal.js";
import { agentStep, keyOf, resultsIn, script, specOf, toolOf } from "./parts.js";

async function stepThatCalls(written: string, names: readonly string[]) {
  const tools = names.map((name) => toolOf(specOf(name)));
  const model = script({ calls: [[written, { query: "x" }]] }, "done");
  const facts = { goal: "Compare", step: agentStep(), args: {}, outputs: {}, turns: 4, keyOf, type: undefined };
  const result = await runAgent({ ...facts, tools }, model, new MemoryJournal().context());
  const called = tools.filter(({ calls }) => calls.length > 0).map(({ spec }) => spec.name);
  return { called, listed: result.tools, told: resultsIn(model.requests[1])[0]?.text };
}

test.each([
  ["look", ["look", "Look"], "look"],
  ["Look", ["look", "Look"], "Look"],
  ["functions.look", ["look"], "look"],
  ["Crm-Find", ["crm_find", "look"], "crm_find"],
])("%s among %j calls %s", async (written, names, called) => {
  expect(await stepThatCalls(written, names)).toMatchObject({ called: [called], listed: [called] });
});

test("a name that fits two tools calls none, and the model is told both", async () => {
  const { called, told } = await stepThatCalls("LOOK", ["look", "Look"]);
  expect([called, told]).toEqual([
    [],
    'The call failed (UNKNOWN_TOOL). "LOOK" may be any of these tools: look, Look. Write its name exactly.',
  ]);
});
