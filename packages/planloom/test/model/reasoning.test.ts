// Reasoning that a server leaves in the text of a reply is taken off, whole or in pieces.
import fc from "fast-check";
import { expect, test } from "vitest";
import { afterReasoning, ReasoningFilter } from "../../src/model/reply/reasoning.js";

/** What is shown of a text that arrives in these pieces. */
function shown(pieces: readonly string[]): string {
  const filter = new ReasoningFilter();
  return pieces.map((piece) => filter.push(piece)).join("") + filter.end();
}

const TEXTS: readonly (readonly [string, string])[] = [
  ["<think>\nMaybe {}.\n</think>\n\nBern", "Bern"],
  ["<think>a</think>\n<think>b</think>Bern", "Bern"],
  ["[THINK]Maybe.[/THINK]Bern", "Bern"],
  ["<Thought>Maybe.</Thought>Bern", "Bern"],
  ["<seed:think>Maybe, <b>.</seed:think>Bern", "Bern"],
  ["◁think▷Maybe.◁/think▷Bern", "Bern"],
  ["<|START_THINKING|>Maybe.<|END_THINKING|>Bern", "Bern"],
  ["<|channel>thought\nMaybe.\n<channel|>Bern", "Bern"],
  ["<thinkers>are people</thinkers>", "<thinkers>are people</thinkers>"],
  ["<a:b>c</a:b>", "<a:b>c</a:b>"],
  ["<|channel|>analysis<|message|>Maybe.<|end|><|start|>assistant<|channel|>final<|message|>Bern<|return|>", "Bern"],
  ['<|start|>assistant<|channel|>final <|constrain|>json<|message|>{"a": "<b>"}', '{"a": "<b>"}'],
  ["<|channel|>analysis<|message|>Nothing else.", ""],
  ["<|channel|>analysis<|message|>Is it final?<|end|><|channel|>final<|message|>3 <", "3 <"],
  ["Bern <think>is a tag</think>", "Bern <think>is a tag</think>"],
  ["<thin line>", "<thin line>"],
  ["[THINGS]", "[THINGS]"],
  ["<", "<"],
];

test.each(TEXTS)("%j", (text, rest) => {
  expect(shown([text])).toBe(rest);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (places) => {
      const cuts = [0, ...places.sort((a, b) => a - b), text.length];
      expect(shown(cuts.slice(1).map((end, index) => text.slice(cuts[index], end)))).toBe(rest);
    }),
    { numRuns: 50 },
  );
});

test.each([
  ["reasoning", "<think>", ""],
  ["another channel", "<|channel|>analysis<|message|>", ""],
  ["what follows the reply", "<|channel|>final<|message|>Bern<|end|>", "Bern"],
])("a stream of %s is read in time in proportion to its length", (_name, beginning, rest) => {
  const begun = performance.now();
  expect(shown([beginning, ...Array.from({ length: 200_000 }, () => "more")])).toBe(rest);
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test.each([
  ["Okay. Maybe Lyon? No.\n</think>\n\nBern", "Bern"],
  ["I think.[/THINK]\nBern", "Bern"],
  ["Maybe Lyon.</seed:think>\nBern", "Bern"],
  ["Maybe.\n<channel|>\nBern", "Bern"],
  ['{"tag": "</think>"}', '{"tag": "</think>"}'],
  ["Write </think> at its end.", "Write </think> at its end."],
  ["Text with <think>\n</think>\nboth marks", "Text with <think>\n</think>\nboth marks"],
])("an end without a beginning: %j", (text, rest) => {
  expect(afterReasoning(text)).toBe(rest);
});
