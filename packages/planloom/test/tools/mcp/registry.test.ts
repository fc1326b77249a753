// Real servers of the registry: the names, labels and outputs that plans get from them.
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../src/clock.js";
import { McpSource } from "../../../src/tools/mcp/mcp-source.js";
import type { Tool } from "../../../src/tools/tool.js";
import { contextOf } from "../tool-context.js";
import { registryServer } from "./servers.js";

const sources = [
  new McpSource(
    "all",
    {
      ...registryServer("everything"),
      env: { API_KEY: "a-secret-value" },
      trusted: true,
      exclude: ["simulate-*", "toggle-*"],
      tools: { "get-tiny-image": { output: "parts" } },
    },
    systemClock,
  ),
  new McpSource("memory", registryServer("memory"), systemClock),
];
const tools = new Map<string, Tool>();
beforeAll(async () => {
  const told = await Promise.all(sources.map((source) => source.tools()));
  for (const tool of told.flatMap((one) => one.tools)) tools.set(tool.spec.name, tool);
});
afterAll(() => Promise.all(sources.map((source) => source.close())));

const call = (name: string, args = {}, context = {}) => tools.get(name)!.call(args, { ...contextOf(), ...context });

test("the tools of the server everything", async () => {
  expect([...tools.keys()].filter((name) => /simulate|toggle/.test(name))).toEqual([]);
  expect(await call("all.echo", { message: "hi" })).toBe("Echo: hi");
  expect(await call("all.get-sum", { a: 2, b: 3 })).toContain("5");
  expect(await call("all.get-structured-content", { location: "Chicago" })).toMatchObject({
    conditions: "Light rain / drizzle",
  });
  expect(await call("all.get-tiny-image")).toContainEqual(
    expect.objectContaining({ type: "image", mimeType: "image/png" }),
  );
  expect(await call("all.get-env")).not.toContain("a-secret-value");
  expect(tools.get("all.echo")!.spec).toMatchObject({ effects: "none" });
  const told: unknown[] = [];
  const progress = (value: unknown) => void told.push(value);
  await call("all.trigger-long-running-operation", { duration: 0.2, steps: 2 }, { progress });
  expect(told).toContain(0.5);
});

test("a resource of the server everything is read by an address that its list gives", async () => {
  const listed = (await call("all.list_resources")) as readonly { readonly uri: string }[];
  const { uri } = listed.find((one) => one.uri.endsWith("architecture.md"))!;
  expect(await call("all.read_resource", { uri })).toContain("#");
});

test("the tools of the server memory act once, because nobody trusts it", async () => {
  expect(tools.get("memory.read_graph")!.spec).toMatchObject({ effects: "once", egress: true });
  expect(await call("memory.read_graph")).toEqual({
    entities: expect.any(Array) as unknown,
    relations: expect.any(Array) as unknown,
  });
});
