// Compares the recorded events with the decisions of this kernel for the same input. In: recorded and decided events.
// Out: each difference. Only the decisions of an old event are compared: its sentences are legacy text, and it lacks
// later fields.
import { canonicalJson, isObject, type Json, type JsonObject } from "../../plan/json.js";
import type { RunEvent } from "../event.js";

/** One value in the log that differs from the decision of this kernel. */
export interface Difference {
  readonly seq: number;
  /** `prev`, another field of the envelope, a field of the data, or `type`. null means that one side has no event. */
  readonly field: string;
  readonly recorded: Json;
  readonly replayed: Json;
}

const AROUND = ["runId", "seq", "at", "inputId", "by"] as const;

/** `isLegacy`: the recorded event was brought here from an older version. */
export function differencesBetween(recorded: RunEvent, decided: RunEvent, isLegacy: boolean): Difference[] {
  const { seq } = recorded;
  if (recorded.type !== decided.type) return [otherType(seq, recorded, decided)];
  const alike = isLegacy ? legacyAlike : same;
  const [was, is] = [decisionsIn(recorded), decisionsIn(decided)];
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [
    ...AROUND.flatMap((field) => differs(seq, field, recorded[field], decided[field], same)),
    ...[...names].flatMap((name) => differs(seq, `data.${name}`, was[name], is[name], alike)),
  ];
}

/** One of the two may be missing. */
export const otherType = (seq: number, recorded: RunEvent | undefined, decided: RunEvent | undefined): Difference => ({
  seq,
  field: "type",
  recorded: recorded?.type ?? null,
  replayed: decided?.type ?? null,
});

/** The name of the kernel is not a decision. */
function decisionsIn({ data }: RunEvent): JsonObject {
  const { kernel: _, ...decisions } = data as unknown as JsonObject;
  return decisions;
}

type Alike = (recorded: Json | undefined, decided: Json | undefined) => boolean;

function differs(
  seq: number,
  field: string,
  recorded: Json | undefined,
  decided: Json | undefined,
  alike: Alike,
): Difference[] {
  return alike(recorded, decided) ? [] : [{ seq, field, recorded: recorded ?? null, replayed: decided ?? null }];
}

/** The order of fields is not a decision. */
const same: Alike = (recorded, decided) =>
  recorded === decided ||
  (recorded !== undefined && decided !== undefined && canonicalJson(recorded) === canonicalJson(decided));

/**
 * A field that an old event lacks cannot differ. A legacy sentence equals any reason. Failures are compared by code.
 */
const legacyAlike: Alike = (recorded, decided) => {
  if (recorded === undefined) return true;
  if (Array.isArray(recorded) && Array.isArray(decided)) {
    return (
      recorded.length === decided.length && recorded.every((one: Json, at) => legacyAlike(one, decided[at] as Json))
    );
  }
  if (!isObject(recorded) || !isObject(decided)) return same(recorded, decided);
  const { code, text, retryable } = recorded;
  if (code === "LEGACY") return "code" in decided;
  if (code !== undefined && text !== undefined && retryable !== undefined) {
    return code === decided["code"] && retryable === decided["retryable"];
  }
  return [...new Set([...Object.keys(recorded), ...Object.keys(decided)])].every((name) =>
    legacyAlike(recorded[name], decided[name]),
  );
};
