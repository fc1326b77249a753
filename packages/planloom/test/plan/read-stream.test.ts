// A plan that arrives in pieces: each step as soon as it is complete, and in the end what the whole text gives.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PlanStream, type StreamedStep } from "../../src/plan/read/stream.js";
import { readPlan } from "../../src/plan/read/read.js";
import { SAMPLE } from "./sample-inventory.js";

interface Streamed {
  readonly steps: readonly StreamedStep[];
  readonly end: ReturnType<PlanStream["end"]>;
}
function streamed(pieces: readonly string[]): Streamed {
  const stream = new PlanStream({ inventory: SAMPLE });
  const steps = pieces.flatMap((piece) => stream.push(piece));
  return { steps, end: stream.end() };
}
const inPieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));

const PLAN = {
  goal: "Compare [two] {cities}.",
  steps: [
    { step_id: 1, tool: "search", tool_input: 'rent in "Berlin" {', depends_on: [] },
    { step_id: 2, description: "It's ] one \\ of } them.", tool_hints: [], depends_on: [1] },
    { step_id: 3, agent: "Say it.", with: { a: "#E1", b: ["{{2.output}}", { c: "$15" }] }, depends_on: [1, 2] },
  ],
  answer: { from: [3] },
};
const text = JSON.stringify(PLAN, null, 2);
const list = JSON.stringify(PLAN.steps);
const python = text.replaceAll('\\"', "”").replaceAll("'", "’").replaceAll('"', "'");

const FORMS: readonly (readonly [name: string, text: string])[] = [
  ["the document alone", text],
  ["in a line", JSON.stringify(PLAN)],
  ["a list", list],
  ["in a fence", `Sure, {here} it is [now]:\n\n\`\`\`json\n${text}\n\`\`\`\nGood luck.`],
  ["behind thoughts", `<thoughts>Maybe {"steps": [{"id": "x", "agent": "y"}]}.</thoughts>\n${text}`],
  ["behind a vendor's tag", `<seed:think>Maybe {"steps": [{"id": "x", "agent": "y"}]}.</seed:think>\n${text}`],
  ["behind thinking", `<think>Maybe {"steps": [{"id": "x", "agent": "y"}]}.</think>\n${text}`],
  ["in tags", `<plan>${text}</plan>`],
  ["wrapped", `{"thought": "Let me {see}.", "plan": ${text}}`],
  ["under another name", text.replace('"steps"', '"Tasks"')],
  ["with commas at the end and comments", text.replace(/\n(\s*[\]}])/g, ", // so {\n$1")],
  ["with single quotes", python],
  ["with keys without quotes", text.replace(/"(\w+)":/g, "$1:")],
  ["after another value", `The tools: {"tools": ["search", {"a": 1}]}. The plan: ${text}`],
];

