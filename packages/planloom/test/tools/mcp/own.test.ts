// The tools of an MCP server of our own, in both revisions of the protocol: what a plan sees of them, and what becomes
// of a call that fails, is cancelled, or loses its server.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/clock.js";
import { McpSource } from "../../../src/tools/mcp/mcp-source.js";
import type { ServerRules } from "../../../src/tools/mcp/server-config.js";
import { CallUnsettled, ToolError, UnusableOutput, type Tool } from "../../../src/tools/tool.js";
import { contextOf } from "../tool-context.js";
import { ownServer } from "./servers.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mcp-own-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const RULES: ServerRules = {
  trusted: true,
  tools: { picture: { output: "parts" }, put: { effects: "once", approval: "required", egress: false } },
};

describe.each(["old", "new"])("a server of the %s revision", (revision) => {
  let source: McpSource;
  let tools: ReadonlyMap<string, Tool>;
  let notes: readonly string[];
  const record = () => join(folder, revision);
  const call = (name: string, args = {}, context: Partial<Parameters<Tool["call"]>[1]> = {}) =>
    tools.get(`own.${name}`)!.call(args, { ...contextOf(), ...context });
  const ask = async () => {
    const told = await source.tools();
    tools = new Map(told.tools.map((tool) => [tool.spec.name, tool]));
    notes = told.notes ?? [];
  };
  beforeAll(async () => {
    const env = { RECORD: record(), TOKEN: "a-secret-value" };
    source = new McpSource("own", { ...ownServer(revision), env, ...RULES }, systemClock);
    await ask();
  });
  afterAll(() => source.close());

  test("all pages of its list are taken, under names that plans take, with its resources", () => {
    const given = ["echo", "add_up_2", "add_up", "wrong_shape", "picture", "put", "refuse", "broken", "die", "pid"];
    const names = [...given, "variable", "wait", "change", "read_resource", "list_resources"];
    const taken = [...tools.keys()].filter((name) => name !== "own.as_task");
    expect(taken).toEqual(names.map((name) => `own.${name}`));
    // The new revision has no such tools.
    const left = "These cannot be used: own.as_task (it runs only as a task of the server).";
    expect(notes).toEqual(revision === "old" ? [left] : []);
  });

  test("the word of the operator wins over annotations, which count for a trusted server", () => {
    const shown = (name: string) => {
      const { effects, egress = false, approval } = tools.get(`own.${name}`)!.spec;
      return { effects, egress, approval };
    };
    expect(shown("echo")).toEqual({ effects: "none", egress: false });
    expect(shown("add_up_2")).toEqual({ effects: "none", egress: true });
    expect(shown("put")).toEqual({ effects: "once", egress: false, approval: "required" });
    expect(shown("refuse")).toEqual({ effects: "once", egress: true });
    expect(shown("read_resource")).toEqual({ effects: "none", egress: true });
    const labels = [...tools.values()].map(({ spec }) => [spec.trusted, spec.public]);
    expect(labels.flat().every((label) => label === undefined)).toBe(true);
  });

  test("a plan sees structured content, text, or the parts of the content", async () => {
    expect(await call("echo", { text: "hi" })).toBe("hi");
    expect(await call("add_up_2", { a: 1, b: 2 })).toEqual({ sum: 3 });
    expect(await call("add_up")).toBe("the other one");
    expect(await call("picture")).toEqual([
      { type: "text", text: "a picture:" },
      { type: "image", data: "iVBORw0KGgo=", mimeType: "image/png" },
      { type: "resource", uri: "note://1", text: "a note" },
      { type: "link", uri: "note://2", name: "two" },
    ]);
    await expect(call("wrong_shape")).rejects.toBeInstanceOf(UnusableOutput);
  });

  test("resources are read and listed by two tools", async () => {
    expect(await call("read_resource", { uri: "note://1" })).toBe("the first note");
    expect(await call("read_resource", { uri: "note://2" })).toBe("[note://2, image/png, 8 bytes]");
    expect(await call("list_resources")).toEqual([
      { name: "one", description: "The first note.", mimeType: "text/plain", uri: "note://1" },
      { name: "any", uri: "note://{id}", isTemplate: true },
    ]);
  });

  test("an error of the server is told in its words; a fault of it leaves the outcome open", async () => {
    const refused = await call("refuse").catch((error: unknown) => error as ToolError);
    expect(refused).toMatchObject({ message: "the door is shut", retryable: false });
    const fault = await call("broken").catch((error: unknown) => error);
    expect(fault).not.toBeInstanceOf(ToolError);
    expect(String(fault)).toContain("a fault of the server");
  });

  test("progress is told, and the end of the signal reaches the server", async () => {
    const stop = new AbortController();
    const told: unknown[] = [];
    const progress = (...reported: readonly unknown[]) => {
      told.push(...reported);
      stop.abort();
    };
    await expect(call("wait", {}, { signal: stop.signal, progress })).rejects.toThrow();
    expect(told).toEqual([0.25, "page 1 of 4"]);
    // The next answer comes after the server has read of the end.
    await call("echo", { text: "" });
    expect(await readFile(record(), "utf8")).toContain("waiting\ncancelled\n");
  });

  test("a call of a changed or removed tool is not made", async () => {
    await call("change", { what: "description" });
    await expect
      .poll(() => call("echo", { text: "hi" }).catch(({ code }: ToolError) => code))
      .toBe("SERVER_TOOL_CHANGED");
    await ask();
    expect(await call("echo", { text: "hi" })).toBe("hi");
    await call("change", { what: "remove" });
    await expect.poll(() => call("echo", { text: "hi" }).catch(({ code }: ToolError) => code)).toBe("TOOL_GONE");
  });

  test("a server that dies leaves its call open, and the next call starts another", async () => {
    const pid = await call("pid");
    await expect(call("die")).rejects.toBeInstanceOf(CallUnsettled);
    const next = await call("pid");
    expect(next).not.toBe(pid);
    // Each start takes a second.
    if (revision === "new") return;
    for (let starts = 2; starts <= 4; starts++) await call("die").catch(() => undefined);
    await expect(call("pid")).rejects.toMatchObject({ code: "MCP_KEEPS_ENDING" });
  });
});
