// References of other systems: each form is rewritten where it names a step, and nowhere else.
import { describe, expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { readPlan, withReading, type ReadResult } from "../../src/plan/read/read.js";
import { SAMPLE } from "./sample-inventory.js";

type ReadPlan = Extract<ReadResult, { kind: "plan" }>;
interface Read extends Omit<ReadPlan, "draft"> {
  readonly draft: { readonly steps: readonly { readonly [field: string]: unknown }[]; readonly answer?: unknown };
}

function read(steps: readonly object[], rest: object = {}): Read {
  const result = readPlan(JSON.stringify({ ...rest, steps }), { inventory: SAMPLE });
  if (result.kind !== "plan") throw new Error(result.kind);
  return result as Read;
}
const codes = ({ findings }: Read): string[] => findings.map(({ code }) => code);
/** The value of the third of three steps, as it is read. `ids` names the first two. */
function third(
  value: unknown,
  ids: readonly (string | number)[] = [1, 2, 3],
  more: object = {},
): Read & { value: unknown } {
  const [a, b, c] = ids;
  const made = read([
    { id: a, tool: "search", with: { query: "rent in Berlin" } },
    { id: b, title: "Sum up", tool: "summarize", with: { text: "x" } },
    { id: c, agent: "Write it.", with: { value }, ...more },
  ]);
  return { ...made, value: (made.draft.steps[2]?.["with"] as { value: unknown }).value };
}

describe("a form that names a step is rewritten", () => {
  test.each([
    ["REFERENCE_HASH_E", "#E1", "${{ s1 }}"],
    ["REFERENCE_HASH_E", "#E1.results[0]", "${{ s1.results[0] }}"],
    ["REFERENCE_DOLLAR", "$2", "${{ s2 }}"],
    ["REFERENCE_DOLLAR_BRACE", "${1}", "${{ s1 }}"],
    ["REFERENCE_DOLLAR_BRACE", "${1.output.results}", "${{ s1.results }}"],
    ["REFERENCE_BRACES", "{{steps.1}}", "${{ s1 }}"],
    ["REFERENCE_BRACES", "{{ 1.output }}", "${{ s1 }}"],
    ["REFERENCE_BRACES", "{{1.output.results[0].title}}", "${{ s1.results[0].title }}"],
    ["REFERENCE_BRACES", '{{1["results"]}}', '${{ s1["results"] }}'],
    ["REFERENCE_NODE", "<node-1>", "${{ s1 }}"],
    ["REFERENCE_GENERATED", "<GENERATED>-2", "${{ s2 }}"],
    ["REFERENCE_OUTPUT_OF", "output of step 2", "${{ s2 }}"],
    ["REFERENCE_OUTPUT_OF", "The results from Step 1.", "${{ s1 }}"],
    ["REFERENCE_OUTPUT_OF", "[output of Sum up]", "${{ s2 }}"],
    ["REFERENCE_OUTPUT_OF", "output of summarize", "${{ s2 }}"],
    ["REFERENCE_OUTPUT_OF", "step 1's result", "${{ s1 }}"],
  ])("%s: %s", (adapter, before, after) => {
    const result = third(before);
    expect(result.value).toBe(after);
    expect(result.notes).toContainEqual(
      expect.objectContaining({ code: adapter, pointer: "/steps/2/with/value", before, after }),
    );
    expect(result.findings).toEqual([]);
  });

  test("by the id, where ids are words", () => {
    const ids = ["find-it", "sum", "write"];
    expect(third("About {{find-it.output}} and ${sum}, in $sum$ and <node-sum>.", ids).value).toBe(
      "About ${{ find_it }} and ${{ sum }}, in ${{ sum }} and ${{ sum }}.",
    );
  });

  test("with names of fields that are several words", () => {
    const { value } = third("$var1.Exchange Rate$ and $var1.in.a_b$", ["var1", "var2", "var3"]);
    expect(value).toBe('${{ var1["Exchange Rate"] }} and ${{ var1["in"].a_b }}');
  });

  test("by the number that an id ends with", () => {
    expect(third("#E2 and {{steps.step_1.output}}", ["step_1", "step_2", "step_3"]).value).toBe(
      "${{ step_2 }} and ${{ step_1 }}",
    );
  });

  test("inside longer text, lists and records, and in conditions", () => {
    const result = third(["see #E1", { deep: "<node-2>!" }], [1, 2, 3], {
      when: "{{1.output.results}} != null",
      forEach: "#E1.results",
    });
    expect(result.value).toEqual(["see ${{ s1 }}", { deep: "${{ s2 }}!" }]);
    expect(result.draft.steps[2]).toMatchObject({ when: "${{ s1.results != null }}", forEach: "${{ s1.results }}" });
  });

  test("in the value of the answer", () => {
    const steps = [{ id: "find", tool: "search", with: { query: "q" } }];
    expect(read(steps, { answer: { value: { hits: "{{find.output.results}}" } } }).draft.answer).toEqual({
      value: { hits: "${{ find.results }}" },
    });
  });

  test("a field called output stays, where the tool has one", () => {
    const inventory = {
      tools: [{ ...SAMPLE.tools[0]!, output: { type: "object", properties: { output: { type: "string" } } } }],
    };
    const steps = [
      { id: "find", tool: "search", with: { query: "q" } },
      { id: "say", agent: "Say it.", with: { it: "{{find.output}}" } },
    ];
    const result = readPlan(JSON.stringify({ steps }), { inventory });
    expect(result.kind === "plan" && (result.draft as Read["draft"]).steps[1]?.["with"]).toEqual({
      it: "${{ find.output }}",
    });
  });

  test("steps. before a name in our own notation is left out", () => {
    const result = third("${{ steps.find.output.results }}", ["find", "b", "c"]);
    expect(result.value).toBe("${{ find.results }}");
    expect(result.notes.map(({ code }) => code)).toContain("REFERENCE_STEPS");
  });

  test("<node-0> of steps without any id is the first", () => {
    const { draft } = read([
      { tool: "search", with: { query: "q" } },
      { tool: "summarize", with: { text: "<node-0>" } },
    ]);
    expect(draft.steps[1]?.["with"]).toEqual({ text: "${{ s1 }}" });
  });
});

describe("what is no reference stays as it is", () => {
  test.each([
    "under $15",
    "$15",
    "US$1 and a$2",
    "$1,000 or $2.50 or $3k",
    "#1 on the list",
    "colour#E1",
    "Dear {{name}}",
    "${HOME}/x",
    "<b>bold</b> and <node>",
    "output of the plant",
    "results of the 2024 election",
    "$$ 1 $$",
    "a {{b c}} d",
  ])("%s", (text) => {
    const result = third(text);
    expect(result.value).toBe(text);
    expect(result.findings).toEqual([]);
  });

  test("titles and instructions", () => {
    const { draft } = read([
      { id: 1, tool: "search", with: { query: "q" } },
      { id: 2, title: "Use #E1", agent: "Take {{1.output}} and $1.", description: "See <node-1>", depends_on: [1] },
    ]);
    expect(draft.steps[1]).toMatchObject({
      title: "Use #E1",
      agent: "Take {{1.output}} and $1.",
      description: "See <node-1>",
    });
  });

  test("a plan that knows our notation may write {{find}} and $1 as plain text", () => {
    const text = "Dear {{find}}, ${find} costs $1: ${{ find.results }}";
    const { draft, findings } = read([
      { id: "find", tool: "search", with: { query: "q" } },
      { id: "say", agent: "Say it.", with: { text } },
    ]);
    expect(draft.steps[1]?.["with"]).toEqual({ text });
    expect(findings).toEqual([]);
  });
});

describe("nothing is guessed", () => {
  test("a number that counts from one where the steps count from zero is a finding", () => {
    const result = third("#E3", [0, 1, 2]);
    expect(result.value).toBe("#E3");
    expect(result.findings[0]).toMatchObject({
      code: "UNKNOWN_REFERENCE",
      where: { pointer: "/steps/2/with/value", line: 1 },
      params: { written: "#E3", first: 0, counted: 1 },
    });
  });

  test("a number that names the step itself is left to check", () => {
    const result = third("<node-2>", [0, 1, 2]);
    expect(result.value).toBe("${{ s2 }}");
    expect(check(result.draft, SAMPLE).findings.map(({ code }) => code)).toContain("SELF_REFERENCE");
  });

  test.each([
    "<node-7>",
    "<GENERATED>-9",
    "#E9",
    "${9}",
    "{{9.output}}",
    "{{steps.9}}",
    "output of step 9",
    "$nobody.path$",
  ])("%s names no step", (text) => {
    const result = third(text);
    expect(result.value).toBe(text);
    expect(codes(result)).toEqual(["UNKNOWN_REFERENCE"]);
    const judged = withReading(check(result.draft, SAMPLE), result);
    expect(judged.ok).toBe(false);
  });

  test.each([
    ["a whole $1 where the step waits for others", "$1", [2], ["AMBIGUOUS_REFERENCE"], "$1"],
    ["$1 in a text where the step waits for others", "for $1 each", [2], [], "for $1 each"],
    ["$1 in a text where the step waits for it", "for $1 each", [1, 2], [], "for ${{ s1 }} each"],
    ["$1 in a text where the step says nothing", "for $1 each", undefined, ["AMBIGUOUS_REFERENCE"], "for $1 each"],
    ["a whole $1 where the step says nothing", "$1", undefined, [], "${{ s1 }}"],
  ])("%s", (_name, text, needs, found, after) => {
    const result = third(text, [1, 2, 3], needs === undefined ? {} : { depends_on: needs });
    expect(result.value).toBe(after);
    expect(codes(result)).toEqual(found);
  });

  test("a form in quotes inside a condition", () => {
    expect(codes(third("x", [1, 2, 3], { when: "'{{1.output}}' == 'yes'" }))).toEqual(["AMBIGUOUS_REFERENCE"]);
  });

  test("a title that two steps have", () => {
    const { draft } = read([
      { id: "a", title: "Look up", tool: "search", with: { query: "q" } },
      { id: "b", title: "Look up", tool: "search", with: { query: "r" } },
      { id: "c", agent: "Say it.", with: { x: "output of Look up" } },
    ]);
    expect(draft.steps[2]?.["with"]).toEqual({ x: "output of Look up" });
  });
});

describe("what a step waits for", () => {
  test.each([
    ["1, 2", ["s1", "s2"]],
    ["step 1 and step 2", ["s1", "s2"]],
    ["#E1", ["s1"]],
    [
      ["<node-1>", "output of step 2"],
      ["s1", "s2"],
    ],
    [[{ id: 1 }], ["s1"]],
    ["none", []],
    [-1, []],
    [[-1], []],
    [["Sum up"], ["s2"]],
    [[7], ["s7"]],
  ])("%j", (written, ids) => {
    expect(third("x", [1, 2, 3], { depends_on: written }).draft.steps[2]?.["dependsOn"]).toEqual(ids);
  });

  test.each([
    ["output of s1", ["s1_find"]],
    [1, ["1"]],
    ["1", ["1"]],
  ])("is read the same way twice: %j among steps without numbers", (written, ids) => {
    const names = ["s1_find", "s2_pick", "s3_sum"];
    const first = third("x", names, { depends_on: written }).draft.steps[2]?.["dependsOn"];
    expect([first, third("x", names, { depends_on: first }).draft.steps[2]?.["dependsOn"]]).toEqual([ids, ids]);
  });

  test.each([
    [{ id: "a" }, 1, "1"],
    [{}, "#E1", "s1"],
    [{}, "${2}", "s2"],
  ])("is read the same way twice where the first reading gave a step its id: %j, %j", (step, written, id) => {
    const first = read([step, { depends_on: [written] }]).draft.steps;
    expect([first[1], read(first).draft.steps[1]]).toMatchObject([{ dependsOn: [id] }, { dependsOn: [id] }]);
  });
});
