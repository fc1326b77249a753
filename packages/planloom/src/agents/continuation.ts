// Continues a plan that the output limit cut off. In: the request, and the text of the cut reply. Out: the request for
// the missing steps, and the joined plan. The whole steps are kept, so that no new round is paid for them.
import type { ModelRequest } from "../model/port.js";
import { isObject, type Json, type JsonObject } from "../plan/json.js";
import { readPlan } from "../plan/read/read.js";
import type { Inventory } from "../plan/tool-spec.js";
import { jsonReadings } from "./json-reply.js";
import { planFromReply } from "./plan-request-schema.js";
import { CONTINUE_PLAN } from "./planner-prompts.js";

/** The document as far as it was written. `steps` holds only whole steps, at least one. */
export interface CutPlan extends JsonObject {
  readonly steps: readonly Json[];
}

/** The whole steps of a text that ends inside a plan; undefined if there are none. */
export function cutPlan(text: string, inventory: Inventory): CutPlan | undefined {
  const read = readPlan(text, { inventory });
  if (read.kind !== "truncated" || read.partial === undefined) return undefined;
  const draft = read.partial.draft as Json;
  const steps = isObject(draft) ? draft["steps"] : undefined;
  return Array.isArray(steps) && steps.length > 0 ? (draft as CutPlan) : undefined;
}

/** The same request, with the whole steps as the reply so far. */
export function continuationRequest(asked: Omit<ModelRequest, "signal">, cut: CutPlan): Omit<ModelRequest, "signal"> {
  const { onText: _onText, ...request } = asked;
  const said = [
    { role: "assistant", text: JSON.stringify(cut) },
    { role: "user", text: CONTINUE_PLAN },
  ] as const;
  return { ...request, messages: [...request.messages, ...said] };
}

/** The plan of both replies, as text; undefined if the second one holds no steps. A repeated step counts once. */
export function continuedPlan(cut: CutPlan, text: string, inventory: Inventory): string | undefined {
  const rest = restIn(text, inventory);
  if (rest === undefined) return undefined;
  const known = new Set(cut.steps.map(idOf));
  const { steps: more, ...fields } = rest;
  const added = (more as readonly Json[]).filter((step) => !known.has(idOf(step)));
  return JSON.stringify({ ...cut, ...fields, steps: [...cut.steps, ...added] }, null, 2);
}

function restIn(text: string, inventory: Inventory): JsonObject | undefined {
  const value = jsonReadings(text.trim()).find((one) => isObject(one) && Array.isArray(one["steps"]));
  const document = value === undefined ? undefined : planFromReply(value, inventory);
  if (isObject(document)) return document;
  const read = readPlan(text, { inventory });
  const draft = read.kind === "plan" ? (read.draft as Json) : undefined;
  return isObject(draft) && Array.isArray(draft["steps"]) ? draft : undefined;
}

const idOf = (step: Json): Json | undefined => (isObject(step) ? step["id"] : undefined);
