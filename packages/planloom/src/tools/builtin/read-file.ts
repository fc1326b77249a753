// The tool `read_file`: text, HTML and PDF, whole or in parts. In: the folders it may reach. Out: the tool.
import { z } from "zod";
import { LIMITS } from "../../limits.js";
import { builtinVersion } from "../../plan/tool-spec.js";
import type { FileUnit } from "../../words/tools/files.js";
import { existing, type Root } from "../folder.js";
import { htmlText } from "../html-text.js";
import { readBytes, utf8Text, withFile } from "../text-file.js";
import { linesOfFile, linesOfText, type LineRange, type TextPart } from "../text-lines.js";
import { tool, type Tool } from "../tool.js";
import { missingPath } from "./file-precheck.js";
import { filePath, type FileReach } from "./file-reach.js";

const MB = 1024 * 1024;

export function readFileTool({ roots, reach }: FileReach): Tool {
  return tool({
    name: "read_file",
    // 2: HTML is converted to text.
    version: builtinVersion(2),
    reach,
    description:
      `Reads a text file in UTF-8 (up to ${LIMITS.fileBytes / MB} MB at once; larger ones in parts), ` +
      "the text of an HTML page, or the text of a PDF.",
    input: z.strictObject({
      path: filePath,
      from: z.int().min(1).optional().describe("First line, or first page of a PDF; from 1."),
      count: z.int().min(1).optional().describe("How many lines, or pages of a PDF. Left out: to the end."),
      raw: z.boolean().optional().describe("true: an HTML page as its source."),
    }),
    output: z.strictObject({
      path: z.string(),
      text: z.string(),
      from: z.int().describe("First line (page) of the text."),
      to: z.int().describe("Last line (page) of the text."),
      of: z.int().describe("Lines (pages) of the whole file."),
      unit: z.enum(["lines", "pages"]),
    }),
    effects: "none",
    async run({ path, from = 1, count, raw = false }, { signal }) {
      const isWhole = from === 1 && count === undefined;
      const request = { range: { from, count }, isWhole, raw };
      return partOf(roots, path, request, signal);
    },
    precheck: ({ path }, { signal }) => missingPath(roots, path, "file", signal),
    summary: ({ path, text, from, to, of, unit }) =>
      `Read ${path}, ${text.length} characters${from === 1 && to === of ? "" : `, ${unit} ${from} to ${to} of ${of}`}`,
  });
}

interface PartRequest {
  readonly range: LineRange;
  readonly isWhole: boolean;
  readonly raw: boolean;
}

type ReadPart = TextPart & { readonly path: string; readonly unit: FileUnit };

async function partOf(
  roots: readonly Root[],
  path: string,
  { range, isWhole, raw }: PartRequest,
  signal: AbortSignal,
): Promise<ReadPart> {
  const { real, shown } = await existing(roots, path);
  const name = shown || ".";
  const kind = await kindOf(real, name, signal);
  if (kind.pdf) return { path: shown, ...(await pagesOf(real, name, range, signal)), unit: "pages" };
  const isPage = !raw && /\.x?html?$/iu.test(name);
  if (kind.size > LIMITS.fileBytes && !isPage && !isWhole)
    return { path: shown, ...(await linesOfFile(real, name, range, signal)), unit: "lines" };
  const { bytes } = await readBytes(real, name, signal, isPage ? {} : { parts: true });
  const source = utf8Text(bytes, name);
  const text = isPage ? await pageText(source, signal) : source;
  return { path: shown, ...linesOfText(text, name, range), unit: "lines" };
}

const MAGIC = "%PDF-";

const isPdf = (path: string, start: Buffer): boolean => /\.pdf$/iu.test(path) || start.toString("latin1") === MAGIC;

function kindOf(real: string, shown: string, signal: AbortSignal) {
  return withFile(real, shown, signal, async (file, { size }) => {
    const start = Buffer.alloc(MAGIC.length);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    return { size, pdf: isPdf(shown, start.subarray(0, bytesRead)) };
  });
}

async function pagesOf(real: string, shown: string, range: LineRange, signal: AbortSignal): Promise<TextPart> {
  const { bytes } = await readBytes(real, shown, signal, { limit: LIMITS.pdfBytes });
  const { pdfPages } = await import("../pdf-text.js");
  const { pages, of } = await pdfPages(bytes, shown, range, signal);
  return { text: pages.join("\n\n"), from: range.from, to: range.from - 1 + pages.length, of };
}

async function pageText(html: string, signal: AbortSignal): Promise<string> {
  const { title, text } = await htmlText(html, undefined, signal);
  return title === "" || text.startsWith(title) ? text : `${title}\n\n${text}`;
}
