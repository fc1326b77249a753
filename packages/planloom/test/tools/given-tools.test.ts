// `tools` of a configuration: tools and lists of tools. Anything else is named, with what to write.
import { expect, test } from "vitest";
import { createLoom, memoryStore, tool, type PlanloomError, type Tool } from "../../src/index.js";

const named = (name: string): Tool =>
  tool({ name, description: "Looks.", input: { type: "object" }, effects: "none", run: () => 1 });

const opened = (tools: unknown) => createLoom({ store: memoryStore(), models: {}, tools: tools as never });

test("a list of tools may stand among the tools", async () => {
  const loom = await opened([named("a"), [named("b"), named("c")], [], named("d")]);
  const { tools } = await loom.tools();
  expect(tools.map(({ name }) => name).filter((name) => name.length === 1)).toStrictEqual(["a", "b", "c", "d"]);
  await loom.close();
});

test("two tools of one name are refused wherever they stand", async () => {
  await expect(opened([named("a"), [named("a")]])).rejects.toMatchObject({ code: "DUPLICATE_TOOL" });
});

const definition = { name: "a", description: "Looks." };
const aiTool = { description: "Looks.", inputSchema: {}, execute: () => 1 };

test.each<[string, unknown, string, string]>([
  ["a promise in the list", [named("a"), Promise.resolve([])], "tools[1]", "`await`"],
  ["a promise", Promise.resolve([]), "tools", "`await`"],
  ["a list in a list in the list", [[[named("a")]]], "tools[0][0]", "one level higher"],
  ["a function", [() => 1], "tools[0]", "tool({ ... })"],
  ["a definition", [[named("a"), definition]], "tools[0][1]", "tool({ ... }) around it"],
  ["a tool of the AI SDK", [aiTool], "tools[0]", "aiTools("],
  ["a record of tools of the AI SDK", { weather: aiTool }, "tools", "aiTools("],
  ["a text", ["calculate"], "tools[0]", "made by tool()"],
  ["null", [null], "tools[0]", "made by tool()"],
  ["a record", {}, "tools", "made by tool()"],
])("%s is refused", async (_, tools, setting, write) => {
  const error = (await opened(tools).catch((thrown: unknown) => thrown)) as PlanloomError;
  expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(setting) as string });
  expect(error.next).toContain(write);
});
