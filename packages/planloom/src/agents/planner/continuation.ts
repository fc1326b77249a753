// Continues a plan that the output limit cut off. In: the request, and the text of the cut reply. Out: the request for
// the missing steps, and the joined plan. The whole steps are kept, so that no new round is paid for them.
import type { ModelRequest } from "../../model/port.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { readPlan } from "../../plan/read/read.js";
import type { Inventory } from "../../plan/tool-spec.js";
import { jsonReadings } from "../typed/json-reply.js";
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

/**
 * The plan of both replies, as text. A repeated step counts once. undefined if the second reply holds no steps, or
 * another step under the id of a kept one.
 */
export function continuedPlan(cut: CutPlan, text: string, inventory: Inventory): string | undefined {
  const rest = restIn(text, inventory);
  if (rest === undefined) return undefined;
  const known = new Map(cut.steps.map((step) => [idOf(step), step]));
  const { steps: more, ...fields } = rest;
  const repeats = (step: Json): boolean => idOf(step) !== undefined && known.has(idOf(step));
  const [repeated, added] = [true, false].map((is) => (more as readonly Json[]).filter((step) => repeats(step) === is));
  if (repeated!.some((step) => !isSameDeed(known.get(idOf(step))!, step))) return undefined;
  return JSON.stringify({ ...cut, ...fields, steps: [...cut.steps, ...added!] }, null, 2);
}

function restIn(text: string, inventory: Inventory): JsonObject | undefined {
  const value = jsonReadings(text.trim()).find((one) => isObject(one) && Array.isArray(one["steps"]));
  const document = value === undefined ? undefined : planFromReply(value, inventory);
  if (isObject(document)) return document;
  const read = readPlan(text, { inventory });
  const draft = read.kind === "plan" ? (read.draft as Json) : undefined;
  if (read.kind !== "plan" || !isObject(draft) || !Array.isArray(draft["steps"])) return undefined;
  // Ids by position would be those of the first reply's steps.
  const given = new Set(read.notes.filter(({ code }) => code === "ID_GIVEN").map(({ pointer }) => pointer));
  const written = draft["steps"] as readonly Json[];
  if (given.size > 0 && written.some((step) => isObject(step) && step["dependsOn"] !== undefined)) return undefined;
  return { ...draft, steps: written.map((step, i) => (given.has(`/steps/${i}/id`) ? withoutId(step) : step)) };
}

function withoutId(step: Json): Json {
  if (!isObject(step)) return step;
  const { id: _id, ...rest } = step;
  return rest;
}

const idOf = (step: Json): Json | undefined => (isObject(step) ? step["id"] : undefined);

/** Whether a step, in the fields of any format, does the same as a kept one. */
function isSameDeed(kept: Json, step: Json): boolean {
  if (!isObject(kept) || !isObject(step)) return false;
  const values = Object.values(step);
  return ["tool", "agent", "ask"].every((kind) => kept[kind] === undefined || values.includes(kept[kind]));
}
