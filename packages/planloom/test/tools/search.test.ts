// search over a real folder and over a real server that speaks like SearXNG.
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { searchTool } from "../../src/tools/builtin/search.js";
import { snippetOf } from "../../src/tools/builtin/snippet.js";
import type { Tool } from "../../src/tools/tool.js";
import { called, errorOf } from "./tool-context.js";
import { serve, type LocalServer } from "./local-server.js";

interface Hit {
  title: string;
  url: string;
  snippet: string;
}
async function hitsOf(tool: Tool, query: string, limit?: number): Promise<Hit[]> {
  const { results } = (await called(tool, { query, ...(limit === undefined ? {} : { limit }) })) as unknown as {
    results: Hit[];
  };
  return results;
}

describe("in a folder", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "planloom-search-"));
    await mkdir(join(folder, "teas"));
    await writeFile(
      join(folder, "teas", "oolong.md"),
      "# Oolong\n\nOolong is a half-oxidised tea. Oolong from Anxi is famous.",
    );
    await writeFile(join(folder, "teas", "green.txt"), "Green tea is not oxidised. It is unlike oolong.");
    await writeFile(
      join(folder, "coffee.html"),
      "<title>Coffee</title><p>Coffee has <b>caffeine</b>.</p><script>tea()</script>",
    );
    await writeFile(join(folder, "prices.json"), '{ "espresso": 3 }');
    await writeFile(join(folder, "picture.png"), "tea");
    await writeFile(join(folder, "broken.txt"), Buffer.from([0xff, 0xfe, 0x00]));
    await writeFile(join(folder, ".hidden.md"), "oolong");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("ranks by how much a text is about the words", async () => {
    const hits = await hitsOf(searchTool({ folder }), "oolong tea");
    expect(hits.map(({ url }) => url)).toEqual(["teas/oolong.md", "teas/green.txt"]);
    expect(hits[0]).toMatchObject({ title: "Oolong", snippet: expect.stringContaining("half-oxidised") as string });
    expect(hits[1]!.title).toBe("green.txt");
  });

  it("a rare word weighs more than a frequent one", async () => {
    for (let n = 0; n < 20; n++) await writeFile(join(folder, `n${n}.txt`), "report report report");
    await writeFile(join(folder, "rare.txt"), "report on zeppelins and other things that fly slowly over the land");
    expect((await hitsOf(searchTool({ folder }), "report zeppelins", 3))[0]!.url).toBe("rare.txt");
  });

  it("reads HTML as a person does, JSON as it is, and nothing that is no text", async () => {
    const search = searchTool({ folder });
    expect(await hitsOf(search, "caffeine")).toEqual([
      { title: "Coffee", url: "coffee.html", snippet: "Coffee has caffeine." },
    ]);
    expect((await hitsOf(search, "espresso")).map(({ url }) => url)).toEqual(["prices.json"]);
    expect((await hitsOf(search, "tea")).map(({ url }) => url).sort()).toEqual(["teas/green.txt", "teas/oolong.md"]);
  });

  it("finds beginnings and small slips of words, and says so when there is nothing", async () => {
    const search = searchTool({ folder });
    expect((await hitsOf(search, "espres"))[0]!.url).toBe("prices.json");
    expect((await hitsOf(search, "cafeine"))[0]!.url).toBe("coffee.html");
    expect(await hitsOf(search, "zeppelin")).toEqual([]);
    expect(await hitsOf(search, "constructor __proto__ toString")).toEqual([]);
  });

  it("follows the files: new, changed and gone", async () => {
    const search = searchTool({ folder });
    expect(await hitsOf(search, "matcha")).toEqual([]);
    await writeFile(join(folder, "matcha.md"), "Matcha is ground.");
    await writeFile(join(folder, "teas", "green.txt"), "Green tea may become matcha or sencha.");
    expect((await hitsOf(search, "matcha")).map(({ url }) => url).sort()).toEqual(["matcha.md", "teas/green.txt"]);
    await rm(join(folder, "matcha.md"));
    expect((await hitsOf(search, "matcha")).map(({ url }) => url)).toEqual(["teas/green.txt"]);
    // The same size, another time.
    await writeFile(join(folder, "teas", "green.txt"), "Green tea may become genmai or sencha.");
    await utimes(join(folder, "teas", "green.txt"), new Date(), new Date(Date.now() + 5_000));
    expect(await hitsOf(search, "matcha")).toEqual([]);
  });

  it("gives at most so many results, to several at once", async () => {
    for (let n = 0; n < 30; n++) await writeFile(join(folder, `n${n}.txt`), `tea number ${n}`);
    const search = searchTool({ folder });
    const [five, twenty] = await Promise.all([hitsOf(search, "tea"), hitsOf(search, "tea", 20)]);
    expect([five.length, twenty.length]).toEqual([5, 20]);
    expect((await errorOf(called(search, { query: "tea", limit: 21 }))).code).toBe("BAD_ARGUMENTS");
    expect((await errorOf(called(search, { query: "  " }))).code).toBe("BAD_ARGUMENTS");
  });

  it("goes on after a search that was aborted", async () => {
    const search = searchTool({ folder });
    await expect(called(search, { query: "tea" }, AbortSignal.abort(new Error("stop")))).rejects.toThrow("stop");
    expect(await hitsOf(search, "espresso")).toHaveLength(1);
  });

  it("that is not there is refused at once", () => {
    expect(() => searchTool({ folder: join(folder, "none") })).toThrow(
      expect.objectContaining({ code: "BAD_FOLDER" }) as Error,
    );
  });
});

