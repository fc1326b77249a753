// Compares only the fields that are expected. In: a value, and its expected part. Out: nothing, or an error that shows
// both.
import { deepEqual } from "node:assert/strict";

/** Throws unless `found` has all fields of `part`, with equal values. Lists must have the same length. */
export function matches(found: unknown, part: unknown): void {
  deepEqual(picked(found, part), part);
}

/** The fields of `found` that `part` names. */
function picked(found: unknown, part: unknown): unknown {
  if (!isRecord(part) || !isRecord(found)) return found;
  if (Array.isArray(part)) return Array.isArray(found) ? found.map((one, index) => picked(one, part[index])) : found;
  if (Array.isArray(found)) return found;
  const keys = Object.keys(part).filter((key) => key in found);
  return Object.fromEntries(keys.map((key) => [key, picked(found[key], part[key])]));
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null;
