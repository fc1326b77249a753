// The words of findings, of what the reader notes, and of the quality of a plan.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { findingOf, type Finding, type FindingCode } from "../../src/plan/finding.js";
import type { SyntaxProblem } from "../../src/plan/finding-params.js";
import {
  evaluationProblem,
  type EvaluationProblem,
  type ExpressionProblem,
} from "../../src/plan/expression/problem.js";
import type { Estimate, UnknownFigures } from "../../src/plan/estimate/estimate.js";
import type { TypeProblem } from "../../src/plan/type/text.js";
import type { ReadNote } from "../../src/plan/read/note-params.js";
import { findingFromV1 } from "../../src/run/log/plan-v1.js";
import { estimateInWords } from "../../src/words/estimate.js";
import { FINDING_CODES, findingText, worded, findingWords } from "../../src/words/findings.js";
import { noteMessage } from "../../src/words/notes.js";
import { evaluationText, expressionProblemText, syntaxProblemText, typeProblemText } from "../../src/words/problems.js";
import { planQuality } from "../../src/words/quality.js";
import { FINDING_SAMPLES } from "./finding-samples.js";

const rows = (Object.keys(FINDING_SAMPLES) as FindingCode[]).flatMap((code) =>
  FINDING_SAMPLES[code].map(([params, message, fix]) => ({ code, params, message, fix })),
);

describe("the words of a finding", () => {
  it("stand in the table for every code", () => {
    expect(Object.keys(FINDING_SAMPLES).sort()).toEqual([...FINDING_CODES].sort());
  });

  it.each(rows)("$code: $message", ({ code, params, message, fix }) => {
    const finding = findingOf(code, { pointer: "/steps/0" }, params);
    expect(findingWords(finding)).toEqual({ message, fix });
    expect(JSON.parse(JSON.stringify(finding))).toEqual(finding);
  });

  it("are whole sentences", () => {
    const texts = rows.flatMap(({ message, fix }) => [message, fix]);
    expect(texts.filter((text) => !/[.?]$/.test(text))).toEqual([]);
  });

  const cycle = findingOf("CYCLE", { pointer: "/steps/0", line: 4, column: 2 }, { path: ["a", "b", "a"] });

  it("stand in one line with severity, code and place", () => {
    const fix = "Fix: Take one of these references or dependencies out.";
    expect(findingText(cycle)).toBe(
      `error CYCLE at /steps/0 (4:2): These steps wait for each other: a -> b -> a. ${fix}`,
    );
    expect(findingText({ ...cycle, where: { pointer: "" }, severity: "warning" })).toMatch(
      /^warning CYCLE at \/: These/,
    );
  });

  it("are put beside the data, which stays", () => {
    expect(worded([cycle])).toEqual([{ ...cycle, ...findingWords(cycle) }]);
  });

  it("say which part the planner did not write", () => {
    const kept = { ...cycle, where: { pointer: "/steps/0", unwritten: { step: "tell" } } };
    expect(findingWords(kept).message).toMatch(/^In step tell, which stays as it was: These steps/);
    const result = { ...cycle, where: { pointer: "", unwritten: {} } };
    expect(findingWords(result).message).toMatch(/^In the plan that results: These steps/);
  });

  it("are short, whatever the parameters hold", () => {
    const long = findingOf("UNKNOWN_STEP", { pointer: "" }, { name: "n".repeat(9_000), steps: ["s".repeat(9_000)] });
    const { message, fix } = findingWords(long);
    expect([message.length, fix.length]).toEqual([LIMITS.findingChars, LIMITS.findingChars]);
  });

  it("of a version-1 log stand as they were recorded", () => {
    const known = { code: "UNKNOWN_TOOL", severity: "error", where: { pointer: "/steps/0/tool" } } as const;
    const text = { message: "There is no tool x.", fix: "Write y." };
    const finding = findingFromV1({ ...known, ...text });
    expect(finding).toEqual({ ...known, text });
    expect(findingWords(finding)).toEqual({ message: "There is no tool x.", fix: "Write y." });
    expect(findingFromV1(cycle)).toBe(cycle);
  });

  it.each<[string, object]>([
    ["a code of a later version", { code: "NEW_CODE", params: { why: "x" } }],
    ["parameters of another version", { code: "CYCLE", params: { steps: 3 } }],
  ])("never throw: %s", (_what, given) => {
    const finding = { severity: "error", where: { pointer: "" }, ...given } as Finding;
    expect(findingWords(finding).message).toMatch(/^(NEW_CODE {"why":"x"}|CYCLE {"steps":3})$/);
  });
});

