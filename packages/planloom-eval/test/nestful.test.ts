// NESTFUL's format, on records and specifications of our own.
import { describe, expect, test } from "vitest";
import { nestfulFormat } from "../src/nestful-format.js";
import { check, findingText, type Json } from "planloom/plan";
import { typeFromSchema } from "../../planloom/src/plan/type/schema.js";
import { typeText } from "../../planloom/src/plan/type/type.js";

const SPECS = [
  {
    name: "Library.find_Book",
    description: "Finds a book.",
    query_parameters: {
      title: { type: "String", required: true },
      page: { type: "String", required: false },
      shelf: { type: "Enum", allowed_values: ["ANY", "1", "2"] },
      since: { type: "Date (yyyy-mm-dd)" },
    },
    output_parameters: {
      authors: { type: "array", items: { type: "object", properties: { id: "string", name: { type: "String" } } } },
      "Best Price": { type: "float" },
      lent: { type: "Boolean" },
      extra: { type: "Anything" },
    },
  },
  {
    name: "Author",
    description: "Tells of an author.",
    path_parameters: { author: { type: "String", required: true }, budget: { type: "Number" } },
    output_parameters: { life: { type: "String" } },
  },
] as const satisfies readonly Json[];

const call = (name: string, label: string, args: { readonly [name: string]: Json }): Json => ({
  name,
  label,
  arguments: args,
});
const inventory = nestfulFormat.tools(SPECS)!;
const record = (...output: readonly Json[]) =>
  nestfulFormat.translate(output, inventory).document as { readonly steps: readonly Json[]; readonly answer?: Json };
const found = call("Library.find_Book", "var1", { title: "Momo", page: 1, shelf: 2 });

describe("the inventory", () => {
  const [book, author] = inventory.tools;

  test("has the parameters as types; what travels in an address as text may be a number", () => {
    expect(typeText(typeFromSchema(book!.input))).toBe(
      '{ title: string | number | boolean, page?: string | number | boolean, shelf?: "ANY" | "1" | "2" | 1 | 2, since?: string | number | boolean, [name: string]: unknown }',
    );
    expect(author?.input["required"]).toEqual(["author"]);
  });

  test("has the outputs as types; a type that nobody knows is unknown", () => {
    expect(typeText(typeFromSchema(book!.output!))).toBe(
      '{ authors?: { id?: string, name?: string, [name: string]: unknown }[], "Best Price"?: number, lent?: boolean, extra?: unknown, [name: string]: unknown }',
    );
  });
});

describe("a record", () => {
  test("becomes steps with references, and its result the answer", () => {
    const draft = record(
      found,
      call("Author", "var2", { author: "$var1.authors[0].id$", budget: "$var1.Best Price$" }),
      { name: "var_result", arguments: { life: "$var2.life$", all: ["$var1$", "by $var1.authors[0].name$ for $15"] } },
    );
    expect(draft.steps).toEqual([
      { id: "var1", tool: "Library.find_Book", with: { title: "Momo", page: 1, shelf: 2 } },
      {
        id: "var2",
        tool: "Author",
        with: { author: "${{ var1.authors[0].id }}", budget: '${{ var1["Best Price"] }}' },
      },
    ]);
    expect(draft.answer).toEqual({
      value: { life: "${{ var2.life }}", all: ["${{ var1 }}", "by ${{ var1.authors[0].name }} for $15"] },
    });
    expect(check(draft, inventory).findings.map(findingText)).toEqual([]);
  });

  test("keeps text as it is; what refers to no call is found by check", () => {
    const draft = record(found, call("Author", "var2", { author: "$var9.id$, var1.id$ and ${{ 1 }}" }));
    expect(draft.steps).toMatchObject([{}, { with: { author: "${{ var9.id }}, var1.id$ and $${{ 1 }}" } }]);
    expect(check(draft, inventory).findings.map(({ code }) => code)).toContain("UNKNOWN_REFERENCE");
  });

  test("with labels that are no ids, or none, gets ids", () => {
    const draft = record(call("Author", "1st", { author: "a" }), { name: "Author", arguments: { author: "b" } });
    expect(draft.steps).toMatchObject([{ id: "s1st" }, { id: "call2" }]);
  });

  test.each([
    ["MISSING_ARGUMENT", call("Author", "var2", { budget: 1 })],
    ["PATH_NOT_IN_TYPE", call("Author", "var2", { author: "$var1.authors.id$" })],
    ["ARGUMENT_TYPE", call("Author", "var2", { author: "$var1.authors$" })],
    ["ARGUMENT_TYPE", call("Library.find_Book", "var2", { title: "Momo", shelf: 3 })],
    ["UNKNOWN_TOOL", call("Authors", "var2", {})],
  ])("that contradicts the specification has the finding %s", (code, wrong) => {
    const { findings } = check(record(found, wrong), inventory);
    expect(findings.map((finding) => finding.code)).toEqual([code]);
  });

  test("may give and read what the specification does not name: it names neither all arguments nor all fields", () => {
    const draft = record(found, call("Author", "var2", { author: "$var1.writer$", name: "b" }));
    expect(check(draft, inventory).findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("of another form does not throw", () => {
    expect(record(1, null, {}, { name: 2, arguments: "x" }).steps).toHaveLength(4);
  });
});
