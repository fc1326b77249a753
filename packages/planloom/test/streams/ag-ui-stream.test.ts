// The AG-UI stream, checked by the protocol's own schemas, types and verifier.
import { verifyEvents } from "@ag-ui/client";
import type { BaseEvent } from "@ag-ui/core";
import { EventSchemas } from "@ag-ui/core/schemas";
import { from, lastValueFrom, toArray } from "rxjs";
import { expect, it } from "vitest";
import type { AgUiEvent } from "../../src/streams/ag-ui-event.js";
import { all, openLoom, PLAN } from "./parts.js";

/** The events, each accepted by its schema, in an order that the verifier accepts. */
async function verified(stream: ReadableStream<AgUiEvent>): Promise<readonly AgUiEvent[]> {
  const events = await all(stream);
  const parsed = events.map((event) => EventSchemas.parse(event) as BaseEvent);
  expect(await lastValueFrom(from(parsed).pipe(verifyEvents(), toArray()))).toHaveLength(events.length);
  return events;
}

const lastOf = (events: readonly AgUiEvent[]) => events.at(-1)!;

it("gives a run with an approval and a question as AG-UI events that its verifier accepts", async () => {
  const loom = await openLoom();
  const run = await loom.start("", { plan: PLAN });
  const asked = await verified(run.toAgUiStream({ threadId: "t", runId: "r1" }));
  expect(asked[0]).toMatchObject({ type: "RUN_STARTED", threadId: "t", runId: "r1" });
  expect(asked).toContainEqual(
    expect.objectContaining({ type: "TOOL_CALL_RESULT", toolCallId: "step:greet", content: "hello" }),
  );
  const end = lastOf(asked);
  const interrupt = end.type === "RUN_FINISHED" && end.outcome.type === "interrupt" && end.outcome.interrupts[0];
  if (interrupt === false || interrupt === undefined) throw new Error(JSON.stringify(end));
  expect(interrupt).toMatchObject({ reason: "tool_call", toolCallId: "step:pay", metadata: { tool: "pay" } });

  const yes = { interruptId: interrupt.id, status: "resolved", payload: { approved: true } } as const;
  expect(await run.answerAgUi([yes])).toStrictEqual([{ ok: true }]);
  const paid = await verified(run.toAgUiStream({ after: end.metadata.seq }));
  expect(paid[1]).toMatchObject({ type: "STATE_SNAPSHOT", snapshot: { steps: { greet: { status: "completed" } } } });
  const question = lastOf(paid);
  expect(question).toMatchObject({
    outcome: { type: "interrupt", interrupts: [{ reason: "input_required", message: "Which format?" }] },
  });
  const { id } = (question as unknown as { outcome: { interrupts: { id: string }[] } }).outcome.interrupts[0]!;
  expect(await run.answerAgUi([{ interruptId: id, status: "resolved", payload: "PDF" }])).toStrictEqual([{ ok: true }]);
  const done = await verified(run.toAgUiStream({ after: question.metadata.seq }));
  expect(lastOf(done)).toMatchObject({ type: "RUN_FINISHED", outcome: { type: "success" } });

  const whole = await verified(run.toAgUiStream());
  const texts = whole.flatMap((event) => (event.type === "TEXT_MESSAGE_CONTENT" ? [event.delta] : []));
  expect(texts.join("")).toBe("paid A1 as PDF");
});

it("ends a failed run with RUN_ERROR, and a cancelled one as cancelled", async () => {
  const loom = await openLoom();
  const run = await loom.start("", { plan: PLAN });
  await run.result();
  await run.reject("Too dear", {});
  await run.result({ untilEnd: true });
  expect(lastOf(await verified(run.toAgUiStream()))).toMatchObject({ type: "RUN_ERROR", code: "CALL_REJECTED" });
  const other = await loom.start("", { plan: PLAN });
  await other.result();
  await other.cancel();
  expect(lastOf(await verified(other.toAgUiStream()))).toMatchObject({ outcome: { type: "cancelled" } });
});