describe("the words of a problem", () => {
  it.each<[ExpressionProblem, string]>([
    [{ kind: "syntax", text: "Unexpected token: )" }, "Unexpected token: )"],
    [{ kind: "empty" }, "the expression is empty"],
    [{ kind: "too-long", most: 2000 }, "an expression has at most 2000 characters"],
    [{ kind: "too-deep", most: 60 }, "an expression nests at most 60 deep"],
    [{ kind: "macros-too-deep", most: 2 }, "macros nest at most 2 deep"],
    [{ kind: "forbidden-name", name: "__proto__" }, "the name __proto__ is refused"],
    [{ kind: "macro-variable", name: "map" }, "the first argument of map is the name of its variable"],
    [
      { kind: "unknown-function", name: "now", known: ["has", "size"] },
      "there is no function now; there are has, size",
    ],
    [{ kind: "unknown-method", name: "pad", known: ["trim"] }, "there is no method pad; there are trim"],
    [{ kind: "argument-count", name: "size", count: 2, least: 1, most: 1 }, "size takes 1 argument, not 2"],
    [{ kind: "argument-count", name: "map", count: 1, least: 2, most: 3 }, "map takes 2 to 3 arguments, not 1"],
    [{ kind: "single-brace" }, "a single } stands inside ${{"],
  ])("of an expression: %j", (problem, text) => expect(expressionProblemText(problem)).toBe(text));

  it.each<[TypeProblem, string]>([
    [{ kind: "character", found: "!" }, 'unexpected "!"'],
    [{ kind: "character", found: "s", after: true }, 'unexpected "s" after the type'],
    [{ kind: "missing", token: ":" }, ": is missing"],
    [{ kind: "forbidden-name", name: "prototype" }, "the name prototype is refused"],
    [{ kind: "field-twice", name: "a" }, "the field a is there twice"],
    [{ kind: "too-deep", most: 64 }, "types nest at most 64 deep"],
    [{ kind: "record-keys" }, "the keys of a Record are string"],
  ])("of a type: %j", (problem, text) => expect(typeProblemText(problem)).toBe(text));

  it.each<[SyntaxProblem, string]>([
    [{ kind: "colon-missing", key: "a" }, 'a colon is missing after the key "a"'],
    [{ kind: "comma-expected", found: "x" }, '"x" stands where a comma or a closing bracket is expected'],
    [{ kind: "key-expected", found: "1" }, '"1" stands where a key is expected'],
    [{ kind: "value-expected", found: "," }, '"," stands where a value is expected'],
    [{ kind: "bad-number", found: "007" }, '"007" is not a number'],
    [{ kind: "bad-escape", escape: "d" }, "\\d is not an escape of JSON; it may mean d or \\\\d"],
    [{ kind: "bad-code-unit", escape: "\\u", digits: 4 }, "\\u needs 4 hexadecimal digits"],
    [{ kind: "ellipsis" }, "something is left out here with an ellipsis"],
  ])("of a document: %j", (problem, text) => expect(syntaxProblemText(problem)).toBe(text));
});

