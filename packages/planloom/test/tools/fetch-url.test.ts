// fetch_url against a real server: pages become text, and neither addresses, redirects, sizes nor slow bodies get past
// it.
import type { IncomingMessage, ServerResponse } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { fetchUrlTool } from "../../src/tools/builtin/fetch-url.js";
import { pdfOf, says } from "./pdf-bytes.js";
import { called, errorOf } from "./tool-context.js";
import { serve, type LocalServer } from "./local-server.js";

let server: LocalServer;
let slowClosed: Promise<void>;
const pages = new Map<string, (request: IncomingMessage, reply: ServerResponse) => void>();

function page(
  path: string,
  type: string,
  body: string | Buffer,
  headers: { readonly [name: string]: string } = {},
): void {
  pages.set(path, (_request, reply) => reply.writeHead(200, { "content-type": type, ...headers }).end(body));
}
function redirect(path: string, location: string): void {
  pages.set(path, (_request, reply) => reply.writeHead(302, { location }).end());
}

beforeAll(async () => {
  server = await serve((request, reply) => {
    const answer = pages.get(new URL(request.url!, "http://x").pathname);
    if (answer === undefined) reply.writeHead(404).end("no such page");
    else answer(request, reply);
  });
});
afterAll(() => server.close());

const fetchUrl = (url: string, signal?: AbortSignal) =>
  called(fetchUrlTool({ allowHosts: ["127.0.0.1"] }), { url }, signal);
const path = (name: string) => server.url + name;

describe("a page", () => {
  it("of HTML gives its title and text, scripts and styles left out", async () => {
    const html =
      "<html><head><title>\n Tea &amp; Co </title><style>p{}</style></head><body><h1>Prices</h1><script>let a = '<p>'</script>" +
      '<p>Green   tea <a href="/green">here</a></p><table><tr><th>Tea</th><th>Price</th></tr><tr><td>Oolong</td><td>7</td></tr></table><ul><li>one<li>two</ul></body></html>';
    page("/tea", "text/html; charset=utf-8", html);
    const got = (await fetchUrl(path("/tea#top"))) as { text: string };
    expect(got).toMatchObject({ url: path("/tea"), status: 200, title: "Tea & Co" });
    expect(got.text).toContain("Prices");
    expect(got.text).toContain(`Green tea here [${path("/green")}]`);
    expect(got.text).toMatch(/^Tea \| Price\nOolong \| 7$/m);
    expect(got.text).toMatch(/^\* one\n\* two$/m);
    expect(got.text).not.toMatch(/let a|p\{\}|Tea & Co/);
  });

  it("of JSON or plain text stays as it is", async () => {
    page("/data", "application/json", '{ "a": [1] }');
    page("/feed", "application/vnd.api+json", "[]");
    page("/plain", "text/plain", "<b>ñ</b>");
    expect(await fetchUrl(path("/data"))).toEqual({ url: path("/data"), status: 200, title: "", text: '{ "a": [1] }' });
    expect(await fetchUrl(path("/feed"))).toMatchObject({ text: "[]" });
    expect(await fetchUrl(path("/plain"))).toMatchObject({ text: "<b>ñ</b>" });
  });

  it("is decoded as it says: header, meta element, or UTF-8 where that is unknown", async () => {
    const latin = (text: string) => Buffer.from(text, "latin1");
    page("/header", "text/plain; charset=ISO-8859-1", latin("caf\u00e9"));
    page("/meta", "text/html", latin('<meta charset="windows-1252"><p>caf\u00e9'));
    page("/odd", "text/plain; charset=klingon", "café");
    page("/mark", "text/plain; charset=utf-8", Buffer.from("\uFEFFcafé", "utf16le"));
    page("/xml", "application/xml", latin('<?xml version="1.0" encoding="ISO-8859-1"?><a>café</a>'));
    for (const name of ["/header", "/meta", "/odd", "/mark"])
      expect(await fetchUrl(path(name))).toMatchObject({ text: "café" });
    expect(await fetchUrl(path("/xml"))).toMatchObject({ text: expect.stringContaining("<a>café</a>") as string });
  });

  it("may be a PDF", async () => {
    page("/report.pdf", "application/pdf", pdfOf([says("Page one"), says("Page two")]));
    page("/broken.pdf", "application/pdf", "no PDF at all");
    const { text } = (await fetchUrl(path("/report.pdf"))) as { text: string };
    expect(text).toMatch(/Page one[^]*\n\n[^]*Page two/);
    expect(await errorOf(fetchUrl(path("/broken.pdf")))).toMatchObject({ code: "FILE_PDF", retryable: false });
  });

  it("may be packed", async () => {
    page("/gzip", "text/plain", gzipSync("packed"), { "content-encoding": "gzip" });
    page("/br", "text/plain", brotliCompressSync("packed"), { "content-encoding": "br" });
    page("/broken", "text/plain", "no gzip at all", { "content-encoding": "gzip" });
    page("/zstd", "text/plain", "x", { "content-encoding": "zstd" });
    expect(await fetchUrl(path("/gzip"))).toMatchObject({ text: "packed" });
    expect(await fetchUrl(path("/br"))).toMatchObject({ text: "packed" });
    expect((await errorOf(fetchUrl(path("/broken")))).code).toBe("FETCH_FAILED");
    expect((await errorOf(fetchUrl(path("/zstd")))).code).toBe("FETCH_TYPE");
  });

  it("of another type is refused, and without a type it is looked at", async () => {
    page("/pdf", "application/zip", "%PDF");
    pages.set("/bare", (_request, reply) => reply.end("<!DOCTYPE html><title>T</title><p>bare"));
    pages.set("/bytes", (_request, reply) => reply.end(Buffer.from([1, 0, 2])));
    expect(await errorOf(fetchUrl(path("/pdf")))).toMatchObject({ code: "FETCH_TYPE", retryable: false });
    expect(await fetchUrl(path("/bare"))).toMatchObject({ title: "T", text: "bare" });
    expect((await errorOf(fetchUrl(path("/bytes")))).code).toBe("FETCH_TYPE");
  });

  it("made to keep the parser busy is read", async () => {
    page("/nested", "text/html", `<div></b>${"<div></b>".repeat(100_000)}`);
    page("/wide", "text/html", "<table><tr><td colspan=999999999 rowspan=999999999>wide</table>");
    expect(await fetchUrl(path("/wide"))).toMatchObject({ text: "wide" });
    page("/flat", "text/html", "<p>a <b>b</b><br>".repeat(20_000));
    expect(await fetchUrl(path("/nested"))).toMatchObject({ status: 200 });
    expect(await fetchUrl(path("/flat"))).toMatchObject({ status: 200 });
  });
});