describe("a snippet", () => {
  const filler = "lorem ipsum dolor sit amet ".repeat(100);
  it("shows where most of the words stand together", () => {
    const snippet = snippetOf(`tea ${filler} the Oolong\n tea of Anxi ${filler}`, ["tea", "oolong", "anxi"]);
    expect(snippet).toContain("the Oolong tea of Anxi");
    expect(snippet).toMatch(/^… .* …$/);
    expect(snippet.length).toBeLessThan(300);
  });
  it("is the beginning where no word is found, and the whole of a short text", () => {
    expect(snippetOf(filler, ["none"])).toMatch(/^lorem ipsum.* …$/);
    expect(snippetOf("a  short\ntext", ["short"])).toBe("a short text");
    expect(snippetOf("", ["a", ""])).toBe("");
    expect(snippetOf("x".repeat(5_000), ["xxxx"]).length).toBeLessThan(300);
  });
});

describe("through SearXNG", () => {
  let server: LocalServer;
  let asked: URL[];
  let reply: { status: number; type: string; body: string };
  beforeEach(async () => {
    asked = [];
    server = await serve((request, response) => {
      asked.push(new URL(request.url!, "http://x"));
      response.writeHead(reply.status, { "content-type": reply.type }).end(reply.body);
    });
  });
  afterEach(() => server.close());
  const json = (body: unknown) => ({ status: 200, type: "application/json", body: JSON.stringify(body) });

  it("asks for JSON and gives what it found", async () => {
    reply = json({
      query: "tea & cake",
      results: [
        { url: "https://a.example/", title: "A", content: " one\n two ", engine: "x", score: 2 },
        { url: "https://b.example/", title: null },
        { url: "https://c.example/", title: "C", content: "c" },
      ],
      answers: [],
    });
    expect(await hitsOf(searchTool({ searxng: `${server.url}/` }), "tea & cake", 2)).toEqual([
      { title: "A", url: "https://a.example/", snippet: "one two" },
      { title: "https://b.example/", url: "https://b.example/", snippet: "" },
    ]);
    expect(asked.map((url) => [url.pathname, url.searchParams.get("q"), url.searchParams.get("format")])).toEqual([
      ["/search", "tea & cake", "json"],
    ]);
  });

  it.each(["", "/", "/search", "/search/"])("is found under the address with %j at its end", async (end) => {
    reply = json({ results: [] });
    expect(await hitsOf(searchTool({ searxng: server.url + end }), "x")).toEqual([]);
    expect(asked[0]!.pathname).toBe("/search");
  });

  it.each([
    ["JSON is not switched on", { status: 403, type: "text/html", body: "Forbidden" }, false, /settings\.yml/],
    [
      "it answers a page",
      { status: 200, type: "text/html", body: "<html>" },
      false,
      /text\/html instead of JSON.*settings\.yml/,
    ],
    ["it answers other JSON", { status: 200, type: "application/json", body: "[]" }, false, /Is it SearXNG/],
    ["it is asked too often", { status: 429, type: "text/plain", body: "" }, true, /429/],
    ["it is down", { status: 502, type: "text/plain", body: "" }, true, /502/],
  ])("says so when %s", async (_what, given, retryable, message) => {
    reply = given;
    const error = await errorOf(called(searchTool({ searxng: server.url }), { query: "tea" }));
    expect(error).toMatchObject({ code: "SEARCH_FAILED", retryable });
    expect(error.message).toMatch(message);
  });

  it("needs an address", () => {
    for (const searxng of ["searx", "", "file:///x"]) {
      expect(() => searchTool({ searxng })).toThrow(
        expect.objectContaining({ code: "BAD_SEARCH", kind: "config" }) as Error,
      );
    }
  });
});