describe("the words of an expression without a value", () => {
  const problem = evaluationProblem;

  it.each<[EvaluationProblem, string]>([
    [problem("UNKNOWN_REFERENCE", { name: "fnd" }), "there is no value named fnd"],
    [problem("UNREADABLE_REFERENCE", { problem: { kind: "empty" } }), "the expression is empty"],
    [problem("NO_SUCH_FIELD", { name: "age" }), "there is no field age"],
    [problem("NULL_ACCESS", { name: "age" }), "the value before .age is null"],
    [problem("NULL_ACCESS", {}), "the value before [ ] is null"],
    [problem("INDEX_OUT_OF_RANGE", { index: 3, length: 2 }), "there is no element 3 in a list of 2"],
    [
      problem("INDEX_OUT_OF_RANGE", { by: "indexOf", position: 9, length: 5 }),
      "indexOf: 9 is not a position in a string of 5 characters",
    ],
    [
      problem("INDEX_OUT_OF_RANGE", { by: "substring", start: 3, end: 1 }),
      "substring: the end 1 lies before the start 3",
    ],
    [problem("TYPE_MISMATCH", { is: "field", kind: "list", name: "age" }), "a list has no field age"],
    [problem("TYPE_MISMATCH", { is: "index", kind: "list", by: "string" }), "a list cannot be indexed with a string"],
    [problem("TYPE_MISMATCH", { is: "record-key", kind: "number" }), "the keys of a record are strings, not a number"],
    [problem("TYPE_MISMATCH", { is: "joined-item" }), "join needs a list of strings; map(x, string(x)) makes one"],
    [
      problem("TYPE_MISMATCH", { is: "operand", by: "?:", kind: "null", wanted: "boolean" }),
      "?: needs true or false, not null",
    ],
    [
      problem("TYPE_MISMATCH", { is: "operand", by: "in", kind: "number", wanted: "list | record" }),
      "in needs a list or a record, not a number",
    ],
    [
      problem("TYPE_MISMATCH", { is: "operand", by: "size", kind: "number", wanted: "string" }),
      "size needs string, not a number",
    ],
    [problem("TYPE_MISMATCH", { is: "operand", by: "trim", kind: "null" }), "trim needs fewer arguments, not null"],
    [
      problem("TYPE_MISMATCH", { is: "operands", by: "+", left: "string", right: "number" }),
      "+ cannot combine a string and a number; string(…) makes text of a number",
    ],
    [
      problem("TYPE_MISMATCH", { is: "operands", by: "<", left: "list", right: "number" }),
      "< cannot combine a list and a number",
    ],
    [problem("CONVERSION_FAILED", { by: "int", text: "4.5" }), 'int() cannot read "4.5"'],
    [problem("DIVISION_BY_ZERO", {}), "a division by zero"],
    [problem("NUMBER_OUT_OF_RANGE", { of: "int64" }), "an integer does not fit into 64 bits"],
    [problem("NUMBER_OUT_OF_RANGE", { of: "json", number: "Infinity" }), "Infinity is not a JSON number"],
    [
      problem("NUMBER_OUT_OF_RANGE", { of: "json", number: "9007199254740993" }),
      "the integer 9007199254740993 is too large to be exact in JSON",
    ],
    [problem("FORBIDDEN_KEY", { name: "constructor" }), "the name constructor is refused"],
    [problem("LIMIT_EXCEEDED", { of: "work" }), "the expression takes too long; do this work in a tool"],
    [problem("LIMIT_EXCEEDED", { of: "string", most: 9 }), "a string is longer than 9 characters"],
    [problem("LIMIT_EXCEEDED", { of: "value", most: 9 }), "the value is larger than 9 bytes"],
    [problem("LIMIT_EXCEEDED", { of: "depth", most: 64 }), "the value nests deeper than 64"],
    [problem("LIMIT_EXCEEDED", { of: "all-values", most: 9 }), "all values together are larger than 9 bytes"],
    [
      problem("LIMIT_EXCEEDED", { of: "all-outputs", most: 9 }),
      "all outputs together are larger than 9 bytes; name fewer steps",
    ],
    [
      problem("LIMIT_EXCEEDED", { of: "elements", by: "map", most: 1000, count: 1001 }),
      "map walks over at most 1000 elements, not 1001; use forEach or a tool",
    ],
    [problem("NOT_SUPPORTED", { is: "function", name: "now" }), "there is no function now"],
    [problem("NOT_SUPPORTED", { is: "optional-access" }), "optional access is not part of plans; use has(…)"],
    [problem("NULL_IN_TEXT", {}), "it is null inside a text"],
  ])("%j", (given, text) => expect(evaluationText(given)).toBe(text));
});

