// Servers that ask a person during a call: forms and addresses, in both revisions, over runs with a person.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLoom } from "../../../src/index.js";
import type { LoomConfig } from "../../../src/loom/config.js";
import type { McpServer } from "../../../src/tools/mcp/server-config.js";
import { scriptedModel } from "../../../src/testing/scripted-model.js";
import { atAddress, MODERN, program } from "./raw-servers.js";

let folder: string;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mcp-asks-"));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await rm(folder, { recursive: true, force: true });
});

const PLAN = { steps: [{ id: "book", tool: "raw.echo", with: { room: "blue" } }], answer: { value: "${{ book }}" } };

async function loomWith(raw: McpServer, config: LoomConfig = {}) {
  const store = join(folder, "runs.db");
  const loom = await createLoom({ store, approval: "never", guard: "off", mcp: { raw }, ...config }, { env: {} });
  ends.push(() => loom.close());
  return loom;
}

const FORM = {
  message: "How many people?\u001b[2J",
  requestedSchema: {
    type: "object",
    properties: {
      people: { type: "integer", minimum: 1, "x-run": "code" },
      view: {
        type: "string",
        oneOf: [
          { const: "sea", title: "to the sea" },
          { const: "yard", title: "to the yard" },
        ],
      },
    },
    required: ["people"],
  },
};

/** It asks by a request during the call. `log`: what it was told. */
const asking = (log: string) =>
  program(`
  const note = (text) => require("node:fs").appendFileSync(${JSON.stringify(log)}, text + "\\n");
  let waiting;
  on("tools/call", (params, id) => {
    note("call");
    waiting = id;
    send({ id: "q1", method: "elicitation/create", params: ${JSON.stringify(FORM)} });
  });
  on("notifications/cancelled", () => note("cancelled"));
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const message = JSON.parse(line);
    if (message.id !== "q1") return;
    note(JSON.stringify(message.result ?? message.error));
    send({ id: waiting, result: { content: [{ type: "text", text: "booked: " + JSON.stringify(message.result) }] } });
  });`);

test("a form of the older revision waits for a person, and the same request goes on", async () => {
  const log = join(folder, "log");
  const loom = await loomWith(asking(log));
  const run = await loom.start("Book.", { plan: PLAN });
  const waits = await run.result();
  expect(waits).toMatchObject({
    status: "needs-attention",
    waiting: { questions: [{ step: "book", tool: "raw.echo", declines: true }] },
  });
  const [asked] = waits.waiting!.questions;
  expect(asked!.question).toBe('The server "raw" asks: How many people?[2J');
  expect(asked!.type).toContain("people");
  expect(JSON.stringify(asked)).not.toContain("x-run");
  expect(await run.respond("book", { people: "four" })).toMatchObject({ ok: false });
  await run.respond("book", { people: 4, view: "sea" });
  const ended = await run.result();
  expect(ended.answer).toBe('booked: {"action":"accept","content":{"people":4,"view":"sea"}}');
  expect((await readFile(log, "utf8")).trim().split("\n")).toHaveLength(2);
});

test("a person declines; nobody attends; and another process cannot go on", async () => {
  const log = join(folder, "log");
  const loom = await loomWith(asking(log));
  const declined = await loom.start("Book.", { plan: PLAN });
  await declined.result();
  await declined.respond("book", { declined: true });
  expect((await declined.result()).answer).toBe('booked: {"action":"decline"}');

  const nobody = await loomWith(asking(log), { store: "memory", attended: false });
  const alone = await nobody.start("Book.", { plan: PLAN });
  expect((await alone.result()).answer).toBe('booked: {"action":"cancel"}');

  const left = await loom.start("Book.", { plan: PLAN });
  await left.result();
  await loom.close();
  const again = await (await loomWith(asking(log))).get(left.id);
  await again.respond("book", { people: 4 });
  // It may have acted, so a person decides.
  expect(await again.result()).toMatchObject({ status: "needs-attention", waiting: { unknown: [{ step: "book" }] } });
});

