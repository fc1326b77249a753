// Tests of reading a part of a file, and of HTML and PDF as text. PDFs are made here; the hostile ones, too.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { JsonObject } from "../../src/plan/json.js";
import { fileTools } from "../../src/tools/builtin/files.js";
import { pdfOf, says } from "./pdf-bytes.js";
import { pdfPages } from "../../src/tools/pdf-text.js";
import type { Tool } from "../../src/tools/tool.js";
import { called, errorOf } from "./tool-context.js";

let base: string;
let tool: Tool;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "planloom-read-"));
  tool = fileTools({ roots: [base] })[0]!;
});
afterEach(() => rm(base, { recursive: true, force: true }));

const read = (path: string, more: JsonObject = {}) => called(tool, { path, ...more });
const put = (path: string, content: string | Buffer) => writeFile(join(base, path), content);

describe("a part of a text", () => {
  it.each<[string, JsonObject, JsonObject]>([
    ["one\ntwo\nthree\n", { from: 2 }, { text: "two\nthree\n", from: 2, to: 3, of: 3 }],
    ["one\ntwo\nthree", { from: 3 }, { text: "three", from: 3, to: 3, of: 3 }],
    ["one\ntwo\nthree\n", { count: 2 }, { text: "one\ntwo\n", from: 1, to: 2, of: 3 }],
    ["one\r\ntwo\r\n", { from: 2, count: 9 }, { text: "two\r\n", from: 2, to: 2, of: 2 }],
    ["", {}, { text: "", from: 1, to: 0, of: 0 }],
    ["\n\n", { from: 1, count: 1 }, { text: "\n", from: 1, to: 1, of: 2 }],
  ])("of %j by %j", async (text, range, expected) => {
    await put("a.txt", text);
    expect(await read("a.txt", range)).toEqual({ path: "a.txt", unit: "lines", ...expected });
  });

  it("that is not there is refused", async () => {
    await put("a.txt", "one\n");
    expect((await errorOf(read("a.txt", { from: 2 }))).message).toBe("a.txt has 1 lines: it cannot be read from 2 on.");
    for (const range of [{ from: 0 }, { count: 0 }, { from: 1.5 }])
      expect((await errorOf(read("a.txt", range))).code).toBe("BAD_ARGUMENTS");
  });

  it("of a file that is too large to be read at once", async () => {
    const line = (at: number) => `${at} ${"ñ".repeat(50)}\n`;
    const many = Array.from({ length: 45_000 }, (_, at) => line(at + 1));
    await put("large.txt", many.join(""));
    const whole = await errorOf(read("large.txt"));
    expect(whole).toMatchObject({ code: "FILE_TOO_LARGE" });
    expect(whole.message).toContain("Read it in parts, with from and count.");
    expect(await read("large.txt", { from: 44_999, count: 5 })).toMatchObject({
      text: line(44_999) + line(45_000),
      to: 45_000,
      of: 45_000,
    });
    const { text, to } = (await read("large.txt", { from: 10 })) as { readonly text: string; readonly to: number };
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LIMITS.fileBytes);
    expect(text.startsWith(line(10)) && text.endsWith(line(to))).toBe(true);
    expect((await errorOf(read("large.txt", { from: 45_001 }))).code).toBe("FILE_RANGE");
    await put("wide.txt", "x".repeat(LIMITS.fileBytes + 1));
    expect((await errorOf(read("wide.txt", { count: 1 }))).code).toBe("FILE_TOO_LARGE");
    await put("bin.dat", Buffer.alloc(LIMITS.fileBytes + 1));
    expect((await errorOf(read("bin.dat", { from: 1, count: 1 }))).code).toBe("FILE_TOO_LARGE");
  });
});

it("an HTML page is read as text, or as its source", async () => {
  const html =
    "<html><head><title>Tea</title></head><body><h1>Green</h1><p>From <b>Uji</b></p><script>x()</script></body></html>";
  await put("tea.html", html);
  expect(await read("tea.html")).toMatchObject({ text: "Tea\n\nGreen\n\nFrom Uji", of: 5, unit: "lines" });
  expect(await read("tea.html", { from: 5 })).toMatchObject({ text: "From Uji" });
  expect(await read("tea.html", { raw: true })).toMatchObject({ text: html, of: 1 });
});

const never = new AbortController().signal;
const WHOLE = { from: 1, count: undefined };

describe("a PDF", () => {
  it("is read as text, by pages", async () => {
    await put("a.pdf", pdfOf([says("Page one"), says("Page two"), says("Page three")]));
    expect(await read("a.pdf")).toEqual({
      ...{ path: "a.pdf", from: 1, to: 3, of: 3, unit: "pages" },
      text: "Page one\nand more\n\nPage two\nand more\n\nPage three\nand more",
    });
    expect(await read("a.pdf", { from: 2, count: 1 })).toMatchObject({
      text: "Page two\nand more",
      from: 2,
      to: 2,
      of: 3,
    });
    expect(await errorOf(read("a.pdf", { from: 4 }))).toMatchObject({
      code: "FILE_RANGE",
      message: expect.stringContaining("3 pages") as string,
    });
  });

  it("that is scanned, broken, encrypted or too large has a clear error", async () => {
    const key = "0".repeat(64);
    const locked = {
      trailer: `/Encrypt 6 0 R /ID [<${key}> <${key}>]`,
      objects: [`<< /Filter /Standard /V 1 /R 2 /O <${key}> /U <${key}> /P -4 >>`],
    };
    const large = Buffer.concat([Buffer.from("%PDF-1.4\n"), Buffer.alloc(LIMITS.pdfBytes)]);
    const cases: readonly (readonly [Buffer, string, string | undefined])[] = [
      [pdfOf([Buffer.from("0 0 10 10 re f")]), "FILE_PDF", "no-text"],
      [pdfOf([says("x")]).subarray(0, 90), "FILE_PDF", "broken"],
      [Buffer.from("no PDF at all"), "FILE_PDF", "broken"],
      [pdfOf([says("x")], locked), "FILE_PDF", "encrypted"],
      [large, "FILE_TOO_LARGE", undefined],
    ];
    const errors = await Promise.all(
      cases.map(async ([content], at) => (await put(`${at}.pdf`, content), errorOf(read(`${at}.pdf`)))),
    );
    expect(errors.map(({ code, failure }) => [code, failure?.params?.["problem"]])).toEqual(
      cases.map(([, code, problem]) => [code, problem]),
    );
  });

  it("with a zip bomb in it is given up, and takes no memory of this process", async () => {
    const spaces = Buffer.alloc(600 * 1024 * 1024, " ");
    const bomb = pdfOf([deflateSync(deflateSync(spaces))], { filter: "/Filter [/FlateDecode /FlateDecode]" });
    expect(bomb.length).toBeLessThan(20_000);
    const memory = 200 * 1024 * 1024;
    expect(await errorOf(pdfPages(bomb, "a.pdf", WHOLE, never, { memory, ms: 60_000 }))).toMatchObject({
      code: "FILE_PDF",
      retryable: false,
      message: "a.pdf takes more than 209715200 bytes of memory. Its content may be made to do so.",
    });
    expect(await errorOf(pdfPages(bomb, "a.pdf", WHOLE, never, { memory: LIMITS.pdfMemory, ms: 50 }))).toMatchObject({
      failure: { params: { problem: "time", ms: 50 } },
    });
  });

  it("is given up when the call is stopped", async () => {
    const reason = new Error("cancelled");
    await expect(pdfPages(pdfOf([says("x")]), "a.pdf", WHOLE, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
