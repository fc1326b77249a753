// Refusals of real servers as the ladder reads them, and how long it remembers them: in the process, in a
// file, for a day.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openLadder, openModel } from "../../src/model/model.js";
import type { ModelRequest } from "../../src/model/port.js";
import { tryRungs } from "../../src/model/trial/try-rungs.js";
import { wayFile } from "../../src/model/ways/way-file.js";
import { LIMITS } from "../../src/limits.js";
import { startFakeOpenAI, type ChatBody, type FakeOpenAI, type FakeReply } from "../../src/testing/index.js";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "planloom-ways-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const formOf = ({ tools, response_format: format }: ChatBody) =>
  tools === undefined ? (format?.type ?? "text") : "tool";
const schema = {
  type: "object",
  properties: { ok: { type: "boolean" } },
  required: ["ok"],
  additionalProperties: false,
};
const ask = (more: Partial<ModelRequest> = {}): ModelRequest => ({
  ...{ system: "Plan.", messages: [{ role: "user", text: "Say ok." }], output: { name: "verdict", schema } },
  signal: new AbortController().signal,
  ...more,
});

type Refusals = { [form: string]: FakeReply };

/** A server whose refusals may change while it runs. */
async function serverWith(refusals: Refusals, reply: FakeReply = { json: { ok: true } }): Promise<FakeOpenAI> {
  const server = await startFakeOpenAI({ reply: (body) => refusals[formOf(body)] ?? reply });
  onTestFinished(() => server.close());
  return server;
}
const forms = (server: FakeOpenAI, from = 0) => server.requests.slice(from).map(({ body }) => formOf(body));
const raw = (status: number, body: unknown): FakeReply => ({
  status,
  raw: typeof body === "string" ? body : JSON.stringify(body),
});
const NO: FakeReply = raw(400, { error: { message: "not supported" } });

describe("a server's refusal", () => {
  // In the words of servers in use, by their bodies.
  it.each<[string, Refusals, string[]]>([
    [
      "with JSON mode only",
      {
        json_schema: raw(400, {
          error: { message: "This response_format type is unavailable now", code: "invalid_request_error" },
        }),
        tool: raw(400, {
          error: { message: "this model does not support this tool_choice", type: "invalid_request_error" },
        }),
      },
      ["json_schema", "tool", "json_object"],
    ],
    [
      "that checks the body by its own types",
      {
        json_schema: raw(
          422,
          "Failed to deserialize the JSON body into the target type: response_format: unknown variant",
        ),
      },
      ["json_schema", "tool"],
    ],
    [
      "that lists what it knows",
      {
        json_schema: raw(400, {
          error: { message: "'response_format.type' : value is not one of the allowed values ['text','json_object']" },
        }),
        tool: raw(400, {
          object: "error",
          message: '"required" tool choice requires --enable-auto-tool-choice',
          code: 400,
        }),
        json_object: raw(400, { error: "'response_format.type' must be 'json_schema' or 'text'" }),
      },
      ["json_schema", "tool", "json_object", "text"],
    ],
    [
      "that calls it an error of its own",
      {
        json_schema: raw(500, { error: { code: 500, message: "failed to parse grammar", type: "server_error" } }),
        tool: raw(500, { error: { code: 500, message: "tools param requires --jinja flag", type: "server_error" } }),
      },
      ["json_schema", "tool", "json_object"],
    ],
    ["that has not come to that yet", { json_schema: raw(501, "Not Implemented") }, ["json_schema", "tool"]],
    [
      "that routes requests to others",
      { json_schema: raw(404, { error: { message: "No endpoints found that can handle the requested parameters." } }) },
      ["json_schema", "tool"],
    ],
    [
      "of a schema that is too large for it",
      { json_schema: raw(400, { error: { message: "Invalid schema for response_format 'plan': too many states" } }) },
      ["json_schema", "tool"],
    ],
  ])("%s leads to the next form", async (name, refusals, expected) => {
    const server = await serverWith(refusals);
    const reply = await openModel({ model: name, baseURL: server.url }, "planner").call(ask());
    expect(forms(server)).toEqual(expected);
    expect(JSON.parse(reply.text)).toEqual({ ok: true });
    expect(reply.usage.calls).toBe(expected.length);
  });

  it.each<[string, FakeReply]>([
    [
      "the request is too long",
      raw(400, { error: { message: "This model's maximum context length is 8192 tokens." } }),
    ],
    ["the model is not there", raw(404, { error: { message: 'model "qwen" not found, try pulling it first' } })],
    ["the key is wrong", raw(400, { error: { message: "API key not valid. Please pass a valid API key." } })],
    ["the server is broken", raw(500, { error: { message: "internal error" } })],
  ])("because %s is told at once", async (name, refusal) => {
    const server = await serverWith({ json_schema: refusal });
    await expect(openModel({ model: name, baseURL: server.url }, "planner").call(ask())).rejects.toThrow(
      /answered [45]/,
    );
    expect(server.requests).toHaveLength(1);
  });

  it("does not repeat in words what the request has said in words", async () => {
    const server = await serverWith({ json_schema: NO, tool: NO, json_object: NO });
    const described = { enforced: "Under the schema.", told: "Without a schema." };
    const output = { name: "verdict", schema, described };
    await openModel({ model: "described", baseURL: server.url }, "planner").call(ask({ output }));
    const told = "Plan.\n\nWithout a schema.";
    const enforced = "Plan.\n\nUnder the schema.";
    const systems = server.requests.map(({ body }) => body.messages[0]?.content);
    expect(systems).toEqual([enforced, enforced, told, told]);
  });
});

