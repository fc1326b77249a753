// What a provider can keep of requests: each one begins with the one before it. In bytes, over the turns of an agent
// step and over the rounds of a planner's repair.
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { startFakeOpenAI, type ChatBody, type FakeReply } from "../../src/testing/index.js";
import { tool } from "../../src/tools/tool.js";

const page = tool({
  name: "page",
  description: "Reads a page.",
  input: { type: "object", properties: { number: { type: "number" } }, required: ["number"] },
  output: { type: "string" },
  effects: "none",
  run: ({ number }) => `page ${number as number} ${"word ".repeat(1_000)}`,
});

/** The requests of a run, as providers read them: the form of the reply, then tools, then messages. */
async function requestsOf(replies: readonly FakeReply[], options: object): Promise<readonly string[]> {
  const bodies: ChatBody[] = [];
  const server = await startFakeOpenAI({
    reply: (body) => {
      bodies.push(body);
      return replies[bodies.length - 1] ?? { text: "done" };
    },
  });
  onTestFinished(() => server.close());
  const models = { default: { model: "m", baseURL: server.url, apiKey: "none" } };
  const limits = { turns: 10, repairRounds: 4 };
  const config = { tools: [page], models, store: "memory", approval: "never", limits } as const;
  const loom = await createLoom(config, { env: {} });
  onTestFinished(() => loom.close());
  await (await loom.start("Read the pages", options)).result();
  return bodies.map(
    (body) =>
      JSON.stringify([body.response_format ?? null, body.tools ?? []]) + JSON.stringify(body.messages).slice(0, -1),
  );
}

/** The share of each request with which the next one begins. */
function keptOf(requests: readonly string[]): readonly number[] {
  return requests.slice(1).map((next, at) => {
    const before = Buffer.from(requests[at]!);
    const after = Buffer.from(next);
    let same = 0;
    while (same < before.length && before[same] === after[same]) same++;
    return same / before.length;
  });
}

test("the turns of an agent step", async () => {
  const calls = Array.from({ length: 6 }, (_, at): FakeReply => ({
    toolCalls: [{ name: "page", args: { number: at } }],
  }));
  const plan = { steps: [{ id: "read", agent: "Read six pages.", tools: ["page"] }], answer: { value: "${{ read }}" } };
  const kept = keptOf(await requestsOf([...calls, { text: "done" }], { plan }));
  expect(kept).toHaveLength(6);
  expect(Math.min(...kept)).toBeGreaterThanOrEqual(0.95);
});

test("the rounds of a planner's repair", async () => {
  // Each draft has one fault less than the one before.
  const draft = (faults: number): FakeReply => {
    const steps = Array.from({ length: 4 }, (_, at) => ({
      ...{ id: `s${at}`, title: `Read page ${at}`, description: `Read page ${at} ${"well ".repeat(100)}` },
      ...{ tool: at < faults ? "nobody" : "page", with: { number: at } },
    }));
    return { text: JSON.stringify({ steps, answer: { value: "${{ s0 }}" } }) };
  };
  const requests = await requestsOf([draft(4), draft(3), draft(2), draft(0)], {});
  const kept = keptOf(requests.slice(0, 4));
  expect(kept).toHaveLength(3);
  expect(Math.min(...kept)).toBeGreaterThanOrEqual(0.95);
});
