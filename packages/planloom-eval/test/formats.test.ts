// The formats of datasets: how a record of each becomes a plan in our fields, and that nothing is guessed on the way.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nestfulFormat } from "../src/nestful-format.js";
import { planloomFormat } from "../src/planloom-format.js";
import { isUnusable, type Format } from "../src/sample.js";
import { scoreSample } from "../src/score.js";
import { taskbenchFormat } from "../src/taskbench-format.js";
import { NESTFUL_GOLD, NESTFUL_TOOLS, node, taskbench, TASKBENCH_TOOLS, TOOLS } from "./samples.js";

function scored(format: Format, tools: unknown, record: unknown) {
  const sample = format.sample(record, format.tools(tools), "record 1");
  if (isUnusable(sample)) throw new Error(sample.message);
  return scoreSample(sample, format);
}

describe("TaskBench", () => {
  const inventory = taskbenchFormat.tools(TASKBENCH_TOOLS)!;
  const document = (record: unknown) => taskbenchFormat.translate(record, inventory).document;
  const errors = (record: unknown) =>
    scored(taskbenchFormat, TASKBENCH_TOOLS, record)
      .read.findings.filter(({ severity }) => severity === "error")
      .map(({ code, where }) => `${code} ${where.pointer}`);

  test("nodes, links and arguments by their place", () => {
    const record = taskbench(
      "1",
      [node("Sound Finder", "rain"), node("Sound Mixer", "<node-0>", { name: "second", value: "wind.wav" })],
      [["Sound Finder", "Sound Mixer"]],
    );
    expect(document(record)).toEqual({
      steps: [
        { id: "sound_finder", title: "Use Sound Finder.", tool: "Sound Finder", with: { text: "rain" } },
        {
          id: "sound_mixer",
          title: "Use Sound Mixer.",
          tool: "Sound Mixer",
          with: { sound: "${{ sound_finder }}", sound2: "wind.wav" },
          dependsOn: ["sound_finder"],
        },
      ],
    });
    expect(errors(record)).toEqual([]);
  });

  test("a tool that is not there, and a link that leads nowhere", () => {
    const record = taskbench(
      "2",
      [node("Sound Detector", "rain"), node("Sound-to-Score", "x")],
      [
        ["Sound Detector", "Sound-to-Score"],
        ["Sound Finder", "Sound-to-Score"],
        ["Sound-to-Score", "Sound Printer"],
      ],
    );
    expect(errors(record).sort()).toEqual([
      "UNKNOWN_DEPENDENCY /steps/1/dependsOn/1",
      "UNKNOWN_DEPENDENCY /task_links/2/target",
      "UNKNOWN_TOOL /steps/0/tool",
    ]);
  });

  test("two nodes of one tool are two steps, unless a link names the tool: then nothing says which", () => {
    const twice = [node("Sound Finder", "rain"), node("Sound Finder", "wind"), node("Sound-to-Score", "x")];
    expect(errors(taskbench("3", twice, []))).toEqual([]);
    expect(errors(taskbench("4", twice, [["Sound Finder", "Sound-to-Score"]]))).toEqual(["DUPLICATE_ID /steps/1/id"]);
  });

  test("cycles, self links and references beyond the last node", () => {
    const two = [node("Sound Finder", "x"), node("Sound-to-Score", "<node-7>")];
    const round: [string, string][] = [
      ["Sound Finder", "Sound-to-Score"],
      ["Sound-to-Score", "Sound Finder"],
    ];
    expect(errors(taskbench("5", two, round)).map((error) => error.split(" ")[0])).toEqual(
      expect.arrayContaining(["CYCLE", "UNKNOWN_REFERENCE"]),
    );
    expect(errors(taskbench("6", [node("Sound Finder", "x")], [["Sound Finder", "Sound Finder"]]))).toEqual([
      "SELF_REFERENCE /steps/0/dependsOn/0",
    ]);
  });

  test("arguments that have names are held against them", () => {
    const tools = {
      nodes: [{ id: "book_table", desc: "Books a table.", parameters: [{ name: "time", type: "time" }] }],
    };
    const given = (name: string) => taskbench("7", [node("book_table", { name, value: "noon" })], []);
    expect(scored(taskbenchFormat, tools, given("time")).read.sound).toBe(true);
    expect(scored(taskbenchFormat, tools, given("hour")).read.findings[0]!.code).toBe("UNKNOWN_ARGUMENT");
  });

  test("what looks like a reference of ours is text there", () => {
    const record = taskbench("8", [node("Sound Finder", "costs ${{ money }}")], []);
    expect(errors(record)).toEqual([]);
  });
});

