// docs/plan-format.md against the sources: its plans run, its findings are all there are, and its examples give them.
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { Finding } from "../../src/plan/finding.js";
import { NO_ORIGIN } from "../../src/plan/origin.js";
import { FUNCTIONS, MACROS, METHODS } from "../../src/plan/expression/functions.js";
import { CEL_WORDS, evaluate, parseExpression } from "../../src/plan/expression/expression.js";
import { agentStepSchema, askStepSchema, planSchema, planStepSchema, toolStepSchema } from "../../src/plan/plan.js";
import { FIELD_WORDS, plainName } from "../../src/plan/read/fields/names.js";
import { readPlan } from "../../src/plan/read/read.js";
import { FINDING_CODES, findingText } from "../../src/words/findings.js";
import { NOTE_CODES } from "../../src/words/notes.js";
import { EVALUATION_CODES } from "../../src/words/problems.js";
import { planQuality } from "../../src/words/quality.js";
import { SAMPLE } from "../plan/sample-inventory.js";
import { blocks, codeRows, codesIn, codesOf, document, matches, section, sources } from "./codes.js";
import { exampleFindings, judged, withFindings } from "./findings-page.js";

const page = document("plan-format.md");
const errors = document("errors.md");
const findings = section(page, "## Findings");
const revisions = section(page, "## Revisions");
const notes = section(page, "## What the reader accepts");
/** Only a run gives these. */
const WITHOUT_A_PLAN: ReadonlySet<string> = new Set(["ACTED_UNUSABLE", "STEP_UNKNOWN"]);
const marked = (kind: string) => blocks(page).filter(({ info }) => info[1] === kind);

const words = (text: string): ReadonlySet<string> => new Set(matches(text, /([A-Za-z_]\w*)/g));
/** Names that are those of this format. */
const FORMAT_FIELDS: ReadonlySet<string> = new Set(
  [toolStepSchema, agentStepSchema, askStepSchema, planStepSchema].flatMap(({ shape }) =>
    Object.keys(shape).map(plainName),
  ),
);
const texts = (list: readonly Finding[]): string => list.map(findingText).join("\n");

describe("plans on the page", () => {
  test("there are some", () => {
    expect(marked("plan").length).toBeGreaterThan(0);
    expect(marked("foreign").length).toBeGreaterThan(0);
  });

  test.each(marked("plan").map(({ text }) => [text.slice(0, 60), text]))("pass check without a word: %s", (_, text) => {
    const result = judged(text);
    expect(texts(result.findings)).toBe("");
    expect(result.ok).toBe(true);
  });

  test.each(marked("foreign").map(({ text }) => [text.slice(0, 60), text]))(
    "of other systems pass check: %s",
    (_, text) => {
      expect(texts(judged(text).findings)).toBe("");
    },
  );
});

/** No text gives them: the world does, or a fault of check. */
const NOT_OF_A_TEXT = ["CHECK_FAILED", "STATE_MISSING", "PRECHECK_FAILED"];

describe("findings", () => {
  test("the tables and the words under the examples are those of the sources: `npm run docs` writes them", () => {
    expect(withFindings(page)).toBe(page);
  });

  test("every code stands in a table, once", () => {
    const listed = [...codesOf(findings), ...codesOf(revisions)];
    expect([...listed].sort()).toEqual([...FINDING_CODES].sort());
    expect([...codesOf(notes)].sort()).toEqual([...NOTE_CODES].sort());
  });

  test("every code of an expression that fails in a run stands among the errors", () => {
    const inErrors = new Set(codesOf(errors));
    expect(EVALUATION_CODES.filter((code) => !inErrors.has(code))).toEqual([]);
    // Nothing else in plan/ has the form of a code.
    const known = new Set<string>([...FINDING_CODES, ...NOTE_CODES, ...EVALUATION_CODES]);
    expect([...codesIn(sources("plan"))].filter((code) => !known.has(code))).toEqual([]);
  });

  test("every finding has an example, and every example a finding", () => {
    const shown = marked("finding").map(({ info }) => info[2]);
    expect(shown).toEqual(codesOf(findings).filter((code) => !NOT_OF_A_TEXT.includes(code)));
    const said = marked("said").map(({ info }) => info[2] ?? "");
    expect([...said].sort()).toEqual([...FINDING_CODES].sort());
  });

  const severities = new Map(codeRows(findings).map(({ codes, cells }) => [codes[0] ?? "", cells[1] ?? ""]));

  test.each(marked("finding").map(({ info, text }) => [info[2] ?? "", text, info.slice(3).join(" ")]))(
    "the example of %s gives it",
    (code, text, options) => {
      const all = exampleFindings(page, "finding", text, options);
      const found = all.find((finding) => finding.code === code);
      expect(found, texts(all)).toBeDefined();
      expect(severities.get(code)).toContain(found?.severity);
      expect(all.filter((finding) => finding.code !== code).map(findingText)).toEqual([]);
    },
  );
});

