// Checksums of rows, so that a flipped bit is noticed when the row is read. In: the row's values. Out: a number. They
// protect against disk faults. The hash chain of the log protects against people with bad intent.
import { crc32 } from "node:zlib";
import type { SqlValue } from "./sqlite-driver.js";

/**
 * CRC-32 over the values in their order. It detects every single flipped bit, and all but one in 2^32 of other damages.
 */
export function checksum(...values: readonly SqlValue[]): number {
  return values.reduce<number>((sum, value) => crc32(`${value}\u0000`, sum), 0);
}

/** Rows written before checksums were introduced have none (null), and are not checked. */
export function holds(sum: number | null, ...values: readonly SqlValue[]): boolean {
  return sum === null || sum === checksum(...values);
}
