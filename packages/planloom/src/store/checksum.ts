// Checksums of what a row holds, so that a flipped bit is noticed when the row is read. In: the row's values. Out: a number.
// Separate because writing and reading must agree on it to the byte, and because it says what it is for: accidents of disks,
// not people with bad intent, against whom the hash chain of the log stands.
import { crc32 } from "node:zlib";
import type { SqlValue } from "./sqlite-driver.js";

/** CRC-32 over the values in their order: it notices every single flipped bit, and all but one in 2^32 of other damages. */
export function checksum(...values: readonly SqlValue[]): number {
  return values.reduce<number>((sum, value) => crc32(`${value}\u0000`, sum), 0);
}

/** Rows written before there were checksums have none (null), and are not checked. */
export function holds(sum: number | null, ...values: readonly SqlValue[]): boolean {
  return sum === null || sum === checksum(...values);
}