describe("each step is given once, as soon as it is complete", () => {
  test.each(FORMS)("%s", (_name, document) => {
    for (const size of [1, 3, 7, 50, document.length]) {
      const { steps, end } = streamed(inPieces(document, size));
      expect(end.result).toEqual(
        expect.objectContaining({
          kind: "plan",
          draft: (readPlan(document, { inventory: SAMPLE }) as { draft: unknown }).draft,
        }),
      );
      expect(steps.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(steps.map(({ step }) => step)).toEqual(
        (end.result as unknown as { draft: { steps: unknown[] } }).draft.steps,
      );
      expect(end.differing).toEqual([]);
    }
  });

  test("with the closing brace, not later", () => {
    const stream = new PlanStream();
    expect(stream.push('{"steps": [{"id": "a", "agent": "x"')).toEqual([]);
    expect(stream.push("}")).toMatchObject([{ index: 0, raw: { id: "a", agent: "x" }, step: { id: "a", agent: "x" } }]);
    expect(stream.push(', {"id": "b"')).toEqual([]);
    expect(stream.push(', "agent": "y"}, {"id": "c", "agent": "z"}]').map(({ index }) => index)).toEqual([1, 2]);
    expect(stream.push("}")).toEqual([]);
  });

  test("with notes and findings of its own", () => {
    const { steps } = streamed([
      '[{"id": 1, "agent": "x"}, ',
      '{"id": 2, "agent": "y", "with": {"a": "#E1", "b": "#E7"}}]',
    ]);
    expect(steps[1]?.notes.map(({ code }) => code)).toEqual(["ID_REWRITTEN", "REFERENCE_HASH_E"]);
    expect(steps[1]?.findings).toMatchObject([{ code: "UNKNOWN_REFERENCE", where: { pointer: "/steps/1/with/b" } }]);
    expect(steps[0]?.findings).toEqual([]);
  });

  test("as something else, where the reply stands for it", () => {
    const prepare = (raw: unknown): unknown => ({ ...(raw as object), with: { x: 1 } });
    const stream = new PlanStream({ prepare });
    expect(stream.push('{"steps": [{"id": "a", "agent": "x", "with": []}')).toMatchObject([
      { step: { with: { x: 1 } } },
    ]);
    stream.push("]}");
    expect(stream.end('{"steps": [{"id": "a", "agent": "x", "with": {"x": 1}}]}').differing).toEqual([]);
  });
});

describe("the end says what became of the steps that were given", () => {
  test("where the text ends early, those that were complete stand", () => {
    const { steps, end } = streamed([text.slice(0, text.indexOf('"step_id": 3'))]);
    expect(steps).toHaveLength(2);
    expect(end).toMatchObject({ result: { kind: "truncated" }, differing: [] });
  });

  test("where a later step takes the id, the earlier one is called otherwise", () => {
    const { steps, end } = streamed(['[{"id": "a b", "agent": "x"}, {"id": "a_b", "agent": "y"}]']);
    expect(steps.map(({ step }) => (step as { id: string }).id)).toEqual(["a_b", "a_b_2"]);
    expect(end.differing.map(({ index, final }) => [index, (final as { id: string }).id])).toEqual([
      [0, "a_b_2"],
      [1, "a_b"],
    ]);
  });

  test("where it was no plan after all", () => {
    const { steps, end } = streamed([
      `{"steps": [{"id": "a", "agent": "x"}]}\n`,
      '{"steps": [{"id": "b", "agent": "y"}]}',
    ]);
    expect(steps).toHaveLength(1);
    expect(end).toMatchObject({ result: { kind: "malformed" }, differing: [{ index: 0, final: undefined }] });
  });

  test.each(["steps:\n  - id: a\n    agent: x y\n", "1. Search\n2. Sum up", '["Search", "Sum up"]', "I cannot."])(
    "%s is read at the end alone",
    (document) => {
      const { steps, end } = streamed(inPieces(document, 2));
      expect(steps).toEqual([]);
      expect(end.result.kind).toBe(readPlan(document).kind);
    },
  );
});

test("whatever the text and the pieces, the end is that of the whole text, and no step is given twice", () => {
  const marks = [
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    ":",
    ",",
    "\n",
    "\\",
    "//",
    "#",
    "/*",
    "*/",
    "<think>",
    "</think>",
    "```json\n",
    '"steps"',
    "steps",
    '{"id":"a"}',
    '{"id":"b","agent":"x"}',
    '{"steps":[',
    "a",
    "1",
    " ",
  ];
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...marks), { maxLength: 40 }).map((parts) => parts.join("")),
    fc.tuple(fc.constantFrom(...FORMS), fc.nat(2_000)).map(([[, form], cut]) => form.slice(0, cut)),
    fc
      .tuple(fc.constantFrom(...FORMS), fc.nat(2_000), fc.constantFrom(...marks))
      .map(([[, form], at, mark]) => form.slice(0, at) + mark + form.slice(at)),
  );
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 12 }), (document, size) => {
      const { steps, end } = streamed(inPieces(document, size));
      const whole = streamed([document]);
      expect(steps).toEqual(whole.steps);
      expect(steps.map(({ index }) => index)).toEqual(steps.map((_, i) => i));
      const read = readPlan(document, { inventory: SAMPLE });
      expect({ ...end.result, locate: undefined, partial: undefined }).toEqual({
        ...read,
        locate: undefined,
        partial: undefined,
      });
    }),
    { numRuns: 800 },
  );
});