describe("NESTFUL", () => {
  test("calls, labels, paths with spaces, and the answer; a price stays a price", () => {
    expect(nestfulFormat.translate(NESTFUL_GOLD, { tools: [] }).document).toEqual({
      steps: [
        { id: "var1", tool: "City_Finder", with: { name: "Bern", limit: 1 } },
        { id: "var2", tool: "Weather", with: { city: "${{ var1.id }}", height: '${{ var1["Mean Height"] }}' } },
      ],
      answer: { value: { rain: "${{ var2.days[0].rain }}", cost: "$15" } },
    });
    const { read, gold } = scored(nestfulFormat, NESTFUL_TOOLS, { input: "Rain in Bern?", output: NESTFUL_GOLD });
    expect([read.sound, gold]).toEqual([true, []]);
  });

  test("types of the specification are checked, as far as it goes: what it does not name may be there", () => {
    const output = [
      { name: "City_Finder", arguments: { population: 3 }, label: "var1" },
      { name: "Weather", arguments: { city: "$var1.zip$" }, label: "var2" },
    ];
    const { read } = scored(nestfulFormat, NESTFUL_TOOLS, { input: "?", output });
    expect(read.findings.filter(({ severity }) => severity === "error").map(({ code }) => code)).toEqual([
      "MISSING_ARGUMENT",
    ]);
  });

  test("what a model generated is scored against the gold calls, as text too", () => {
    const generated = `\`\`\`json\n${JSON.stringify(NESTFUL_GOLD.slice(0, 1))}\n\`\`\``;
    const { asWritten, read } = scored(nestfulFormat, NESTFUL_TOOLS, {
      input: "Rain in Bern?",
      output: JSON.stringify(NESTFUL_GOLD),
      generated_text: generated,
    });
    expect(asWritten.read).toBe(false);
    expect(read.likeness!.node).toEqual({ precision: 1, recall: 1 / 2, f1: 2 / 3 });
  });

  test("tools may come with each record, as text and as a JSON Schema", () => {
    const parameters = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
    const tools = JSON.stringify([{ name: "City_Finder", description: "Finds a city.", parameters }]);
    const record = { input: "?", tools, output: [{ name: "City_Finder", arguments: {}, label: "$var1" }] };
    const sample = nestfulFormat.sample(record, undefined, "record 1");
    if (isUnusable(sample)) throw new Error(sample.message);
    const codes = scoreSample(sample, nestfulFormat).read.findings.map(({ code }) => code);
    expect(codes).toContain("MISSING_ARGUMENT");
  });
});

describe("any format", () => {
  const any = fc.jsonValue({ maxDepth: 3 });
  const some = (...names: readonly string[]) =>
    fc.record(Object.fromEntries(names.map((name) => [name, fc.oneof(fc.string(), any)])), { requiredKeys: [] });
  const nodes = fc.array(fc.oneof(some("task", "arguments"), any), { maxLength: 4 });
  const links = fc.array(fc.oneof(some("source", "target"), any), { maxLength: 4 });
  const calls = fc.array(fc.oneof(some("name", "arguments", "label"), any), { minLength: 1, maxLength: 4 });
  test.each([
    [taskbenchFormat, TASKBENCH_TOOLS, fc.record({ task_nodes: nodes, task_links: links, task_steps: any, gold: any })],
    [
      nestfulFormat,
      NESTFUL_TOOLS,
      fc.record({ input: fc.string(), output: calls, generated_text: fc.oneof(fc.string(), calls) }),
    ],
    [planloomFormat, TOOLS, fc.record({ output: fc.oneof(fc.string(), any), repairs: fc.array(any), gold: any })],
  ] as const)("whatever stands in a record of $name, it is scored or named", (format, tools, records) => {
    const inventory = format.tools(tools);
    fc.assert(
      fc.property(records as fc.Arbitrary<unknown>, (record) => {
        const sample = format.sample(record, inventory, "record 1");
        if (isUnusable(sample)) expect(sample.code).toMatch(/^RECORD_/);
        else {
          const { read } = scoreSample(sample, format);
          expect(read.sound).toBe(read.findings.every(({ severity }) => severity === "warning"));
        }
      }),
    );
  });

  test("a reply that nests 200,000 levels deep is no plan", () => {
    const output = `{"steps": ${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    const sample = planloomFormat.sample({ output, tools: TOOLS }, undefined, "record 1");
    if (isUnusable(sample)) throw new Error(sample.message);
    const { asWritten, read } = scoreSample(sample, planloomFormat);
    expect([asWritten.read, read.read]).toEqual([false, false]);
  });
});
