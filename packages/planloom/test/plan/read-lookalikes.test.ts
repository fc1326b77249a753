// Values that name a step in another notation: read where they can mean one thing, an error where a tool would take
// them as plain text. And texts that only resemble them.
import { describe, expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import type { JsonObject } from "../../src/plan/json.js";
import { readPlan, withReading, type ReadOptions } from "../../src/plan/read/read.js";
import { SAMPLE } from "./sample-inventory.js";

interface Given {
  readonly ids?: readonly (string | number)[];
  readonly dependsOn?: readonly (string | number)[];
  readonly document?: object;
  readonly options?: ReadOptions;
}

/** The value of the third step, after a search and an agent step. */
function third(value: unknown, { ids = ["find", "pick", "tell"], dependsOn, document = {}, options = {} }: Given = {}) {
  const steps = [
    { id: ids[0], tool: "search", with: { query: "rent" } },
    { id: ids[1], agent: "Pick one.", with: { a: 1 } },
    { id: ids[2], agent: "Tell it.", with: { value }, ...(dependsOn === undefined ? {} : { dependsOn }) },
  ];
  const text = JSON.stringify({ ...document, steps });
  const read = readPlan(text, { inventory: SAMPLE, ...options });
  if (read.kind !== "plan") throw new Error(read.kind);
  const draft = read.draft as { readonly steps: readonly { readonly with: { readonly value: unknown } }[] };
  const findings = withReading(check(draft, SAMPLE, { locate: read.locate }), read).findings;
  const like = findings.filter(({ code }) => code === "REFERENCE_LIKE_TEXT");
  return { value: draft.steps[2]?.with.value, like: like.map((one) => ("params" in one ? one.params : {})), findings };
}

describe("a whole value that can mean one step is a reference", () => {
  test.each([
    ["{find.results[0].url}", "${{ find.results[0].url }}"],
    ["{find}", "${{ find }}"],
    ["$find", "${{ find }}"],
    ["$find.results", "${{ find.results }}"],
    ["<find.results>", "${{ find.results }}"],
    ["[find]", "${{ find }}"],
    ["<<find>>", "${{ find }}"],
    ["{{{ find.results }}}", "${{ find.results }}"],
    ["$(find.results)", "${{ find.results }}"],
    ["#{find}", "${{ find }}"],
    ["find.results[0].url", "${{ find.results[0].url }}"],
    ["find.results", "${{ find.results }}"],
    ["pick.output", "${{ pick }}"],
    ["`find.output`", "${{ find }}"],
    ["steps[0].output.results", "${{ find.results }}"],
    ["steps['find'].output", "${{ find }}"],
    ["{{steps[0].output}}", "${{ find }}"],
    ["#E1", "${{ find }}"],
    ["step_1.output", "${{ find }}"],
    ["$step_2.output", "${{ pick }}"],
    ["${step_1.output.results}", "${{ find.results }}"],
    ["{{step_1.output}}", "${{ find }}"],
    ["<output_of_step_1>", "${{ find }}"],
    ["<step_1_output>", "${{ find }}"],
    ["step_2_output", "${{ pick }}"],
    ["[from step 1]", "${{ find }}"],
    ["the output of the previous step", "${{ pick }}"],
    ["Previous step's output", "${{ pick }}"],
    ["previous_step_output", "${{ pick }}"],
    ["[result of the first step]", "${{ find }}"],
    ["Use the results from step 1.", "${{ find }}"],
    ["the choice made in step 2", "${{ pick }}"],
    ["<node-1>.results", "${{ find.results }}"],
    ["{{find}}.results", "${{ find.results }}"],
    ["[step 1].results", "${{ find.results }}"],
    ["<step_1>.results", "${{ find.results }}"],
    ["{{step_1['output']}}", "${{ find }}"],
    ["$steps.1.output", "${{ find }}"],
    ["search.output", "${{ find }}"],
    ["{{ search }}", "${{ find }}"],
    ["__step_1__", "${{ find }}"],
    ["#E1's output", "${{ find }}"],
    ["the result from above", "${{ pick }}"],
    ["${{ step_1.results }}", "${{ find.results }}"],
    ["${{ steps.step_1.output.results }}", "${{ find.results }}"],
    ["<GENERATED-1>", "${{ find }}"],
    ["output_text_from_step_2", "${{ pick }}"],
    ["result_of_pick", "${{ pick }}"],
    ["pick_result", "${{ pick }}"],
  ])("%s", (written, read) => {
    const { value, like, findings } = third(written);
    expect(value).toBe(read);
    expect(like).toEqual([]);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("by its number, where steps have numbers", () => {
    const ids = [4, 5, 6];
    expect(third("step_4.output", { ids }).value).toBe("${{ s4 }}");
    expect(third("$4.output", { ids, dependsOn: [4] }).value).toBe("${{ s4 }}");
    expect(third("<node-5>.title", { ids }).value).toBe("${{ s5.title }}");
  });

  test("the previous step is the only one that this step depends on", () => {
    expect(third("the output of the previous step", { dependsOn: ["find"] }).value).toBe("${{ find }}");
  });

  test("inside a sentence, but not inside code", () => {
    expect(third("Rent: {find.results} and $pick, as found.").value).toBe(
      "Rent: ${{ find.results }} and ${{ pick }}, as found.",
    );
    expect(third("const x = { pick }; $pick").value).toBe("const x = { pick }; $pick");
  });

  test("dependencies in other spellings", () => {
    for (const name of ["step_1", "Step 1", "the first step", "output of step 1", "#E1", "<find>"]) {
      const read = readPlan(
        JSON.stringify({
          steps: [
            { id: "find", agent: "Look." },
            { id: "say", agent: "Say it.", dependsOn: [name] },
          ],
        }),
      );
      expect(read).toMatchObject({ kind: "plan", draft: { steps: [{}, { dependsOn: ["find"] }] } });
    }
  });
});

describe("a whole value that looks like a reference is an error", () => {
  test.each([
    ["<URL of the first shop>", undefined],
    ["<recipient email>", undefined],
    ["<email>", undefined],
    ["[summary]", undefined],
    ["[Insert the summary here]", undefined],
    ["{recipient_email}", undefined],
    ["{{name}}", undefined],
    ["${customer.name}", undefined],
    ["$report", undefined],
    ["YOUR_API_KEY", undefined],
    ["to be determined", undefined],
    ["...", undefined],
    ["result_1", undefined],
    ["API_call_0", undefined],
    ["see above", undefined],
    ["{{ $json.url }}", undefined],
    ["{{shop}}.url", undefined],
    ["the output of the fourth step", undefined],
    ["steps[1].output", undefined],
    ["pick.title", "pick.title"],
    ["step_1", "find"],
    ["@find", "find"],
    ["%1%", "find"],
    ["@2", "pick"],
    ["<<1>>", "find"],
    ["#1.results", "find"],
    ["url_from_step_1", "find"],
    ["see step 2", "pick"],
    ["step 1", "find"],
    ["Ergebnis von Schritt 1", "find"],
    ["résultat de l'étape 2", "pick"],
    ["resultado del paso 1", "find"],
    ["результат шага 1", "find"],
    ["步骤1的结果", "find"],
    ["手順1の結果", "find"],
    ["#pick", "pick"],
    ["&find", "find"],
    ["<%= find %>", "find"],
    ["context.find", "find"],
    ["state.pick.title", "pick"],
    ["ENV[find]", "find"],
    ["ref:find", "find"],
    ["steps/pick/output", "pick"],
    ["find->output", "find"],
    ["find_output.results[0].url", "find"],
    ["data_from_find", "find"],
    ["output_text_from_step_1", "find"],
    ["find_result", "find"],
    ["search(query='rent')", undefined],
    ["$PREV", undefined],
    ["$prev[0]", undefined],
    ["output[0]", undefined],
    ["response.data", undefined],
    ["USER_INPUT", undefined],
    ["TODO: url from search", undefined],
  ])("%s", (written, source) => {
    const { value, like } = third(written, { dependsOn: written.startsWith("steps") ? [] : ["find"] });
    expect(value).toBe(written);
    expect(like).toMatchObject([{ written, ...(source === undefined ? {} : { source }) }]);
    expect("source" in (like[0] ?? {})).toBe(source !== undefined);
  });

  test("an amount that may be a step, in a document without numbers", () => {
    const ambiguous = (text: string) => third(text).findings.filter(({ code }) => code === "AMBIGUOUS_REFERENCE");
    expect(ambiguous("$1")).toHaveLength(1);
    expect(ambiguous("$9")).toEqual([]);
  });

  test("the id of a step that is no word", () => {
    expect(third("find_rent", { ids: ["find_rent", "pick", "tell"] }).like).toMatchObject([{ source: "find_rent" }]);
  });

  test("a record that names a step", () => {
    for (const value of [{ $ref: "find" }, { from_step: 1, field: "results" }, { $ref: "#/steps/find/output" }])
      expect(third(value).like).toMatchObject([{ source: "find" }]);
    expect(third({ ref: "A-17" }).like).toEqual([]);
  });

  test("the output of a step inside a longer text", () => {
    for (const part of ["<output of step 1>", "[results from step 1]", "step_1.output"])
      expect(third(`Rent: ${part}, as found.`).like).toMatchObject([{ written: part, source: "find" }]);
    expect(third("See [step 1 of the guide] and (the output of the plant).").like).toEqual([]);
  });

  test("also in a document with our own notation", () => {
    const { value, like } = third(["{{find}}", "${{ pick }}"]);
    expect(value).toEqual(["{{find}}", "${{ pick }}"]);
    expect(like).toMatchObject([{ written: "{{find}}", source: "find" }]);
  });

  test("a value that is exactly this text can be written", () => {
    const { like, findings } = third('${{ "[summary]" }}');
    expect(like).toEqual([]);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("a step that nobody uses then says where it may be meant", () => {
    const { findings } = third("<rent in Berlin>", { document: { answer: { from: ["pick", "tell"] } } });
    const unused = findings.find(({ code }) => code === "UNUSED_STEP");
    expect(unused).toMatchObject({ params: { step: "find", text: "/steps/2/with/value" } });
  });

  test("in a document of a person nothing is rewritten", () => {
    const person: Given = { document: { planloom: 1 }, options: { author: "person" } };
    const { value, like } = third("$find.results", person);
    expect(value).toBe("$find.results");
    expect(like).toMatchObject([{ source: "find.results" }]);
    expect(third("step 1 of two", person).like).toEqual([]);
  });
});

describe("texts stay as they are", () => {
  test.each([
    "step 1 of baking bread",
    "<p>Only $5 {tax: incl.}, see [1] and #E-shop.</p>",
    "<br/>",
    "<div>",
    "[1]",
    "[a-z]",
    "[1, 2]",
    '{"a": 1}',
    "{}",
    "$HOME",
    "${HOME}",
    "$5",
    "@all",
    "find",
    "summary",
    "pick.md",
    "report.pdf",
    "www.example.org",
    "a@b.example",
    "^\\d{3}$",
    "results of the 2024 election",
    "output of the plant",
    "Dear {{name}}, see [below].",
    "Stop at step 12 of the guide",
    "SELECT * FROM find.results",
    "previous",
    "The last result was good, and the first one too.",
    "#1",
    "#rent",
    "%5%",
    "TODO: buy milk",
    "output.csv",
    "ref: A-17",
    "https://example.org/steps/one",
    "data_from_census",
    "step_9",
    "f(x) = x",
  ])("%s", (text) => {
    const { value, findings } = third(text);
    expect(value).toBe(text);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("titles and instructions", () => {
    const document: JsonObject = {
      steps: [
        { id: "find", agent: "Write to <recipient email>." },
        { id: "say", agent: "<recipient email>", title: "[summary]" },
      ],
    };
    const read = readPlan(JSON.stringify(document));
    expect(read).toMatchObject({ kind: "plan", findings: [] });
  });
});
