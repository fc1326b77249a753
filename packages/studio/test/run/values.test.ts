// Values, text of models, turns and progress as data for the page.
import { describe, expect, test } from "vitest";
import { answerPiece, stepNote } from "../../src/api/progress.js";
import { Coalesced } from "../../src/api/coalesced.js";
import { promptParts, replyParts } from "../../src/pages/run/inspector/turn-parts.js";
import { factsOf } from "../../src/pages/run/run-words.js";
import { doneView } from "../sample-views.js";
import { blocksOf, isFigure, spansOf } from "../../src/parts/prose-blocks.js";
import { branchText, callText, cutText, shortValue, sizeText } from "../../src/parts/value-text.js";

describe("values", () => {
  test("a text is cut at 40 lines, and its full size is named", () => {
    const text = Array.from({ length: 60 }, (_, at) => `line ${at}`).join("\n");
    expect(cutText(text).text.split("\n")).toHaveLength(40);
    expect(cutText(text).full).toBe("469 bytes, 60 lines");
    expect(cutText("one\ntwo")).toEqual({ text: "one\ntwo" });
  });

  test("a long line is cut between characters", () => {
    const cut = cutText("🙂".repeat(4_000));
    expect(cut.text.length).toBe(6_000);
    expect(cut.full).toBe("16 kB");
    expect(cutText(`a${"🙂".repeat(4_000)}`).text).toHaveLength(5_999);
  });

  test("short forms", () => {
    expect(sizeText("ä")).toBe("2 bytes");
    expect(shortValue({ a: 1 })).toBe('{"a":1}');
    expect(shortValue("a  b\nc", 4)).toBe("a b…");
    expect([branchText([1]), branchText({ a: 1, b: 2 })]).toEqual(["1 value", "2 fields"]);
    expect(callText("search", { query: "x", limit: 3 })).toBe('search(query: "x", limit: 3)');
    expect(callText("pay", "35 EUR")).toBe("pay(35 EUR)");
  });
});

test.each([
  ["0.41 USD", undefined],
  ["0.41 USD of 2 USD allowed", "of 2 USD allowed"],
])("the cost %s has its figure once", (text, more) => {
  const view = { ...doneView, facts: { ...doneView.facts, cost: { costUsd: 0.41, text } } };
  expect(factsOf(view).at(-1)).toEqual({ name: "Cost", says: "0.41\u00a0USD", ...(more && { more }) });
});

describe("text of models", () => {
  test("becomes blocks", () => {
    const text =
      "# Title\n\nA line\ngoes on.\n\n- one\n- two\n  more\n1. first\n\n| A | B |\n|---|--:|\n| x | 1 |\n\n```\n<b>\n```";
    expect(blocksOf(text)).toEqual([
      { kind: "heading", text: "Title" },
      { kind: "paragraph", text: "A line\ngoes on." },
      { kind: "list", ordered: false, entries: ["one", "two more", "first"] },
      { kind: "table", head: ["A", "B"], rows: [["x", "1"]] },
      { kind: "code", text: "<b>" },
    ]);
  });

  test("links, images and HTML stay text", () => {
    const text = "[here](https://example.org) ![x](https://example.org/x.png) <script>1</script>";
    expect(blocksOf(text)).toEqual([{ kind: "paragraph", text }]);
    expect(spansOf(text)).toEqual([{ kind: "text", text }]);
    expect(spansOf("a **b** `c`").map(({ kind }) => kind)).toEqual(["text", "strong", "text", "code"]);
  });

  test("figures are known by their form", () => {
    expect(["4,200", "-3.5 %", "12"].every(isFigure)).toBe(true);
    expect(["a1", "", "-"].some(isFigure)).toBe(false);
  });
});

describe("turns", () => {
  test("a prompt is messages with their roles", () => {
    const asked = {
      system: "Do it.",
      messages: [
        { role: "user", text: "Now" },
        { role: "tool", results: [] },
      ],
    };
    expect(promptParts(asked)).toEqual([
      { role: "system", value: "Do it." },
      { role: "user", value: "Now" },
      { role: "tool", value: { results: [] } },
    ]);
    expect(promptParts({ question: 1 })).toBeUndefined();
  });

  test("a reply is text and calls", () => {
    expect(replyParts({ text: "", toolCalls: [{ id: "1", name: "search", args: { q: "x" } }] })).toEqual({
      calls: ['search(q: "x")'],
    });
    expect(replyParts("Done.")).toEqual({ text: "Done.", calls: [] });
    expect(replyParts({ company: "A" })).toEqual({ calls: [], other: { company: "A" } });
  });
});

describe("progress", () => {
  test.each([
    [{ type: "answer", delta: "Hel" }, "Hel", undefined],
    [{ type: "step", step: "a", item: null, value: "3 of 48" }, undefined, ["a", "3 of 48"]],
    [{ type: "step", step: "a", item: 2, value: 0.5 }, undefined, ["a[2]", "50 %"]],
    [{ type: "step", step: "a", item: null, value: 7 }, undefined, ["a", "7"]],
    [{ type: "turn" }, undefined, undefined],
    [null, undefined, undefined],
  ])("%j", (told, piece, note) => {
    expect(answerPiece(told)).toBe(piece);
    expect(stepNote(told)).toEqual(note);
  });
});

describe("asking again", () => {
  test("changes during a question lead to one more, after a pause that follows its length", async () => {
    const pauses: number[] = [];
    const clock = { time: 0, now: () => clock.time, pause: async (ms: number) => void pauses.push(ms) };
    let asked = 0;
    const answers: (() => void)[] = [];
    const coalesced = new Coalesced(async () => {
      asked++;
      clock.time += 100;
      await new Promise<void>((resolve) => answers.push(resolve));
    }, clock);
    const first = coalesced.want();
    void coalesced.want();
    void coalesced.want();
    answers.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(2);
    expect(pauses).toEqual([200]);
    answers.shift()!();
    await first;
    expect(asked).toBe(2);
  });

  test("a question that fails leaves the next one possible", async () => {
    let asked = 0;
    const coalesced = new Coalesced(() => (asked++ === 0 ? Promise.reject(new Error("lost")) : Promise.resolve()));
    await expect(coalesced.want()).rejects.toThrow("lost");
    await coalesced.want();
    expect(asked).toBe(2);
  });
});
