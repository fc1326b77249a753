// Hashes of plans, steps, events and keys. In: JSON values. Out: hex SHA-256 of their canonical text.
import { sha256 } from "../sha256.js";
import { canonicalJson } from "./json.js";

/** SHA-256 of the canonical JSON (RFC 8785) of a value, as 64 hex digits. */
export function hashOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
