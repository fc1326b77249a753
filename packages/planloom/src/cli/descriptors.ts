// Keeps other code from writing to file descriptor 1 directly. In: the modules fs and child_process. Out: such writes
// arrive as output of a tool, and child processes that inherit stdout get stderr. streams.ts handles process.stdout.
import childProcess, { ChildProcess } from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

type Call = (this: unknown, ...args: unknown[]) => unknown;
type Patched = { [name: string]: Call };

const STDOUT = 1;
const STDERR = 2;

/** `taken` gets what was written to descriptor 1. Called once, after the streams of the process were opened. */
export function takeDescriptors(taken: (chunk: string | Uint8Array) => void): void {
  takeFileWrites(fs as unknown as Patched, taken);
  takeWholeWrites(fs as unknown as Patched, taken);
  takeChildren();
  syncBuiltinESMExports();
}

function takeFileWrites(files: Patched, taken: (chunk: string | Uint8Array) => void): void {
  const { write, writeSync } = files as { readonly write: Call; readonly writeSync: Call };
  files["writeSync"] = function (fd, data, ...rest) {
    if (fd !== STDOUT) return writeSync.call(this, fd, data, ...rest);
    const chunk = partOf(data, rest);
    taken(chunk);
    return Buffer.byteLength(chunk);
  };
  files["write"] = function (fd, data, ...rest) {
    const done = rest.at(-1);
    if (fd !== STDOUT || typeof done !== "function") return write.call(this, fd, data, ...rest);
    const chunk = partOf(data, rest);
    taken(chunk);
    process.nextTick(done, null, Buffer.byteLength(chunk), data);
    return undefined;
  };
}

/** They write a whole file, and take a descriptor in the place of its name. */
function takeWholeWrites(files: Patched, taken: (chunk: string | Uint8Array) => void): void {
  for (const name of ["writeFileSync", "appendFileSync"]) {
    const call = files[name]!;
    files[name] = function (file, data, ...rest) {
      if (file !== STDOUT && file !== "/dev/stdout") return call.call(this, file, data, ...rest);
      taken(partOf(data, []));
      return undefined;
    };
  }
}

/** The part of a buffer that is written: by offset and length, given as two numbers or as an object. */
function partOf(data: unknown, [first, second]: readonly unknown[]): string | Uint8Array {
  if (!ArrayBuffer.isView(data)) return String(data);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const named = typeof first === "object" && first !== null ? (first as { offset?: unknown; length?: unknown }) : {};
  const offset = numberIn(first) ?? numberIn(named.offset) ?? 0;
  const length = numberIn(second) ?? numberIn(named.length) ?? bytes.length - offset;
  return bytes.subarray(offset, offset + length);
}

const numberIn = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

function takeChildren(): void {
  const { prototype } = ChildProcess as unknown as { readonly prototype: Patched };
  const { spawn } = prototype as { readonly spawn: Call };
  prototype["spawn"] = function (options, ...rest) {
    return spawn.call(this, onStderr(options), ...rest);
  };
  const sync = childProcess as unknown as Patched;
  for (const name of ["spawnSync", "execSync", "execFileSync"]) {
    const call = sync[name]!;
    sync[name] = function (...args) {
      return call.apply(this, args.map(onStderr));
    };
  }
}

/** The options of a child process, with stderr where it would inherit stdout. */
function onStderr(options: unknown): unknown {
  if (typeof options !== "object" || options === null || !("stdio" in options)) return options;
  const { stdio } = options;
  if (stdio === "inherit") return { ...options, stdio: ["inherit", STDERR, "inherit"] };
  if (!Array.isArray(stdio)) return options;
  return { ...options, stdio: stdio.map((one: unknown, at) => (isStdout(one, at) ? STDERR : one)) };
}

const isStdout = (one: unknown, at: number): boolean =>
  one === STDOUT || one === process.stdout || (one === "inherit" && at === STDOUT);