describe("the quality of a plan", () => {
  test("every finding is an answer, or only advice", () => {
    const advice = codeRows(findings).flatMap(({ codes, cells }) => (cells[1] === "warning" ? codes : []));
    for (const code of codesOf(findings)) {
      const finding: Finding = {
        code,
        severity: advice.includes(code) ? "warning" : "error",
        where: { pointer: "/steps/0" },
        text: { message: "Something is wrong.", fix: "Write something else." },
      };
      const { stepsClear, orderDefined, handoffDefined, nextFix } = planQuality([finding]);
      const good = stepsClear && orderDefined && handoffDefined;
      expect(good && finding.severity === "error", code).toBe(false);
      expect(nextFix).toContain("Write something else. (/steps/0)");
    }
  });
});

describe("adapters", () => {
  test("every adapter has an example, and every example an adapter", () => {
    const shown = marked("adapter").map(({ info }) => info[2]);
    expect(shown).toEqual(codesOf(notes));
  });

  test.each(marked("adapter").map(({ info, text }) => [info[2] ?? "", text]))(
    "the example of %s shows it",
    (code, text) => {
      const read = readPlan(text, { inventory: SAMPLE });
      expect(read).toMatchObject({ kind: "plan", findings: [] });
      expect(read.kind === "plan" && read.notes.map((note) => note.code)).toContain(code);
      expect(texts(judged(text).findings.filter(({ severity }) => severity === "error"))).toBe("");
    },
  );

  test("every field name of another system", () => {
    const named = words(section(page, "### Field names"));
    const plain = new Set([...named].map(plainName));
    expect(FIELD_WORDS.filter((name) => !plain.has(name) && !FORMAT_FIELDS.has(name))).toEqual([]);
  });
});

describe("findings of a revision", () => {
  const examples = blocks(revisions).filter(({ info }) => info[1] === "patch" || info[1] === "revision");

  test("every one has an example, but those that only a run gives", () => {
    expect(examples.map(({ info }) => info[2])).toEqual(codesOf(revisions).filter((code) => !WITHOUT_A_PLAN.has(code)));
  });

  test.each(examples.map(({ info, text }) => [info[2] ?? "", info[1] ?? "", text]))(
    "the example of %s gives it",
    (code, kind, text) => {
      expect(exampleFindings(page, kind, text).map((finding) => finding.code)).toEqual([code]);
    },
  );
});

describe("what the page names", () => {
  test("every field of the document and of steps", () => {
    const fields = words(section(page, "## The document") + section(page, "## Steps"));
    const shapes = [planSchema, toolStepSchema, agentStepSchema, askStepSchema].flatMap(({ shape }) =>
      Object.keys(shape),
    );
    expect(shapes.filter((field) => !fields.has(field))).toEqual([]);
  });

  test("every function, method and macro, and every word that no step may be called", () => {
    const named = words(section(page, "## Expressions"));
    const known = [...FUNCTIONS.keys(), ...METHODS.keys(), ...MACROS.keys(), "has"];
    expect(known.filter((name) => !named.has(name))).toEqual([]);
    const reserved = words(section(page, "## Names"));
    expect([...CEL_WORDS].filter((word) => !reserved.has(word))).toEqual([]);
  });

  test("limits as they are", () => {
    const {
      steps,
      jsonDepth,
      yamlAliases,
      fanOut,
      findings: most,
      expressionChars,
      expressionNodes,
      macroList,
    } = LIMITS;
    const shown = (limit: number): string => limit.toLocaleString("en-US");
    const numbers = new Set(matches(section(page, "## Limits") + section(page, "## Expressions"), /(\d[\d,]*\d)/g));
    const wanted = [steps, jsonDepth, yamlAliases, fanOut, most, expressionChars, expressionNodes, macroList].map(
      shown,
    );
    expect(wanted.filter((limit) => !numbers.has(limit))).toEqual([]);
  });

  test.each([
    ["7 / 2", 3],
    ["inputs.n / 2", 3.5],
    ["double(7) / 2", 3.5],
    ["size(inputs.list) / 2", 1],
    ['1 == "1"', false],
    ["true || inputs.nothing", true],
    ["has(inputs.a.b)", false],
    ['{"b": 1, "a": 2}.map(key, key)', ["b", "a"]],
    ["[1, 2].map(x, x > 1, x * 2)", [4]],
  ])("what it says of expressions: %s", (source, value) => {
    const parsed = parseExpression(source);
    if (!parsed.ok) throw new Error(parsed.problem.kind);
    const inputs = { n: 7, list: [1, 2, 3] };
    expect(evaluate(parsed.expression, () => ({ value: inputs, from: NO_ORIGIN }))).toMatchObject({ ok: true, value });
  });
});
