// Reads the result of an agent step from a reply without calls. In: the reply, and the type that the plan wants. Out:
// the result, what is wrong with the reply, or the failure that the model itself tells.
import { LIMITS } from "../../limits.js";
import type { ModelReply } from "../../model/port.js";
import type { Json } from "../../plan/json.js";
import type { AgentStep } from "../../plan/plan.js";
import { describedOutput } from "../../plan/type/schema.js";
import type { Type } from "../../plan/type/type.js";
import { failWith, type Failure } from "../../run/failure.js";
import { listOrRecord, readReply, type ReadReply } from "../typed/json-reply.js";
import { NOT_DONE } from "../prompts.js";
import { failedIn, type ResultForm } from "../typed/result-form.js";

/** The result in a reply without calls. After `failed`, another request is of no use. */
export function readResult(
  reply: ModelReply,
  type: Type | undefined,
  asked: ResultForm | undefined,
): ReadReply | { readonly ok: false; readonly failed: Failure } {
  const text = reply.text.trim();
  if (reply.finish === "content-filter") {
    return { ok: false, failed: failWith("MODEL_REFUSED", { what: "result" }) };
  }
  const why = (asked && failedIn(text)) ?? notDoneReason(text);
  if (why !== undefined) {
    return { ok: false, failed: failWith("STEP_NOT_DONE", {}, why === "" ? {} : { text: why }) };
  }
  if (reply.finish === "length") return { ok: false, problem: { code: "CUT" } };
  if (reply.holdsCall === true) return { ok: false, problem: { code: "CALL_IN_TEXT" } };
  return readReply(text, type, asked?.readings);
}

/** An output that the plan describes in words may be a list or a record. */
export function resultOf(value: Json, { output }: AgentStep): Json {
  return typeof value === "string" && describedOutput(output) !== undefined ? listOrRecord(value) : value;
}

/**
 * Why the model says that the step cannot be done; undefined if it does not say so. The words begin the last paragraph,
 * in any emphasis. Elsewhere a text only mentions them.
 */
function notDoneReason(text: string): string | undefined {
  const last = text.split(/\n\s*\n/).at(-1) ?? "";
  const [, why] = NOT_DONE_MARK.exec(last) ?? [];
  return why === undefined || text.length - last.length > LIMITS.announcementChars ? undefined : why.trim();
}

const NOT_DONE_MARK = new RegExp(`^[\\s*_#>]*${NOT_DONE.slice(0, -1)}[*_]*:[*_]*([^]*)$`);
