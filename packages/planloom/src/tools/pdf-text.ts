// The text of a PDF. In: its bytes and a range of pages. Out: the text of each page. Another process reads it, with
// limits on memory and time: it gets the bytes, and no file, no environment and no secret.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LIMITS } from "../limits.js";
import type { PdfFault } from "../words/tools/files.js";
import { builtinError } from "./builtin-error.js";
import { ownProcess, type ProcessEnd } from "./own-process.js";

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
  const input = [`${JSON.stringify(request)}\n`, bytes];
  const timeout = AbortSignal.timeout(ms);
  const end = await ownProcess(args, input, { signals: [signal, timeout], most: MOST_REPLY }).then(
    replyAt,
    (): Reply => ({ ok: false, problem: "crashed" }),
  );
  return timeout.aborted && !end.ok ? { ok: false, problem: "time" } : end;
}

/** Replies are below this: text of LIMITS.fileBytes as JSON, with each character as an escape. */
const MOST_REPLY = 8 * LIMITS.fileBytes;

function replyAt({ text, code, killed }: ProcessEnd): Reply {
  // SIGABRT: the heap is full. Its code is 134 where a shell stands between.
  if (killed === "SIGKILL" || killed === "SIGABRT" || code === 134) return { ok: false, problem: "memory" };
  try {
    if (code === 0) return JSON.parse(text) as PdfReply;
  } catch {
    // Below.
  }
  return { ok: false, problem: "crashed" };
}
