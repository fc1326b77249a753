// A run as a UI message stream, which `useChat` of the AI SDK reads. In: a feed of moments. Out: chunks of one
// assistant message.
import type { Engine } from "../engine/engine.js";
import { isEndedStatus } from "../run/status.js";
import { AnswerText } from "./answer-text.js";
import { feedOf, type FeedOptions } from "./feed.js";
import type { AskedMoment, Moment } from "./moments.js";
import { eventResponse, readableOf } from "./readable.js";
import type { UIMessageChunk, UIMetadata } from "./ui-message-chunk.js";

type End = Extract<Moment, { type: "end" }>;

/** A run that waits, failed or was cancelled ends its stream, too. A stream of an ended run gives all of it. */
export function uiMessageStream(engine: Engine, runId: string, options: FeedOptions): ReadableStream<UIMessageChunk> {
  return readableOf((signal) => chunksOf(engine, runId, { ...options, signal }), options.signal);
}

/** The same as server-sent events, with the headers that the AI SDK expects. */
export function uiMessageStreamResponse(engine: Engine, runId: string, options: FeedOptions): Response {
  const headers = { "x-vercel-ai-ui-message-stream": "v1" };
  return eventResponse(uiMessageStream(engine, runId, options), { headers, last: "[DONE]" });
}

async function* chunksOf(engine: Engine, runId: string, options: FeedOptions): AsyncGenerator<UIMessageChunk, void> {
  const { moments, told } = feedOf(engine, runId, options);
  const text = new AnswerText();
  const metadata = (seq: number, status: string): UIMetadata => ({ planloom: { runId, seq, status } });
  yield { type: "start", messageId: runId, messageMetadata: metadata(options.after ?? 0, "running") };
  // The checks of the AI SDK whether a message is complete look at its last step.
  yield { type: "start-step" };
  for await (const { seq, moments: some } of told) {
    for (const moment of some) {
      if (moment.type !== "end") yield* chunksFor(moment, text);
      else {
        yield* text.close().map(textChunk);
        yield* endChunks(moment, metadata(seq, moment.status));
      }
    }
    if (some.length > 0 && some.at(-1)!.type !== "end")
      yield { type: "message-metadata", messageMetadata: metadata(seq, moments.status) };
  }
}

function chunksFor(moment: Exclude<Moment, End>, text: AnswerText): readonly UIMessageChunk[] {
  switch (moment.type) {
    case "plan":
      return [{ type: "data-plan", id: "plan", data: moment.plan }];
    case "step": {
      const { type: _type, error, ...data } = moment;
      return [{ type: "data-step", id: `step:${data.id}`, data: { ...data, ...(error && { error: { ...error } }) } }];
    }
    case "progress": {
      const { type: _type, ...data } = moment;
      return [{ type: "data-progress", id: `progress:${data.id}`, data, transient: true }];
    }
    case "call": {
      const { id, tool, title, input } = moment;
      const call = { toolCallId: id, toolName: tool, input, dynamic: true, providerExecuted: true } as const;
      return [{ type: "tool-input-available", ...call, ...(title === "" ? {} : { title }) }];
    }
    case "approval":
    case "question":
    case "doubt":
      return askedChunks(moment);
    case "output":
      return [{ type: "tool-output-available", toolCallId: moment.id, output: moment.output, dynamic: true }];
    case "failure":
      return [{ type: "tool-output-error", toolCallId: moment.id, errorText: moment.error.message, dynamic: true }];
    case "denied":
      return [{ type: "tool-output-denied", toolCallId: moment.id }];
    default:
      return answerChunks(moment, text);
  }
}

type Answering = Extract<Moment, { type: "delta" | "answer-lost" | "answer" }>;

function answerChunks(moment: Answering, text: AnswerText): readonly UIMessageChunk[] {
  if (moment.type === "delta") return text.add(moment.text).map(textChunk);
  if (moment.type === "answer-lost") return text.close().map(textChunk);
  const { answer: value, partial } = moment;
  return [{ type: "data-answer", id: "answer", data: { value, partial } }, ...text.finish(value).map(textChunk)];
}

function askedChunks({ type, id, reply, tool, input, message, expiresAt }: AskedMoment): readonly UIMessageChunk[] {
  const toolMetadata = { planloom: { message, expiresAt: expiresAt ?? null } };
  const call = { toolCallId: id, toolName: tool, input, dynamic: true, toolMetadata } as const;
  const request = { type: "tool-approval-request", approvalId: reply, toolCallId: id } as const;
  return [{ type: "tool-input-available", ...call }, ...(type === "approval" ? [request] : [])];
}

const FINISH_REASONS = { completed: "stop", failed: "error", cancelled: "other" } as const;

/** A chat stops reading at an error, so that comes after all that is to be shown. */
function endChunks({ status, error }: End, messageMetadata: UIMetadata): readonly UIMessageChunk[] {
  return [
    ...(error === undefined ? [] : [{ type: "data-error", id: "error", data: { ...error } } as const]),
    { type: "finish-step" },
    { type: "message-metadata", messageMetadata },
    ...(error === undefined ? [] : [{ type: "error", errorText: error.message } as const]),
    ...(status === "cancelled" ? [{ type: "abort", reason: "The run was cancelled." } as const] : []),
    { type: "finish", finishReason: isEndedStatus(status) ? FINISH_REASONS[status] : "tool-calls", messageMetadata },
  ];
}

const textChunk = ({ part, id, delta }: ReturnType<AnswerText["close"]>[number]): UIMessageChunk =>
  delta === undefined ? { type: `text-${part as "start" | "end"}`, id } : { type: "text-delta", id, delta };
