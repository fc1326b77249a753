// Hashes of plans, steps, events and keys. In: JSON values. Out: hex SHA-256 of their canonical text.
// Separate because it is the one place of the pure layers that touches node:crypto.
import { hash } from "node:crypto";
import { canonicalJson } from "./json.js";

/** SHA-256 of a text, as 64 hex digits. */
export function sha256(text: string): string {
  return hash("sha256", text);
}

/** SHA-256 of the canonical JSON (RFC 8785) of a value, as 64 hex digits. */
export function hashOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
