// The answer: written from the named outputs, streamed, and paid for once.
import { describe, expect, it } from "vitest";
import { CUT_MARK, writeAnswer } from "../../src/agents/synthesizer.js";
import { LIMITS } from "../../src/limits.js";
import type { Model } from "../../src/model/port.js";
import { MemoryJournal } from "./memory-journal.js";
import { script, textIn } from "./parts.js";

const request = {
  goal: "Compare the companies",
  outputs: [{ id: "facts", title: "Facts on each", output: [{ name: "A", revenue: 7 }] }],
};

describe("writeAnswer", () => {
  it("sees goal, outputs and the wished form; the outputs as data", async () => {
    const model = script("A leads.");
    const answer = await writeAnswer({ ...request, form: "One paragraph." }, model, new MemoryJournal().context());
    expect(answer).toEqual({ answer: "A leads.", usage: { calls: 1, inputTokens: 10, outputTokens: 2 } });
    const sent = model.requests[0]?.messages[0];
    expect(sent).toHaveProperty(
      "text",
      expect.stringContaining('<data name="facts">\n[{"name":"A","revenue":7}]\n</data>'),
    );
    for (const part of ["Compare the companies", "Facts on each", "One paragraph."])
      expect(textIn(model.requests[0])).toContain(part);
    expect(model.requests[0]).not.toHaveProperty("onText");
  });

  it("streams what is written, and does not ask again after a crash", async () => {
    const journal = new MemoryJournal();
    const pieces: string[] = [];
    const model = script("A leads by far.");
    await writeAnswer(request, model, journal.context(), (piece) => pieces.push(piece));
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join("")).toBe("A leads by far.");
    expect((await writeAnswer(request, script(), journal.context())).answer).toBe("A leads by far.");
  });

  it("is no tool call that was left in its text; it may explain one", async () => {
    const usage = { calls: 1, inputTokens: 10, outputTokens: 2 };
    const saying = (text: string): Model => ({
      name: "saying",
      call: async () => ({ text, toolCalls: [], holdsCall: true, usage, finish: "stop" }),
    });
    const written = writeAnswer(request, saying("<tool_call>{}</tool_call>"), new MemoryJournal().context());
    await expect(written).rejects.toMatchObject({
      failure: { code: "ANSWER_EMPTY", params: { problem: { code: "CALL_IN_TEXT" } }, retryable: true },
    });
    const told = await writeAnswer(request, saying("Hermes writes <tool_call>."), new MemoryJournal().context());
    expect(told.answer).toBe("Hermes writes <tool_call>.");
  });

  it("is told what is missing in a partial answer", async () => {
    const model = script("Partly.");
    await writeAnswer({ ...request, missing: ["housing failed: no source"] }, model, new MemoryJournal().context());
    expect(textIn(model.requests[0])).toMatch(/housing failed: no source[^]*partial/);
  });

  it("cuts large outputs and says so", async () => {
    const outputs = [{ id: "page", title: "Page", output: "a".repeat(LIMITS.previewChars + 1) }];
    const model = script("ok");
    await writeAnswer({ ...request, outputs }, model, new MemoryJournal().context());
    expect(textIn(model.requests[0])).toContain(`characters 0 to ${LIMITS.previewChars} of ${LIMITS.previewChars + 1}`);
  });

  it("marks an answer that was cut, and fails without one", async () => {
    const cut = await writeAnswer(request, script({ text: "A le", finish: "length" }), new MemoryJournal().context());
    expect(cut.answer).toBe(`A le\n\n${CUT_MARK}`);
    const empty = writeAnswer(request, script(" "), new MemoryJournal().context());
    await expect(empty).rejects.toMatchObject({
      failure: { code: "ANSWER_EMPTY", retryable: true },
      usage: { calls: 1 },
    });
  });
});
