// The guard asks once about the items of a step whose arguments a model fills in. In: a list of others, and answers of
// a person. Out: the question, and what was sent.
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import { replayRecording } from "../../src/recording/replay-recording.js";
import { memoryStore } from "../../src/store/memory.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool, ToolError } from "../../src/tools/tool.js";

const NAMES = ["ann", "bob", "cid"];

interface Story {
  readonly names?: readonly string[];
  readonly step?: object;
  /** Names for which the model gives nothing usable, as often as this. */
  readonly silent?: Map<string, number>;
  /** Names to whom nothing can be sent. */
  readonly gone?: ReadonlySet<string>;
}

async function story({ names = NAMES, step = {}, silent = new Map(), gone = new Set() }: Story = {}) {
  const sent: string[] = [];
  const now = { open: 0, most: 0 };
  const clock = fakeClock(1_000_000);
  const list = tool({
    name: "list",
    description: "Lists people.",
    input: z.object({}),
    output: z.array(z.string()),
    effects: "none",
    run: () => [...names],
  });
  const send = tool({
    name: "send",
    description: "Sends.",
    input: z.object({ to: z.string(), text: z.string() }),
    effects: "once",
    run: async ({ to }) => {
      now.most = Math.max(now.most, ++now.open);
      await Promise.resolve();
      now.open--;
      if (gone.has(to)) throw new ToolError("There is no such address.", { retryable: false });
      sent.push(to);
    },
  });
  const executor = scriptedModel(({ messages }) => {
    const said = JSON.stringify(messages);
    const name = names.find((one) => said.includes(`\\n${one}\\n`)) ?? "nobody";
    const left = silent.get(name) ?? 0;
    if (left > 0) silent.set(name, left - 1);
    return left > 0 ? "nothing" : { json: { to: `${name}@x.example` } };
  });
  const loom = await createLoom(
    { store: memoryStore(), tools: [list, send], models: { executor }, limits: { approvalMs: 1_000 } },
    { env: {}, clock },
  );
  onTestFinished(() => loom.close());
  const plan = {
    steps: [
      { id: "people", tool: "list", with: {} },
      {
        id: "mail",
        tool: "send",
        forEach: "${{ people }}",
        as: "person",
        with: { text: "${{ person }}" },
        fill: "Find the address.",
        ...step,
      },
    ],
    answer: { value: "done" },
  };
  const run = await loom.start("Write to all.", { plan });
  return { run, sent, now, clock, executor, waits: async () => (await run.result()).waiting?.approvals ?? [] };
}

const addresses = (names: readonly string[]) => names.map((name) => `${name}@x.example`);

test.each([undefined, 1, 2])(
  "all items are one question with their values, with maxParallel %s",
  async (maxParallel) => {
    const { run, sent, now, executor, waits } = await story({ step: maxParallel === undefined ? {} : { maxParallel } });
    const asked = await waits();
    expect(asked).toMatchObject([
      {
        ...{ subject: { step: "mail" }, code: "CONTROL_UNTRUSTED", tool: "send" },
        items: addresses(NAMES).map((to, item) => ({ item, args: { to } })),
      },
    ]);
    expect(sent).toEqual([]);
    await run.approve(asked[0]!.hash);
    expect(await run.result()).toMatchObject({ status: "completed" });
    expect([sent.toSorted(), executor.requests.length]).toEqual([addresses(NAMES), 3]);
    expect(now.most).toBeLessThanOrEqual(maxParallel ?? 3);
    expect(await replayRecording(await run.recording())).toMatchObject({ status: "completed" });
    await run.replay({ strict: true });
  },
);

test("rejected, none is sent, and each item ends by the step's onFailure", async () => {
  const { run, sent, waits } = await story({ step: { onFailure: "skip", maxParallel: 1 } });
  await run.reject("To nobody.", { hash: (await waits())[0]!.hash });
  const ended = await run.result();
  expect(ended.steps[1]?.items?.map(({ error }) => error?.code)).toEqual(NAMES.map(() => "CALL_REJECTED"));
  expect(sent).toEqual([]);
  await run.replay({ strict: true });
});

test("rejected, the run fails where the step has no other policy", async () => {
  const { run, sent, waits } = await story();
  await run.reject("To nobody.", { hash: (await waits())[0]!.hash });
  expect(await run.result()).toMatchObject({ status: "failed", error: { code: "CALL_REJECTED" } });
  expect(sent).toEqual([]);
  await run.retry();
  const [again] = await waits();
  expect(again?.items).toHaveLength(3);
  await run.approve(again!.hash);
  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(sent.toSorted()).toEqual(addresses(NAMES));
  await run.replay({ strict: true });
});

test("an item without arguments does not keep the others from being asked about", async () => {
  const silent = new Map([["bob", 99]]);
  const { run, sent, waits } = await story({ silent, step: { onFailure: "skip", retry: { attempts: 1 } } });
  const asked = await waits();
  expect(asked[0]?.items).toMatchObject([{ item: 0 }, { item: 2 }]);
  await run.approve(asked[0]!.hash);
  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(sent.toSorted()).toEqual(addresses(["ann", "cid"]));
  await run.replay({ strict: true });
});

test("what was approved holds for another attempt, and for nothing that was filled in since", async () => {
  const silent = new Map([["bob", 2]]);
  const { run, sent, waits } = await story({
    silent,
    gone: new Set(["cid@x.example"]),
    step: { retry: { attempts: 1 } },
  });
  const first = await waits();
  expect(first[0]?.items).toMatchObject([{ item: 0 }, { item: 2 }]);
  await run.approve(first[0]!.hash);
  expect(await run.result()).toMatchObject({ status: "failed" });
  expect(sent).toEqual(addresses(["ann"]));
  await run.retry();
  const second = await waits();
  // As a call, or as a list of one item if another one was still open.
  const asked = second.flatMap(({ args, items }) =>
    items === undefined ? [args] : (items as unknown as readonly { readonly args: object }[]).map((one) => one.args),
  );
  expect(asked).toMatchObject([{ to: "bob@x.example" }]);
  await run.approve(second[0]!.hash);
  await run.result();
  expect(sent).toEqual(addresses(["ann", "bob"]));
  await run.replay({ strict: true });
});

test("cancelled while it asks, nothing is sent", async () => {
  const { run, sent, waits } = await story();
  expect(await waits()).toHaveLength(1);
  await run.cancel("enough");
  expect(await run.result()).toMatchObject({ status: "cancelled" });
  expect(sent).toEqual([]);
  await run.replay({ strict: true });
});

test("one item alone is asked about as a call", async () => {
  const { run, sent, waits } = await story({ names: ["ann"] });
  const asked = await waits();
  expect(asked).toMatchObject([{ args: { to: "ann@x.example" }, editable: true }]);
  await run.approve(asked[0]!.hash);
  await run.result();
  expect(sent).toEqual(addresses(["ann"]));
});

test("if nobody answers, all of them expire with the question", async () => {
  const { run, sent, clock } = await story();
  const [asked] = (await run.result()).waiting!.approvals;
  await clock.advance(1_100);
  expect(await run.approve(asked!.hash)).toMatchObject({ ok: false });
  const ended = await run.result();
  expect(ended).toMatchObject({ status: "failed", error: { code: "APPROVAL_EXPIRED" } });
  expect(ended.steps[1]?.items?.map(({ error }) => error?.code)).toEqual(NAMES.map(() => "APPROVAL_EXPIRED"));
  expect(sent).toEqual([]);
  await run.replay({ strict: true });
});