it("the words of an estimate name what is not known; those of an old log stand", () => {
  const unknown: readonly UnknownFigures[] = [
    { of: "price", names: ["big", "small"] },
    { of: "tokens", names: ["small"] },
    { of: "list", names: ["look"], assumed: 3 },
    { of: "condition", names: ["file"] },
    { of: "person", names: ["who"] },
  ];
  const said = estimateInWords({ unknown } as unknown as Estimate);
  expect(said.unknown).toEqual([
    "the price of these models (set `prices` in the configuration): big, small",
    "the tokens of these models, which report none; an assumption stands for them: small",
    "the length of the lists of these steps, taken as 3: look",
    "whether these steps run at all, taken as yes: file",
    "how long a person takes for these steps, taken as no time: who",
  ]);
  expect(estimateInWords(said)).toEqual(said);
});

describe("the words of a note", () => {
  it.each<[ReadNote, string]>([
    [
      { code: "SINGLE_QUOTES", pointer: "", params: { count: 5, line: 1, column: 2 } },
      "Single quotes were read as quotes, 5 times, first at 1:2.",
    ],
    [{ code: "TUPLE", pointer: "", params: { count: 1, line: 2, column: 3 } }, "A tuple was read as a list at 2:3."],
    [
      { code: "REFERENCE_HASH_E", pointer: "/steps/1/with/q", params: { written: "#E1", source: "find.results" } },
      "#E1 is read as ${{ find.results }}.",
    ],
    [
      { code: "UNWRAPPED_PLAN", pointer: "/steps", params: { field: "plan", left: ["model", "cost"], to: "steps" } },
      "plan is written steps; these fields beside it were left out: model, cost.",
    ],
    [
      { code: "UNWRAPPED_PLAN", pointer: "", params: { field: "data", left: [], to: "document" } },
      "The document is the value of data.",
    ],
    [
      { code: "ID_REWRITTEN", pointer: "/steps/0/id", params: { field: "step", written: "My-Step", id: "my_Step" } },
      "step My-Step is the id my_Step.",
    ],
    [
      { code: "ID_REWRITTEN", pointer: "/steps/0/dependsOn", params: { ids: ["s1", "s2"] } },
      "dependsOn names the ids s1, s2.",
    ],
    [{ code: "NO_TOOL", pointer: "/steps/0", params: { tool: "none" } }, 'The tool "none" means that none is called.'],
    [
      { code: "FIELD_RENAMED", pointer: "/steps/0/with", params: { from: "args", to: "with" } },
      "args is written with.",
    ],
  ])("%j", (note, text) => expect(noteMessage(note)).toBe(text));
});

it("the next thing to mend is named with its fix and place", () => {
  const dependency = findingOf(
    "UNKNOWN_DEPENDENCY",
    { pointer: "/steps/1/dependsOn/0" },
    { name: "x", near: ["y"], steps: [] },
  );
  expect(planQuality([dependency])).toEqual({
    stepsClear: true,
    orderDefined: false,
    handoffDefined: true,
    nextFix: 'First define the execution order. There is no step "x". Did you mean y? (/steps/1/dependsOn/0)',
    faults: [{ step: 2, about: "order", message: 'There is no step "x".', fix: "Did you mean y?" }],
  });
  expect(planQuality([]).nextFix).toBe("The plan is now basically executable.");
});