describe("the remembered form of requests", () => {
  it("is forgotten after a day: the highest form is tried again", async () => {
    const server = await serverWith({});
    const path = join(folder, "ways.json");
    const kept = (model: string, age: number) => [
      `${server.url} ${model}`,
      { rung: "text", temperature: false, at: Date.now() - age },
    ];
    writeFileSync(
      path,
      JSON.stringify(Object.fromEntries([kept("young", LIMITS.wayMs / 2), kept("old", LIMITS.wayMs + 1)])),
    );
    for (const model of ["young", "old", "old"])
      await openModel({ model, baseURL: server.url }, "planner", { keeper: wayFile(path) }).call(ask());
    expect(forms(server)).toEqual(["text", "json_schema", "json_schema"]);
    expect(wayFile(path).recall(`${server.url} old`)).toMatchObject({ rung: "json_schema", temperature: true });
  });

  it("is replaced as soon as that form is refused", async () => {
    const refusals: Refusals = { json_schema: NO, tool: NO };
    const server = await serverWith(refusals);
    const model = openModel({ model: "replaced", baseURL: server.url }, "planner");
    await model.call(ask());
    delete refusals["tool"];
    delete refusals["json_schema"];
    refusals["json_object"] = NO;
    expect((await model.call(ask())).usage.calls).toBe(2);
    expect(forms(server, 3)).toEqual(["json_object", "json_schema"]);
    expect((await model.call(ask())).usage.calls).toBe(1);
  });

  it("is not stored if no form was refused, or no JSON was asked for", async () => {
    const server = await serverWith({ json_schema: NO });
    const model = openLadder({ model: "unasked", baseURL: server.url }, "planner", {
      keeper: wayFile(join(folder, "ways.json")),
    });
    const { output: _none, ...plain } = ask();
    await model.call(plain);
    expect(model.learnt()).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is kept in a file, for each endpoint and model, without keys", async () => {
    const server = await serverWith({ json_schema: NO });
    const path = join(folder, "deep", "ways.json");
    const settings = { model: "kept", baseURL: server.url, apiKey: "k-1234" };
    await openModel(settings, "planner", { keeper: wayFile(path) }).call(ask());
    const text = readFileSync(path, "utf8");
    expect(JSON.parse(text)).toEqual({
      [`${server.url} kept`]: { rung: "tool", temperature: true, at: expect.any(Number) as number },
    });
    expect(text).not.toContain("k-1234");
    expect(readdirSync(join(folder, "deep"))).toEqual(["ways.json"]);
  });

  it("that another process stored is used first", async () => {
    const server = await serverWith({});
    const path = join(folder, "ways.json");
    const at = Date.now();
    writeFileSync(path, JSON.stringify({ [`${server.url} told`]: { rung: "json_object", temperature: false, at } }));
    await openModel({ model: "told", baseURL: server.url }, "planner", { keeper: wayFile(path) }).call(ask());
    expect(forms(server)).toEqual(["json_object"]);
    expect(server.requests[0]?.body.temperature).toBeUndefined();
  });

  it.each([
    ["is damaged", "{ not json"],
    ["is of something else", '{"x":{"rung":"sideways","temperature":1}}'],
    ["is a list", "[1]"],
    ["is too large", `{"x":"${"y".repeat(1_000 * LIMITS.keptWays)}"}`],
  ])("is found out again where the file %s", async (name, text) => {
    const server = await serverWith({ json_schema: NO });
    const path = join(folder, "ways.json");
    writeFileSync(path, text);
    await openModel({ model: name, baseURL: server.url }, "planner", { keeper: wayFile(path) }).call(ask());
    expect(forms(server)).toEqual(["json_schema", "tool"]);
    expect(Object.keys(JSON.parse(readFileSync(path, "utf8")) as object)).toEqual([`${server.url} ${name}`]);
  });

  it("is kept for the newest models only", () => {
    const path = join(folder, "ways.json");
    const file = wayFile(path);
    const way = { rung: "tool", temperature: true, at: 1 } as const;
    for (let n = 0; n <= LIMITS.keptWays; n++) file.keep(`model-${n}`, way);
    expect(file.recall("model-0")).toBeUndefined();
    expect(file.recall(`model-${LIMITS.keptWays}`)).toEqual(way);
  });

  it("is optional: a file that cannot be written is no error", () => {
    writeFileSync(join(folder, "file"), "");
    const file = wayFile(join(folder, "file", "ways.json"));
    expect(() => file.keep("m", { rung: "text", temperature: true, at: 1 })).not.toThrow();
    expect(file.recall("m")).toBeUndefined();
  });
});

describe("every form tried once", () => {
  it("tells which work, are taken and not heeded, or refused; requests begin at the best", async () => {
    const reply: FakeReply = { text: '```json\n{ "colour": "blue" }\n```' };
    const server = await serverWith({ tool: NO }, reply);
    const model = openLadder({ model: "tried", baseURL: server.url }, "planner");
    const trials = await tryRungs(model, new AbortController().signal);
    expect(trials.map(({ rung, end }) => [rung, end])).toEqual([
      ["json_schema", "ignored"],
      ["tool", "refused"],
      ["json_object", "works"],
      ["text", "works"],
    ]);
    expect(server.requests).toHaveLength(4);
    expect(trials[2]?.usage).toMatchObject({ calls: 1 });
    await model.call(ask());
    expect(forms(server, 4)).toEqual(["json_object"]);
  });

  it("gives up the temperature once, for all of them", async () => {
    const server = await startFakeOpenAI({ refuse: ["temperature"], reply: () => ({ json: { colour: "blue" } }) });
    onTestFinished(() => server.close());
    const trials = await tryRungs(
      openLadder({ model: "cool", baseURL: server.url }, "planner"),
      new AbortController().signal,
    );
    expect(trials.every(({ end }) => end === "works")).toBe(true);
    expect(server.requests).toHaveLength(5);
  });
});