describe("a status of 400 and above", () => {
  it.each([
    [404, false],
    [403, false],
    [429, true],
    [500, true],
    [503, true],
  ])("%d is an error, retryable: %s", async (status, retryable) => {
    pages.set("/status", (_request, reply) => reply.writeHead(status, { "retry-after": "7" }).end());
    const error = await errorOf(fetchUrl(path("/status")));
    expect(error).toMatchObject({ code: "FETCH_STATUS", retryable, retryAfterMs: 7_000 });
    expect(error.message).toContain(String(status));
  });

  it("may say until when to wait", async () => {
    const until = new Date(Date.now() + 3_600_000).toUTCString();
    pages.set("/until", (_request, reply) => reply.writeHead(503, { "retry-after": until }).end());
    const { retryAfterMs } = await errorOf(fetchUrl(path("/until")));
    expect(retryAfterMs).toBeGreaterThan(3_000_000);
    expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });
});

describe("the guard", () => {
  it.each([
    "file:///etc/passwd",
    "ftp://example.com/",
    "data:text/plain,x",
    "javascript:1",
    "example.com",
    "",
    "http://u:p@example.com/",
    "http://u@example.com",
  ])("refuses the URL %j", async (url) => {
    const error = await errorOf(fetchUrl(url));
    expect(error).toMatchObject({ code: "FETCH_URL", retryable: false });
    expect(error.message).not.toContain("u:p");
  });

  it("refuses private addresses and names that resolve to them, before it connects", async () => {
    let asked = 0;
    pages.set("/count", (_request, reply) => reply.end(String(++asked)));
    const guarded = fetchUrlTool();
    for (const url of [
      path("/count"),
      `http://localhost:${server.port}/count`,
      `http://127.1:${server.port}/count`,
      "http://[::1]/",
      "http://169.254.169.254/",
    ]) {
      expect(await errorOf(called(guarded, { url }))).toMatchObject({ code: "FETCH_ADDRESS", retryable: false });
    }
    expect(asked).toBe(0);
    expect(await fetchUrl(path("/count"))).toMatchObject({ text: "1" });
  });

  it("looks at every redirect", async () => {
    let asked = 0;
    pages.set("/count", (_request, reply) => reply.end(String(++asked)));
    redirect("/to-name", `http://localhost:${server.port}/count`);
    redirect("/to-metadata", "http://169.254.169.254/latest/meta-data");
    redirect("/to-file", "file:///etc/passwd");
    redirect("/to-user", `http://u:p@127.0.0.1:${server.port}/count`);
    expect((await errorOf(fetchUrl(path("/to-name")))).code).toBe("FETCH_ADDRESS");
    expect((await errorOf(fetchUrl(path("/to-metadata")))).code).toBe("FETCH_ADDRESS");
    expect((await errorOf(fetchUrl(path("/to-file")))).code).toBe("FETCH_URL");
    expect((await errorOf(fetchUrl(path("/to-user")))).code).toBe("FETCH_URL");
    expect(asked).toBe(0);
  });

  it("follows at most five redirects", async () => {
    for (let n = 0; n < 7; n++) redirect(`/hop/${n}`, `${n + 1}`);
    page("/hop/7", "text/plain", "there");
    expect(await fetchUrl(path("/hop/2"))).toMatchObject({ url: path("/hop/7"), text: "there" });
    expect((await errorOf(fetchUrl(path("/hop/1")))).code).toBe("FETCH_REDIRECTS");
    redirect("/loop", "/loop");
    expect((await errorOf(fetchUrl(path("/loop")))).code).toBe("FETCH_REDIRECTS");
  });
});

