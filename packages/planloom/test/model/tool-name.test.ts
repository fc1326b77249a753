// Names of tools. In: names of an inventory, and names as models write them. Out: the names in a request, and the tool
// that is meant.
import { expect, test } from "vitest";
import type { ModelReply, ModelRequest } from "../../src/model/port.js";
import { toolMeant, withWireNames } from "../../src/model/reply/tool-name.js";

const LONG = "a".repeat(80);
const NAMES = [
  ["crm.find", "crm find", "crm_find"],
  ["näme", "name", "Name"],
  ["北京", "東京", "  ", "."],
  [LONG, `${LONG}b`, LONG.slice(0, 64)],
  ["files/read", "files.read", "FILES_READ"],
  ["look", "give-it", "x9"],
];
const requestWith = (names: readonly string[], more: Partial<ModelRequest> = {}): ModelRequest => ({
  system: "",
  messages: [],
  tools: names.map((name) => ({ name, description: "Acts.", input: {} })),
  signal: new AbortController().signal,
  ...more,
});
const replyThatCalls = (names: readonly string[]): ModelReply => ({
  text: "",
  toolCalls: names.map((name) => ({ id: name, name, args: {} })),
  usage: { calls: 1, inputTokens: 1, outputTokens: 1 },
  finish: "tool-calls",
});

test.each(NAMES.map((names) => [names]))("%j are sent as names that every server takes, and read back", (names) => {
  const { request, read } = withWireNames(requestWith(names));
  const sent = request.tools!.map(({ name }) => name);
  for (const name of sent) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  expect(new Set(sent.map((name) => name.toLowerCase())).size).toBeGreaterThanOrEqual(
    new Set(names.map((name) => name.toLowerCase())).size,
  );
  expect(read(replyThatCalls(sent)).toolCalls.map(({ name }) => name)).toEqual(names);
  const again = withWireNames(requestWith([...names].reverse())).request.tools!.map(({ name }) => name);
  expect(again.reverse()).toEqual(sent);
});

test("a name that fits stays, whatever stands beside it", () => {
  const { request } = withWireNames(requestWith(["crm.find", "crm_find"]));
  expect(request.tools![1]!.name).toBe("crm_find");
  expect(request.tools![0]!.name).toMatch(/^crm_find_[0-9a-f]{12}$/);
});

test("calls and results in the messages have the names of the request", () => {
  const { request } = withWireNames(
    requestWith(["crm.find"], {
      messages: [
        { role: "user", text: "Go." },
        { role: "assistant", text: "", toolCalls: [{ id: "1", name: "crm.find", args: {} }] },
        { role: "tool", results: [{ id: "1", name: "crm.find", text: "found" }] },
        { role: "assistant", text: "", toolCalls: [{ id: "2", name: "no such tool", args: {} }] },
      ],
    }),
  );
  expect(JSON.stringify(request.messages)).not.toMatch(/crm\.find|no such tool/);
  expect(request.messages[3]).toMatchObject({ toolCalls: [{ name: "no_such_tool" }] });
});

test.each<[string, readonly string[], object]>([
  ["look", ["look", "Look"], { found: "one", name: "look" }],
  ["Look", ["look", "Look"], { found: "one", name: "Look" }],
  ["LOOK", ["look", "Look"], { found: "several", names: ["look", "Look"] }],
  ["functions.look:0", ["look", "functions.look"], { found: "one", name: "look" }],
  ["functions.look", ["look", "functions.look"], { found: "one", name: "functions.look" }],
  ["default_api.look", ["look"], { found: "one", name: "look" }],
  ["crm_find", ["crm.find"], { found: "one", name: "crm.find" }],
  ["crmFind", ["crm.find", "crm_find"], { found: "several", names: ["crm.find", "crm_find"] }],
  ["pay", ["look"], { found: "none" }],
  ["", ["look"], { found: "none" }],
])("%j among %j", (written, offered, named) => {
  expect(toolMeant(written, offered)).toEqual(named);
});
