// The process that reads one PDF: a PDF of others may be made to use up memory or time. In: a line of JSON, then the
// bytes, on stdin. Out: one JSON value on stdout. A thread ends the process when it takes too much memory.
import { Worker } from "node:worker_threads";
import type { PdfReply, PdfRequest } from "./pdf-text.js";

/** Memory that grows while PDF.js works is not on the heap, so no flag of Node.js limits it. */
const WATCH = `
const { workerData } = require("node:worker_threads");
setInterval(() => process.memoryUsage.rss() > workerData && process.kill(process.pid, "SIGKILL"), 20);
`;

async function stdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

type Unpdf = typeof import("unpdf");
type Pages = Awaited<ReturnType<Unpdf["getDocumentProxy"]>>;

async function answered(request: PdfRequest, bytes: Uint8Array): Promise<PdfReply> {
  let unpdf: Unpdf;
  try {
    unpdf = await import("unpdf");
  } catch {
    return { ok: false, problem: "not-installed" };
  }
  try {
    return await pagesOf(await unpdf.getDocumentProxy(bytes, { verbosity: 0 }), request);
  } catch (thrown) {
    const name = thrown instanceof Error ? thrown.name : "";
    return { ok: false, problem: name === "PasswordException" ? "encrypted" : "broken" };
  }
}

async function pagesOf(pdf: Pages, { from, count, most }: PdfRequest): Promise<PdfReply> {
  const of = pdf.numPages;
  const to = Math.min(of, from - 1 + count);
  const pages: string[] = [];
  let room = most;
  for (let number = from; number <= to; number++) {
    const text = await textOfPage(pdf, number);
    room -= Buffer.byteLength(text);
    if (room < 0) return { ok: false, problem: "text" };
    pages.push(text);
  }
  return { ok: true, pages, of };
}

async function textOfPage(pdf: Pages, number: number): Promise<string> {
  const page = await pdf.getPage(number);
  const { items } = await page.getTextContent();
  const text = items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : "")).join("");
  page.cleanup();
  // PDF.js gives a NUL for a letter that its font does not name.
  return text.replaceAll("\0", "").trim();
}

const given = await stdin();
const line = given.indexOf("\n");
const request = JSON.parse(given.subarray(0, line).toString()) as PdfRequest;
new Worker(WATCH, { eval: true, workerData: request.memory }).unref();
const reply = await answered(request, new Uint8Array(given.subarray(line + 1)));
process.stdout.write(JSON.stringify(reply), () => process.exit(0));
