// The events of the AG-UI protocol that Planloom writes. In: nothing. Out: types. Tests check events by the schemas of
// `@ag-ui/core`. The package is not needed.
import type { JsonObject } from "../plan/json.js";

/** `seq`: give it as `after` to go on from here. */
interface Place {
  readonly metadata: { readonly seq: number };
}

/** What a person is asked. `id` names it in the `resume` of the next request. */
export interface AgUiInterrupt {
  readonly id: string;
  readonly reason: "tool_call" | "input_required" | "confirmation";
  readonly message: string;
  readonly toolCallId: string;
  readonly expiresAt?: string;
  readonly metadata: JsonObject;
}

export type AgUiOutcome =
  | { readonly type: "success" }
  | { readonly type: "cancelled" }
  | { readonly type: "interrupt"; readonly interrupts: AgUiInterrupt[] };

export type AgUiEvent = Place &
  (
    | { readonly type: "RUN_STARTED"; readonly threadId: string; readonly runId: string }
    | { readonly type: "STATE_SNAPSHOT"; readonly snapshot: JsonObject }
    | {
        readonly type: "STATE_DELTA";
        readonly delta: { readonly op: "add"; readonly path: string; readonly value: JsonObject }[];
      }
    | { readonly type: "STEP_STARTED" | "STEP_FINISHED"; readonly stepName: string }
    | { readonly type: "TOOL_CALL_START"; readonly toolCallId: string; readonly toolCallName: string }
    | { readonly type: "TOOL_CALL_ARGS"; readonly toolCallId: string; readonly delta: string }
    | { readonly type: "TOOL_CALL_END"; readonly toolCallId: string }
    | {
        readonly type: "TOOL_CALL_RESULT";
        readonly messageId: string;
        readonly toolCallId: string;
        readonly content: string;
      }
    | { readonly type: "TEXT_MESSAGE_START"; readonly messageId: string; readonly role: "assistant" }
    | { readonly type: "TEXT_MESSAGE_CONTENT"; readonly messageId: string; readonly delta: string }
    | { readonly type: "TEXT_MESSAGE_END"; readonly messageId: string }
    | { readonly type: "CUSTOM"; readonly name: string; readonly value: JsonObject }
    | { readonly type: "RUN_ERROR"; readonly message: string; readonly code: string }
    | {
        readonly type: "RUN_FINISHED";
        readonly threadId: string;
        readonly runId: string;
        readonly outcome: AgUiOutcome;
      }
  );