test("a form of 2026-07-28 is asked in rounds, also in another process", async () => {
  const seen: unknown[] = [];
  const round = (inputRequests: object, requestState: string) => ({
    resultType: "input_required",
    inputRequests,
    requestState,
  });
  const elicit = (params: object) => ({ method: "elicitation/create", params });
  const remote = await atAddress({
    ...MODERN,
    "tools/call": ({ params }) => {
      const { inputResponses, requestState, arguments: given } = params;
      seen.push([given, inputResponses, requestState]);
      if (requestState === undefined)
        return round(
          { form: elicit(FORM), page: elicit({ mode: "url", message: "Pay.", url: "https://pay.example/x" }) },
          "s1",
        );
      if (requestState === "s1")
        return round({ sure: elicit({ message: "Sure?", requestedSchema: { type: "object", properties: {} } }) }, "s2");
      return { resultType: "complete", content: [{ type: "text", text: "done" }] };
    },
  });
  ends.push(() => remote.close());
  const first = await loomWith({ url: remote.url });
  const run = await first.start("Book.", { plan: PLAN });
  expect((await run.result()).waiting?.questions).toMatchObject([
    { question: expect.stringContaining("How many") as string },
  ]);
  await first.close();
  const again = await (await loomWith({ url: remote.url })).get(run.id);
  await again.respond("book", { people: 2 });
  const [page] = (await again.result()).waiting!.questions;
  expect(page!.question).toContain("an address of pay.example");
  expect(page!.question).toContain("https://pay.example/x");
  // Nothing is sent before all questions of a round are answered.
  expect(seen).toHaveLength(1);
  await again.respond("book", true);
  expect((await again.result()).waiting?.questions).toMatchObject([{ type: "boolean" }]);
  await again.respond("book", true);
  expect((await again.result()).answer).toBe("done");
  expect(seen.slice(1)).toEqual([
    [{ room: "blue" }, { form: { action: "accept", content: { people: 2 } }, page: { action: "accept" } }, "s1"],
    [{ room: "blue" }, { sure: { action: "accept", content: {} } }, "s2"],
  ]);
});

test("a call that needs an address to be opened first is made again after it", async () => {
  let isOpen = false;
  const remote = await atAddress({
    ...MODERN,
    "tools/call": (asked, response) => {
      if (isOpen) return MODERN["tools/call"]!(asked, response);
      const elicitations = [{ mode: "url", elicitationId: "1", message: "Connect.", url: "https://auth.example/" }];
      const error = { code: -32_042, message: "URL elicitation required", data: { elicitations } };
      response.writeHead(200, { "content-type": "application/json" });
      return void response.end(JSON.stringify({ jsonrpc: "2.0", id: asked.id, error }));
    },
  });
  ends.push(() => remote.close());
  const loom = await loomWith({ url: remote.url });
  const run = await loom.start("Book.", { plan: PLAN });
  expect((await run.result()).waiting?.questions).toMatchObject([{ type: "boolean" }]);
  isOpen = true;
  await run.respond("book", true);
  expect((await run.result()).answer).toBe('{"room":"blue"}');
  isOpen = false;
  const declined = await loom.start("Book.", { plan: PLAN });
  await declined.result();
  await declined.respond("book", { declined: true });
  expect(await declined.result()).toMatchObject({ status: "failed", error: { code: "SERVER_DECLINED" } });
});

test("a call inside an agent step asks, and its conversation goes on", async () => {
  const executor = scriptedModel(({ messages }) => {
    const results = messages.flatMap((message) => (message.role === "tool" ? message.results : []));
    if (results.length > 0) return { text: results.at(-1)!.text };
    return { toolCalls: [{ name: "raw.echo", args: { room: "blue" } }] };
  });
  const loom = await loomWith(asking(join(folder, "log")), { models: { executor } });
  const plan = {
    steps: [{ id: "book", agent: "Book.", tools: ["raw.echo"] }],
    answer: { value: "${{ book }}" },
  };
  const run = await loom.start("Book.", { plan });
  expect((await run.result()).waiting?.questions).toMatchObject([{ step: "book", tool: "raw.echo" }]);
  await run.respond("book", { people: 3 });
  expect((await run.result()).answer).toContain('"people":3');
});

test("models and folders of this side are not for servers", async () => {
  const greedy = program(`
    let waiting; const got = {};
    on("tools/call", (params, id) => {
      waiting = id;
      send({ id: "s", method: "sampling/createMessage", params: { messages: [], maxTokens: 9 } });
      send({ id: "r", method: "roots/list" });
    });
    require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
      const { id, error } = JSON.parse(line);
      if (id !== "s" && id !== "r") return;
      got[id] = error && error.code;
      if (got.s && got.r) send({ id: waiting, result: { content: [{ type: "text", text: JSON.stringify(got) }] } });
    });`);
  const loom = await loomWith(greedy);
  expect((await (await loom.start("Book.", { plan: PLAN })).result()).answer).toBe('{"s":-32601,"r":-32601}');
  const remote = await atAddress({
    ...MODERN,
    "tools/call": () => ({
      resultType: "input_required",
      inputRequests: { model: { method: "sampling/createMessage", params: {} } },
    }),
  });
  ends.push(() => remote.close());
  const modern = await createLoom({
    store: "memory",
    approval: "never",
    guard: "off",
    mcp: { raw: { url: remote.url } },
  });
  ends.push(() => modern.close());
  const run = await modern.start("Book.", { plan: PLAN });
  expect(await run.result()).toMatchObject({ status: "failed", error: { code: "SERVER_ASKS" } });
});