describe("through Brave Search", () => {
  const key = "a-key-of-the-operator";
  let server: LocalServer;
  let asked: { url: string; key: string | string[] | undefined }[];
  let answer: { status: number; headers?: Record<string, string>; body: string };
  const search = () => searchTool({ brave: { key, address: `${server.url}/search` } });

  beforeEach(async () => {
    asked = [];
    server = await serve((request, response) => {
      asked.push({ url: request.url ?? "", key: request.headers["x-subscription-token"] });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  afterEach(() => server.close());

  it("gives the same results as the others, sends the key in a header, and shows it to nobody", async () => {
    const results = [
      { title: "Oolong", url: "https://a.example/", description: `half  oxidised, ${key}` },
      { url: "https://b.example/" },
      { title: "One too many", url: "https://c.example/" },
    ];
    answer = { status: 200, body: JSON.stringify({ type: "search", web: { results } }) };
    expect(await hitsOf(search(), "oolong & tea", 2)).toEqual([
      {
        title: "Oolong",
        url: "https://a.example/",
        snippet: "half oxidised, [secret builtins.search.brave.key]",
      },
      { title: "https://b.example/", url: "https://b.example/", snippet: "" },
    ]);
    expect(asked).toEqual([{ url: "/search?q=oolong+%26+tea&count=2&text_decorations=false", key }]);
    expect(searchTool({ brave: { key } }).spec).toMatchObject({
      ...{ effects: "none", egress: true, public: true, reach: { hosts: ["api.search.brave.com"] } },
    });
  });

  it("gives an empty list if there is nothing", async () => {
    answer = { status: 200, body: '{ "type": "search" }' };
    expect(await hitsOf(search(), "zeppelin")).toEqual([]);
  });

  it.each<readonly [string, typeof answer, object]>([
    [
      "waits as long as it is told",
      { status: 429, headers: { "retry-after": "7" }, body: "" },
      { retryAfterMs: 7_000 },
    ],
    ["says that the key is wrong", { status: 401, body: "" }, { message: expect.stringContaining("key") as string }],
    ["tries again after a fault", { status: 500, body: "" }, { retryable: true }],
    ["reads no page", { status: 200, body: "<html>" }, { failure: { params: { problem: "not-json" } } }],
    ["reads no other list", { status: 200, body: '{"web":{"results":[{}]}}' }, { retryable: false }],
  ])("%s", async (_what, given, ending) => {
    answer = given;
    const error = await errorOf(called(search(), { query: "tea" }));
    expect(error).toMatchObject({ code: "SEARCH_FAILED", ...ending });
    expect(error.message).not.toContain(key);
  });

  it("takes the key to no other host, and asks nothing that the service refuses", async () => {
    const other = await serve((request, response) => {
      asked.push({ url: "other", key: request.headers["x-subscription-token"] });
      response.end("{}");
    });
    answer = { status: 302, headers: { location: other.url }, body: "" };
    // The other host is private, and nobody has allowed it.
    expect((await errorOf(called(search(), { query: "tea" }))).code).toBe("SEARCH_FAILED");
    expect((await errorOf(called(search(), { query: "t".repeat(401) }))).failure?.params).toMatchObject({
      problem: "query",
    });
    expect(asked).toHaveLength(1);
    await other.close();
  });
});
