// The UI message stream, read by the AI SDK's own readers (6 and 7) and checked by their own schemas and types.
import * as six from "ai";
import * as seven from "ai-sdk-7";
import { describe, expect, it } from "vitest";
import type { LoomRun } from "../../src/loom/loom-run.js";
import type { UIMessageChunk } from "../../src/streams/ui-message-chunk.js";
import { all, openLoom, PLAN } from "./parts.js";

type Message = six.UIMessage<{ planloom: { seq: number; status: string } }>;

// The types of both packages take every chunk.
((chunk: UIMessageChunk): six.UIMessageChunk => chunk) satisfies object;
((chunk: UIMessageChunk): seven.UIMessageChunk => chunk) satisfies object;

/** What the reader of the AI SDK makes of a stream, after the message that it has. */
async function read(ai: typeof six, run: LoomRun, message?: Message, after = 0): Promise<Message> {
  const errors: unknown[] = [];
  let last = message;
  const stream = run.toUIMessageStream({ after }) as ReadableStream<six.UIMessageChunk>;
  const reading = ai.readUIMessageStream<Message>({
    ...(message && { message }),
    stream,
    onError: (e) => errors.push(e),
  });
  for await (const one of reading) last = one;
  expect(errors).toStrictEqual([]);
  return last!;
}

const partOf = (message: Message, id: string) =>
  message.parts.find((part) => "toolCallId" in part && part.toolCallId.startsWith(id)) as six.DynamicToolUIPart;

describe.each([
  ["6", six],
  ["7", seven as unknown as typeof six],
])("AI SDK %s", (_version, ai) => {
  it("reads plan, steps, an approval, a question and the answer, over three streams of one message", async () => {
    const loom = await openLoom();
    const run = await loom.start("", { plan: PLAN });

    const asked = await read(ai, run);
    expect(asked.metadata?.planloom.status).toBe("awaiting-approval");
    expect(partOf(asked, "step:greet")).toMatchObject({ toolName: "echo", state: "output-available", output: "hello" });
    const approval = partOf(asked, "step:pay");
    expect(approval).toMatchObject({ toolName: "pay", state: "approval-requested", input: { invoice: "A1" } });

    // As addToolApprovalResponse of useChat does.
    Object.assign(approval, { state: "approval-responded", approval: { ...approval.approval, approved: true } });
    expect(ai.lastAssistantMessageIsCompleteWithApprovalResponses({ messages: [asked] })).toBe(true);
    expect(await run.answerUIMessage(asked)).toStrictEqual([{ ok: true }]);
    const paid = await read(ai, run, asked, asked.metadata!.planloom.seq);
    expect(partOf(paid, "step:pay")).toMatchObject({ state: "output-available", output: { receipt: "paid A1" } });
    const question = partOf(paid, "ask:");
    expect(question).toMatchObject({ state: "input-available", input: { question: "Which format?" } });

    // As addToolOutput does. The approval stands in the message still, and is passed over.
    Object.assign(question, { state: "output-available", output: "PDF" });
    expect(ai.lastAssistantMessageIsCompleteWithToolCalls({ messages: [paid] })).toBe(true);
    expect(await run.answerUIMessage(paid)).toStrictEqual([{ ok: true }]);
    const done = await read(ai, run, paid, paid.metadata!.planloom.seq);
    expect(done.parts.findLast((part) => part.type === "text")).toMatchObject({
      text: "paid A1 as PDF",
      state: "done",
    });
    expect(done.metadata?.planloom.status).toBe("completed");
    expect(new Set(done.parts.map((part) => ("toolCallId" in part ? part.toolCallId : part))).size).toBe(
      done.parts.length,
    );

    // A reader that comes later gets all of it at once.
    const later = await read(ai, run);
    expect(later.parts.filter((part) => part.type === "data-step")).toHaveLength(3);
    expect(later.parts.findLast((part) => part.type === "text")).toMatchObject({ text: "paid A1 as PDF" });
  });

  it("accepts every chunk of a rejected, failed run by its schema", async () => {
    const loom = await openLoom();
    const run = await loom.start("", { plan: PLAN });
    const asked = await read(ai, run);
    const approval = partOf(asked, "step:pay");
    const said = { id: approval.approval!.id, approved: false, reason: "Too dear" };
    expect(
      await run.answerUIMessage({ ...asked, parts: [{ ...approval, state: "approval-responded", approval: said }] }),
    ).toStrictEqual([{ ok: true }]);
    const chunks = await all(run.toUIMessageStream());
    const schema = ai.uiMessageChunkSchema();
    for (const chunk of chunks) expect((await schema.validate!(chunk)).success).toBe(true);
    expect(chunks.slice(-3).map(({ type }) => type)).toStrictEqual(["message-metadata", "error", "finish"]);
    expect(chunks.map(({ type }) => type)).toContain("tool-output-denied");
    expect(chunks).toContainEqual({
      type: "data-error",
      id: "error",
      data: { code: "CALL_REJECTED", message: expect.stringContaining("Too dear") as string },
    });
  });
});