describe("limits", () => {
  it("a body that is too large is refused, packed or not", async () => {
    page("/exact", "text/plain", "x".repeat(LIMITS.fetchBytes));
    page("/large", "text/plain", "x".repeat(LIMITS.fetchBytes + 1));
    page("/bomb", "text/plain", gzipSync(Buffer.alloc(50 * 1024 * 1024)), { "content-encoding": "gzip" });
    expect(((await fetchUrl(path("/exact"))) as { text: string }).text).toHaveLength(LIMITS.fetchBytes);
    expect(await errorOf(fetchUrl(path("/large")))).toMatchObject({ code: "FETCH_TOO_LARGE", retryable: false });
    expect((await errorOf(fetchUrl(path("/bomb")))).code).toBe("FETCH_TOO_LARGE");
  });

  it("an endless body is abandoned when the signal is aborted", async () => {
    const stop = new AbortController();
    slowClosed = new Promise((resolve) => {
      pages.set("/slow", (_request, reply) => {
        reply.on("close", resolve);
        reply.writeHead(200, { "content-type": "text/plain" }).write("first");
        setImmediate(() => stop.abort(new Error("too slow")));
      });
    });
    await expect(fetchUrl(path("/slow"), stop.signal)).rejects.toThrow("too slow");
    await slowClosed;
  });

  it("a signal that is already aborted sends no request", async () => {
    let asked = 0;
    pages.set("/never", (_request, reply) => reply.end(String(++asked)));
    await expect(fetchUrl(path("/never"), AbortSignal.abort(new Error("no")))).rejects.toThrow("no");
    expect(asked).toBe(0);
  });

  it("a connection that breaks, or that nobody takes, may be tried again", async () => {
    pages.set("/broken", (_request, reply) => {
      reply.writeHead(200, { "content-length": "100", "content-type": "text/plain" }).write("x");
      setImmediate(() => reply.destroy());
    });
    expect(await errorOf(fetchUrl(path("/broken")))).toMatchObject({ code: "FETCH_FAILED", retryable: true });
    const gone = await serve(() => undefined);
    await gone.close();
    expect(await errorOf(fetchUrl(gone.url))).toMatchObject({ code: "FETCH_FAILED", retryable: true });
  });
});
