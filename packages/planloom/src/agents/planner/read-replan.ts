// Reads the reply of a replan: a patch, or a plan. In: its text, and the facts that the planner was shown. Out: a whole
// draft with all kept steps, and a mapping from places in it back to the text. First plans need none of this.
import { depthOf, isObject, type Json, type JsonObject } from "../../plan/json.js";
import { LIMITS } from "../../limits.js";
import type { Finding, Locate } from "../../plan/finding.js";
import { withFinished } from "../../plan/revise/finished.js";
import { normalizeDraft, readPlan } from "../../plan/read/read.js";
import { applyPatch, type Revised } from "../../plan/revise/revise.js";
import type { Inventory } from "../../plan/tool-spec.js";
import { jsonReadings } from "../typed/json-reply.js";
import type { ReplanFacts } from "./replan-facts.js";

export type Redraft =
  | {
      readonly ok: true;
      readonly draft: unknown;
      readonly locate: Locate;
      /** A finding on the draft, at its place in the planner's text. */
      readonly located: (finding: Finding) => Finding;
      /** The reader's finding, at its place. */
      readonly reading: readonly Finding[];
    }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Never throws. A whole plan instead of a patch is accepted. */
export function readRedraft(text: string, inventory: Inventory, replan: ReplanFacts): Redraft {
  const patch = replan.mode === "patch" ? patchIn(text) : undefined;
  const fixed = new Set(replan.fixed);
  if (patch !== undefined) {
    const patched = applyPatch(replan.plan, patch, { failing: replan.failing!, finished: fixed });
    if (!patched.ok) return patched;
    const { draft, findings } = normalizeDraft(withoutHeader(patched.draft), { inventory });
    const located = locatedBy(draft, patched.sourceOf);
    return { ok: true, draft, locate: () => undefined, located, reading: findings.map(located) };
  }
  const read = readPlan(text, { inventory });
  if (read.kind !== "plan") return { ok: false, findings: read.findings };
  const reading = read.findings;
  if (!isObject(read.draft))
    return { ok: true, draft: read.draft, locate: read.locate, located: (finding) => finding, reading };
  const { draft, sourceOf } = withFinished(read.draft, replan.plan, fixed);
  const locate = (pointer: string) => {
    const source = sourceOf(pointer);
    return source === undefined ? undefined : read.locate(source);
  };
  return { ok: true, draft, locate, located: locatedBy(draft, sourceOf), reading };
}

/** The first reading of a text that is a patch. A bare list of operations counts as one. */
export function patchIn(text: string): JsonObject | undefined {
  for (const value of jsonReadings(text.trim())) {
    if (depthOf(value, LIMITS.jsonDepth) > LIMITS.jsonDepth) continue;
    if (isObject(value) && Array.isArray(value["operations"])) return value;
    if (isOperations(value)) return { operations: value };
  }
  return undefined;
}

/** The header is ours, not the planner's. Steps of a patch are read as those of a plan without one. */
function withoutHeader(draft: unknown): unknown {
  if (!isObject(draft)) return draft;
  const { planloom: _, ...rest } = draft;
  return rest;
}

const isOperations = (value: Json): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((entry: Json) => isObject(entry) && "op" in entry);

function locatedBy(draft: unknown, sourceOf: Revised["sourceOf"]): (finding: Finding) => Finding {
  return (finding) => {
    const { pointer } = finding.where;
    const source = sourceOf(pointer);
    if (source !== undefined) return { ...finding, where: { ...finding.where, pointer: source } };
    const step = stepAt(draft, pointer);
    return { ...finding, where: { ...finding.where, unwritten: step === undefined ? {} : { step } } };
  };
}

function stepAt(draft: unknown, pointer: string): string | undefined {
  const [, field, index] = pointer.split("/", 3);
  const steps: unknown = isObject(draft) ? draft["steps"] : undefined;
  const step: unknown = field === "steps" && Array.isArray(steps) ? steps[Number(index)] : undefined;
  return isObject(step) && typeof step["id"] === "string" ? step["id"] : undefined;
}
