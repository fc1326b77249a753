// Two definitions of a tool: what differs between them, and which one applies.
import { describe, expect, it } from "vitest";
import { strictest, toolDifferences, UNRECORDED } from "../../src/plan/tool-change.js";
import { builtinVersion, type ToolSpec } from "../../src/plan/tool-spec.js";

const TEXT = { type: "string" } as const;
const base: ToolSpec = {
  name: "pay",
  description: "Pays.",
  input: { type: "object", properties: { to: TEXT }, required: ["to"], additionalProperties: false },
  effects: "once",
};
const fields = (was: ToolSpec, is: ToolSpec, complete?: boolean) =>
  toolDifferences(was, is, complete).map(({ field }) => field);

describe("toolDifferences", () => {
  it("finds none between a definition and its copy, in any order of fields", () => {
    const copy = JSON.parse(JSON.stringify({ ...base, input: { ...base.input } })) as ToolSpec;
    const turned = Object.fromEntries(Object.entries(copy).reverse()) as unknown as ToolSpec;
    expect(toolDifferences(base, base)).toEqual([]);
    expect(toolDifferences(base, turned)).toEqual([]);
    const content = { ...base, content: ["a", "b"] };
    expect(toolDifferences(content, { ...content, content: ["b", "a"] })).toEqual([]);
  });

  it.each([
    ["effects", { effects: "idempotent" }],
    ["approval", { approval: "required" }],
    ["trusted", { trusted: true }],
    ["public", { public: true }],
    ["labels", { labels: "pass" }],
    ["egress", { egress: true }],
    ["version", { version: "2" }],
    ["content", { content: ["to"] }],
    ["reach/roots", { reach: { roots: ["/a"] } }],
    ["reach/hosts", { reach: { hosts: ["a.example"] } }],
    ["reach/open", { reach: { open: [".env"] } }],
    ["description", { description: "Pays anybody." }],
    ["output", { output: TEXT }],
  ] satisfies [string, Partial<ToolSpec>][])("finds %s", (field, more) => {
    expect(fields(base, { ...base, ...more })).toEqual([field]);
    expect(fields({ ...base, ...more }, base)).toEqual([field]);
  });

  it("names the argument that was added, left out or changed", () => {
    const input = { ...base.input, properties: { to: { type: "string", format: "email" }, from: TEXT } };
    expect(toolDifferences(base, { ...base, input })).toEqual([
      { field: "input/to", was: TEXT, is: { type: "string", format: "email" } },
      { field: "input/from", was: null, is: TEXT },
    ]);
    expect(fields(base, { ...base, input: { ...base.input, required: [] } })).toEqual(["input required"]);
    expect(fields(base, { ...base, input: { ...base.input, properties: {} } })).toEqual(["input/to"]);
  });

  it("does not compare limits that change nothing about what is done", () => {
    expect(fields(base, { ...base, timeoutMs: 5, reconciles: true })).toEqual([]);
  });

  it("compares of two built-in tools what they do and reach, and not their texts", () => {
    const files = { ...base, version: builtinVersion(1), reach: { roots: ["/a"] } };
    const newer = { ...files, description: "Better said.", input: { ...base.input, properties: {} }, output: TEXT };
    expect(fields(files, newer)).toEqual([]);
    expect(fields(files, { ...newer, version: builtinVersion(2) })).toEqual(["version"]);
    expect(fields(files, { ...newer, reach: { roots: ["/a", "/b"] } })).toEqual(["reach/roots"]);
    expect(fields(files, { ...newer, effects: "idempotent" })).toEqual(["effects"]);
    // Somebody's own tool in the place of the built-in one is another tool.
    expect(fields(files, { ...base, description: "Mine." })).toContain("description");
  });

  it("compares only what an earlier build could record, and says so of tools with effects", () => {
    const now: ToolSpec = { ...base, egress: true, content: ["to"], version: "1", public: true, labels: "pass" };
    expect(fields(base, now, false)).toEqual([UNRECORDED]);
    expect(fields(base, base, false)).toEqual([]);
    expect(fields(base, { ...now, approval: "required", description: "Other." }, false)).toEqual([
      "approval",
      UNRECORDED,
      "description",
    ]);
    expect(fields({ ...base, effects: "none" }, { ...now, effects: "none" }, false)).toEqual([]);
    expect(fields(base, { ...base, version: builtinVersion(1), description: "Other." }, false)).toEqual([UNRECORDED]);
  });
});

describe("strictest", () => {
  it("takes texts and schemas from now, and of all declarations the stricter one", () => {
    const loose: ToolSpec = {
      ...base,
      description: "New.",
      effects: "none",
      trusted: true,
      public: true,
      labels: "pass",
      content: ["to", "text"],
    };
    const strict: ToolSpec = { ...base, effects: "once", approval: "required", egress: true, content: ["to"] };
    expect(strictest(strict, loose)).toEqual({ ...strict, description: "New." });
    expect(strictest(loose, strict)).toEqual(strict);
    expect(strictest({ ...base, effects: "idempotent" }, { ...base, effects: "none" }).effects).toBe("idempotent");
  });

  it("counts an argument as content if it is in both, whether it is declared or has a usual name", () => {
    const input = { type: "object", properties: { to: TEXT, text: TEXT, file: TEXT } } as const;
    const of = (content?: readonly string[]): ToolSpec => ({
      ...base,
      input,
      ...(content === undefined ? {} : { content }),
    });
    const both = (was: ToolSpec, is: ToolSpec) => strictest(was, is).content;
    expect(both(of(), of())).toBeUndefined();
    expect(both(of(), of([]))).toEqual([]);
    expect(both(of([]), of())).toEqual([]);
    expect(both(of(), of(["to", "text"]))).toEqual(["text"]);
    expect(both(of(["file", "text"]), of(["text", "file", "to"]))).toEqual(["text", "file"]);
  });

  it("keeps a definition that is equal", () => {
    const full: ToolSpec = { ...base, trusted: true, public: true, labels: "pass", content: ["to"], egress: true };
    expect(strictest(full, full)).toEqual(full);
  });

  it("takes declarations from now that an earlier build could not record", () => {
    const now: ToolSpec = { ...base, public: true, labels: "pass", content: ["to"], trusted: true };
    const { trusted: _, ...applies } = now;
    expect(strictest(base, now, false)).toEqual(applies);
  });
});
