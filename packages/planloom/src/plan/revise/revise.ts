// A patch of a plan: operations on a failed step and on the steps that depend on it. In: the plan, the patch as data,
// the failed step and the finished ones. Out: a whole draft that is otherwise unchanged, or findings. The patch is
// judged here. check judges the resulting draft, as any other.
import { z } from "zod";
import { LIMITS } from "../../limits.js";
import { collectFindings, type Report } from "../check/report.js";
import { issueFinding } from "../check/shape.js";
import type { Finding } from "../finding.js";
import { descendantsOf } from "../graph.js";
import { canonicalJson, depthOf, isObject, type Json, type JsonObject } from "../json.js";
import type { Plan } from "../plan.js";
import { writePlan } from "../write.js";

/** check judges its fields together with the rest of the plan. */
const step = z.record(z.string(), z.json()).describe("A step, written as in a plan.");
const id = z.string().describe("The id of a step of the plan.");

export const patchSchema = z.strictObject({
  operations: z
    .array(
      z.discriminatedUnion("op", [
        z.strictObject({ op: z.literal("add"), step }),
        z.strictObject({
          op: z.literal("replace"),
          id,
          step: step.describe("The step that takes its place and its id."),
        }),
        z.strictObject({ op: z.literal("drop"), id }),
      ]),
    )
    .describe("Applied one after the other, to the step that failed and those that wait for it."),
  answer: z.record(z.string(), z.json()).optional().describe("Instead of the plan's answer, written as in a plan."),
});
export type Patch = z.infer<typeof patchSchema>;
type Operation = Patch["operations"][number];

/** A whole draft, made from the planner's reply and the plan before. */
export interface Revised {
  readonly draft: JsonObject;
  /** Maps a pointer of the draft to the planner's text; undefined for parts of the plan before. */
  readonly sourceOf: (pointer: string) => string | undefined;
}

export type Patched = ({ readonly ok: true } & Revised) | { readonly ok: false; readonly findings: readonly Finding[] };

export interface PatchTarget {
  /** The step that failed. */
  readonly failing: string;
  readonly finished: ReadonlySet<string>;
}

/**
 * Applies the operations in order. They may touch only the failing step, the steps that depend on it and steps that the
 * patch adds, and no finished step. A replaced step keeps its place and its id; added steps come last. Never throws.
 * Reports all findings at once. Codes: PATCH_EMPTY, PATCH_FINISHED, PATCH_OUTSIDE, PATCH_UNKNOWN, PATCH_RENAME,
 * DUPLICATE_ID, and those of a document's shape.
 */
export function applyPatch(plan: Plan, patch: unknown, target: PatchTarget): Patched {
  const { report, hasErrors, findings } = collectFindings();
  const sound = soundPatch(patch, report) ? patch : undefined;
  const before = writePlan(plan);
  const revised = sound === undefined ? undefined : revisedBy(before, sound, boundsOf(plan, target), report);
  if (revised !== undefined && !hasErrors() && canonicalJson(revised.draft) === canonicalJson(before))
    report("PATCH_EMPTY", "/operations", { failing: target.failing });
  if (revised === undefined || hasErrors()) return { ok: false, findings: findings(undefined) };
  return { ok: true, ...revised };
}

/** Reads the document itself, not the parsed result of the schema: check must see keys that the schema drops. */
function soundPatch(patch: unknown, report: Report): patch is Patch {
  if (!isObject(patch)) {
    report("BAD_VALUE", "", { part: "patch" });
    return false;
  }
  if (depthOf(patch, LIMITS.jsonDepth) > LIMITS.jsonDepth) {
    report("TOO_DEEP", "", { of: "patch", most: LIMITS.jsonDepth });
    return false;
  }
  const parsed = patchSchema.safeParse(patch);
  for (const issue of parsed.error?.issues ?? []) issueFinding(issue, patch, "", undefined, report, { patch: true });
  return parsed.success;
}

interface Bounds extends PatchTarget {
  /** The failing step and those that depend on it. */
  readonly open: ReadonlySet<string>;
}

function boundsOf(plan: Plan, target: PatchTarget): Bounds {
  return { ...target, open: new Set([target.failing, ...descendantsOf(plan, target.failing)]) };
}

/** A step of the new draft. `source` is its pointer in the patch, if it comes from there. */
interface Slot {
  readonly step: JsonObject;
  readonly source?: string;
}

/** By id. An added step without a legal id is stored under its number; check reports it. */
type Slots = Map<string | number, Slot>;

function revisedBy(before: JsonObject, patch: Patch, bounds: Bounds, report: Report): Revised {
  const slots: Slots = new Map();
  for (const step of before["steps"] as readonly JsonObject[]) slots.set(step["id"] as string, { step });
  patch.operations.forEach((operation, index) =>
    operate(operation, `/operations/${index}`, index, slots, bounds, report),
  );
  const { answer } = patch as { readonly answer?: JsonObject };
  const list = [...slots.values()];
  return {
    draft: { ...before, steps: list.map(({ step }) => step), ...(answer === undefined ? {} : { answer }) },
    sourceOf: sourceIn(
      list.map(({ source }) => source),
      answer === undefined ? [] : ["answer"],
    ),
  };
}

function operate(operation: Operation, at: string, index: number, slots: Slots, bounds: Bounds, report: Report): void {
  if (operation.op === "add") return add(operation.step, `${at}/step`, index, slots, report);
  if (!mayTouch(operation.id, `${at}/id`, slots, bounds, report)) return;
  if (operation.op === "drop") slots.delete(operation.id);
  else replace(operation.id, operation.step, `${at}/step`, slots, report);
}

function add(step: JsonObject, source: string, index: number, slots: Slots, report: Report): void {
  const id = step["id"];
  const key = typeof id === "string" ? id : index;
  if (slots.has(key)) report("DUPLICATE_ID", `${source}/id`, { id: String(key) });
  else slots.set(key, { step, source });
}

function replace(id: string, step: JsonObject, source: string, slots: Slots, report: Report): void {
  const written: Json = step["id"] ?? id;
  if (written !== id) report("PATCH_RENAME", `${source}/id`, { step: id });
  slots.set(id, { step: { ...step, id }, source });
}

function mayTouch(
  id: string,
  pointer: string,
  slots: Slots,
  { failing, finished, open }: Bounds,
  report: Report,
): boolean {
  const slot = slots.get(id);
  if (slot === undefined) report("PATCH_UNKNOWN", pointer, { step: id, ...touchable(open, finished) });
  else if (finished.has(id)) report("PATCH_FINISHED", pointer, { step: id });
  else if (slot.source === undefined && !open.has(id))
    report("PATCH_OUTSIDE", pointer, { failing, step: id, ...touchable(open, finished) });
  else return true;
  return false;
}

/** The steps that a patch may change. */
function touchable(open: ReadonlySet<string>, finished: ReadonlySet<string>) {
  const ids = [...open].filter((id) => !finished.has(id));
  return { open: ids.slice(0, 12), more: Math.max(0, ids.length - 12) };
}

/** Maps the place of a step, and of its named fields, back to the planner's text. */
export function sourceIn(steps: readonly (string | undefined)[], fields: readonly string[]): Revised["sourceOf"] {
  return (pointer) => {
    const [, field = "", index = ""] = pointer.split("/", 3);
    if (field !== "steps" || index === "") return fields.includes(field) ? pointer : undefined;
    const source = steps[Number(index)];
    return source === undefined ? undefined : source + pointer.slice(`/steps/${index}`.length);
  };
}
