// Checks a write-ahead log for damage before its last commit. In: the path of a store that this process has not opened
// yet. Out: the damage, or nothing. SQLite takes every damage for a torn tail: it would drop acknowledged commits
// silently, and delete the evidence when it closes. The format: https://sqlite.org/fileformat2.html#walformat
import { closeSync, openSync, readSync, statSync } from "node:fs";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;

/** The two running checksums over header and frames. */
type Sums = readonly [number, number];

/** A damage, and the values that identify this log, because another log may replace it in the meantime. */
interface Damage {
  readonly salt: string;
  readonly what: "log-without-file" | "log-head" | "log-middle";
}

/**
 * The damage in the log beside a store. undefined if there is none, or if only the last commit is torn: nobody
 * acknowledged it. Two torn commits are damage, because the second was written when the first was safe. Other processes
 * may write to the log meanwhile; frames that they overwrite do not count as damage.
 */
export function damageOfLog(storePath: string): Damage["what"] | undefined {
  const first = look(storePath);
  if (first === undefined) return undefined;
  // A log that is restarted while it is read looks torn in its middle once, under its old salt. The second look
  // differs.
  const second = look(storePath);
  return second?.salt === first.salt && second.what === first.what ? first.what : undefined;
}

function look(storePath: string): Damage | undefined {
  const size = sizeOf(`${storePath}-wal`);
  if (size <= HEADER_BYTES) return undefined;
  const file = openSync(`${storePath}-wal`, "r");
  try {
    return sizeOf(storePath) === 0 ? { salt: "", what: "log-without-file" } : damageIn(file, size);
  } finally {
    closeSync(file);
  }
}

function damageIn(file: number, size: number): Damage | undefined {
  const header = bytesAt(file, 0, HEADER_BYTES);
  const littleEndian = header.readUInt32BE(0) === MAGIC;
  const pageBytes = header.readUInt32BE(8);
  const salt = header.toString("hex", 16, 24);
  const headSums = sumsOver(header.subarray(0, 24), [0, 0], littleEndian);
  if (!stand(headSums, header, 24)) {
    return { salt, what: "log-head" };
  }
  let sums: Sums | undefined = headSums;
  let commitsLost = 0;
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  for (let at = HEADER_BYTES; at + FRAME_HEADER_BYTES <= size; at += frameBytes) {
    const frame = bytesAt(file, at, frameBytes);
    if (sums !== undefined) sums = soundSums(frame, sums, salt, frameBytes, littleEndian);
    if (sums === undefined && isCommit(frame, salt) && ++commitsLost === 2) {
      return { salt, what: "log-middle" };
    }
  }
  return undefined;
}

/** The checksums after a frame. undefined if it does not follow the one before. */
function soundSums(
  frame: Buffer,
  before: Sums,
  salt: string,
  frameBytes: number,
  littleEndian: boolean,
): Sums | undefined {
  if (frame.length < frameBytes || saltOf(frame) !== salt) return undefined;
  const sums = sumsOver(
    frame.subarray(FRAME_HEADER_BYTES),
    sumsOver(frame.subarray(0, 8), before, littleEndian),
    littleEndian,
  );
  return stand(sums, frame, 16) ? sums : undefined;
}

const saltOf = (frame: Buffer): string => frame.toString("hex", 8, 16);

/** The last frame of a transaction holds the size of the database. Frames of an earlier log have another salt. */
const isCommit = (frame: Buffer, salt: string): boolean => frame.readUInt32BE(4) !== 0 && saltOf(frame) === salt;

const stand = (sums: Sums, bytes: Buffer, at: number): boolean =>
  bytes.readUInt32BE(at) === sums[0] && bytes.readUInt32BE(at + 4) === sums[1];

function sumsOver(bytes: Buffer, [one, two]: Sums, littleEndian: boolean): Sums {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += 8) {
    one = (one + words.getUint32(at, littleEndian) + two) >>> 0;
    two = (two + words.getUint32(at + 4, littleEndian) + one) >>> 0;
  }
  return [one, two];
}

function bytesAt(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, at));
}

/** Bytes of the log beside a store. 0 if there is none. */
export const logBytes = (storePath: string): number => sizeOf(`${storePath}-wal`);

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
