// The chunks of the AI SDK's UI message stream that Planloom writes. In: nothing. Out: types. They fit the types of the
// packages `ai` 6 and 7, which tests compare. The packages are not needed.
import type { JsonObject } from "../plan/json.js";

/** In `message.metadata` of the front end. `seq`: give it as `after` to go on from here. */
export interface UIMetadata {
  readonly planloom: { readonly runId: string; readonly seq: number; readonly status: string };
}

export type UIMessageChunk =
  | { type: "start"; messageId: string; messageMetadata: UIMetadata }
  | { type: "start-step" }
  | { type: "message-metadata"; messageMetadata: UIMetadata }
  | { type: "data-plan" | "data-step" | "data-answer" | "data-error"; id: string; data: JsonObject }
  | { type: "data-progress"; id: string; data: JsonObject; transient: true }
  | {
      type: "tool-input-available";
      toolCallId: string;
      toolName: string;
      input: unknown;
      dynamic: true;
      title?: string;
      providerExecuted?: true;
      toolMetadata?: { planloom: { message: string; expiresAt: string | null } };
    }
  | { type: "tool-approval-request"; approvalId: string; toolCallId: string }
  | { type: "tool-output-available"; toolCallId: string; output: unknown; dynamic: true }
  | { type: "tool-output-error"; toolCallId: string; errorText: string; dynamic: true }
  | { type: "tool-output-denied"; toolCallId: string }
  | { type: "text-start" | "text-end"; id: string }
  | { type: "text-delta"; id: string; delta: string }
  | { type: "abort"; reason: string }
  | { type: "error"; errorText: string }
  | { type: "finish-step" }
  | { type: "finish"; finishReason: "stop" | "tool-calls" | "error" | "other"; messageMetadata: UIMetadata };
