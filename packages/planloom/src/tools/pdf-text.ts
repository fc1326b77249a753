// The text of a PDF. In: its bytes and a range of pages. Out: the text of each page. Another process reads it, with
// limits on memory and time: it gets the bytes, and no file, no environment and no secret.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { LIMITS } from "../limits.js";
import type { PdfFault } from "../words/tools/files.js";
import { builtinError } from "./builtin-error.js";

/** The first line that the other process gets. */
export interface PdfRequest {
  readonly from: number;
  readonly count: number;
  /** Bytes of text. */
  readonly most: number;
  /** Bytes. */
  readonly memory: number;
}

export type PdfReply =
  | { readonly ok: true; readonly pages: readonly string[]; readonly of: number }
  | { readonly ok: false; readonly problem: "encrypted" | "broken" | "text" | "not-installed" };

export interface PdfPages {
  readonly pages: readonly string[];
  /** Pages of the whole PDF. */
  readonly of: number;
}

/** Throws ToolError FILE_PDF, or the reason of the signal. `limits`: for tests. */
export async function pdfPages(
  bytes: Buffer,
  shown: string,
  range: { readonly from: number; readonly count: number | undefined },
  signal: AbortSignal,
  limits: PdfLimits = { memory: LIMITS.pdfMemory, ms: LIMITS.pdfMs },
): Promise<PdfPages> {
  const count = Math.min(range.count ?? LIMITS.pdfPages, LIMITS.pdfPages);
  const request: PdfRequest = { from: range.from, count, most: LIMITS.fileBytes, memory: limits.memory };
  const reply = await replyOf(request, bytes, signal, limits);
  signal.throwIfAborted();
  if (!reply.ok) throw builtinError("FILE_PDF", { path: shown, ...faultOf(reply.problem, limits) });
  const { pages, of } = reply;
  if (range.from > of) throw builtinError("FILE_RANGE", { path: shown, from: range.from, of, unit: "pages" });
  if (pages.every((page) => page === "")) throw builtinError("FILE_PDF", { path: shown, problem: "no-text" });
  return { pages, of };
}

type Problem = PdfFault["problem"];
/** Bytes, and ms. */
type PdfLimits = { readonly memory: number; readonly ms: number };

function faultOf(problem: Exclude<Problem, "no-text">, { memory, ms }: PdfLimits): PdfFault {
  if (problem === "memory") return { problem, limit: memory };
  if (problem === "time") return { problem, ms };
  return problem === "text" ? { problem, limit: LIMITS.fileBytes } : { problem };
}

type Reply = PdfReply | { readonly ok: false; readonly problem: "memory" | "time" | "crashed" | "not-installed" };

/** Its place is the same from the source and from the compiled file. undefined in a bundle. */
function programFile(): string | undefined {
  const own: string | undefined = import.meta.url;
  if (own?.startsWith("file:") !== true) return undefined;
  const file = fileURLToPath(new URL("../../bin/pdf-text.js", own));
  return existsSync(file) ? file : undefined;
}

async function replyOf(request: PdfRequest, bytes: Buffer, signal: AbortSignal, { ms }: PdfLimits): Promise<Reply> {
  const program = programFile();
  if (program === undefined) return { ok: false, problem: "not-installed" };
  // 256 MB for values. The memory of data is watched in the process itself.
  const args = ["--max-old-space-size=256", program];
  const child = spawn(process.execPath, args, { env: systemEnv(), stdio: "pipe", windowsHide: true });
  const timeout = AbortSignal.timeout(ms);
  const stop = (): void => void child.kill("SIGKILL");
  for (const one of [signal, timeout]) one.addEventListener("abort", stop, { once: true });
  const ended = endOf(child);
  // It may end before it has read everything.
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${JSON.stringify(request)}\n`);
  child.stdin.end(bytes);
  const end = await ended;
  signal.removeEventListener("abort", stop);
  return timeout.aborted && !end.ok ? { ok: false, problem: "time" } : end;
}

/** Windows starts no process without SystemRoot. Electron runs as Node.js. */
function systemEnv(): NodeJS.ProcessEnv {
  const { SystemRoot } = process.env;
  return { ELECTRON_RUN_AS_NODE: "1", ...(SystemRoot === undefined ? {} : { SystemRoot }) };
}

/** Replies are below this: text of LIMITS.fileBytes as JSON, with each character as an escape. */
const MOST_REPLY = 8 * LIMITS.fileBytes;

function endOf(child: ChildProcessWithoutNullStreams): Promise<Reply> {
  const chunks: Buffer[] = [];
  let length = 0;
  child.stderr.resume();
  child.stdout.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > MOST_REPLY) child.kill("SIGKILL");
    else chunks.push(chunk);
  });
  return new Promise((resolve) => {
    child.on("error", () => resolve({ ok: false, problem: "crashed" }));
    child.on("close", (code, killed) => {
      // SIGABRT: the heap is full. Its code is 134 where a shell stands between.
      if (killed === "SIGKILL" || killed === "SIGABRT" || code === 134)
        return resolve({ ok: false, problem: "memory" });
      resolve(replyIn(Buffer.concat(chunks).toString(), code));
    });
  });
}

function replyIn(text: string, code: number | null): Reply {
  try {
    if (code === 0) return JSON.parse(text) as PdfReply;
  } catch {
    // Below.
  }
  return { ok: false, problem: "crashed" };
}
