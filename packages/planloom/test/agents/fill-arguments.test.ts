// Filling: the model adds the arguments that a step leaves out, and can change none of those given.
import { describe, expect, it } from "vitest";
import { fillArguments, type FillRequest } from "../../src/agents/executor/fill-arguments.js";
import { MemoryJournal } from "./memory-journal.js";
import { script, specOf, textIn, toolStep } from "./parts.js";

const spec = specOf("search");
const request = (fields: Partial<FillRequest> = {}): FillRequest => ({
  goal: "Compare the companies",
  step: toolStep(),
  spec,
  args: {},
  outputs: {},
  ...fields,
});

describe("fillArguments", () => {
  it("asks only for what is missing, and shows what there is", async () => {
    const model = script('{ "query": "leaders" }');
    const asked = request({ args: { limit: 3 }, outputs: { earlier: "the year is 2026" } });
    const filled = await fillArguments(asked, model, new MemoryJournal().context());
    expect(filled).toEqual({ args: { query: "leaders" }, usage: { calls: 1, inputTokens: 10, outputTokens: 2 } });
    const [sent] = model.requests;
    expect(sent?.output?.schema).toMatchObject({ properties: { query: { type: "string" } }, required: ["query"] });
    expect(sent?.output?.schema["properties"]).not.toHaveProperty("limit");
    expect(sent).not.toHaveProperty("tools");
    for (const part of ["Compare the companies", "Search for the leaders.", "the year is 2026", "Does search."]) {
      expect(textIn(sent)).toContain(part);
    }
  });

  it("does not take arguments that nest deeper than any value may", async () => {
    const free = specOf("post", "once", { type: "object" });
    const deep = `{ "x": ${"[".repeat(100)}${"]".repeat(100)} }`;
    const model = script(deep, deep);
    const failed = fillArguments(request({ spec: free }), model, new MemoryJournal().context());
    await expect(failed).rejects.toMatchObject({ failure: { code: "FILL_FAILED" } });
  });

  it("cannot change what was given, nor add what the tool does not take", async () => {
    const model = script('{ "query": "mine", "limit": 99, "path": "/" }');
    const filled = await fillArguments(request({ args: { limit: 3 } }), model, new MemoryJournal().context());
    expect(filled.args).toEqual({ query: "mine" });
  });

  it("cannot change them either where the tool takes any names", async () => {
    const free = specOf("post", "once", { type: "object" });
    const model = script('[{ "name": "to", "value": "mine" }, { "name": "text", "value": "hello" }]');
    const filled = await fillArguments(
      request({ spec: free, args: { to: "her" } }),
      model,
      new MemoryJournal().context(),
    );
    expect(filled.args).toEqual({ text: "hello" });
  });

  it("leaves optional arguments out where the model has nothing to say", async () => {
    const model = script('```json\n{ "query": "x", "limit": null }\n```');
    expect((await fillArguments(request(), model, new MemoryJournal().context())).args).toEqual({ query: "x" });
  });

  it("asks once more when the arguments do not fit", async () => {
    const model = script('{ "query": 7 }', '{ "query": "7" }');
    const filled = await fillArguments(request(), model, new MemoryJournal().context());
    expect(filled).toMatchObject({ args: { query: "7" }, usage: { calls: 2 } });
    expect(textIn(model.requests[1])).toContain("/query should be string");
  });

  it("fails after one correction, in a way that may be retried", async () => {
    const work = fillArguments(request(), script("no", "[]"), new MemoryJournal().context());
    await expect(work).rejects.toMatchObject({
      name: "StepFailure",
      failure: { code: "FILL_FAILED", retryable: true },
      usage: { calls: 2 },
    });
  });

  it("asks nobody when nothing is missing", async () => {
    const model = script();
    const filled = await fillArguments(
      request({ args: { query: "x", limit: 1 } }),
      model,
      new MemoryJournal().context(),
    );
    expect(filled).toEqual({ args: {}, usage: { calls: 0, inputTokens: 0, outputTokens: 0 } });
  });
});
