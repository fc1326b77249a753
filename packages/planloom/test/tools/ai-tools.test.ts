// Tools of the AI SDK 6 and 7: what planners and the guard read of them, what `execute` gets, and which are refused.
import * as six from "ai";
import * as seven from "ai-sdk-7";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod-3";
import { createLoom, memoryStore, type PlanloomError, type Tool } from "../../src/index.js";
import { aiTools, type AiTool } from "../../src/tools.js";
import { called, contextOf, errorOf, unusableOf } from "./tool-context.js";

/** Both versions define tools alike. */
const VERSIONS = [
  ["6", six as unknown as typeof seven],
  ["7", seven],
] as const;

const only = (tools: readonly Tool[]): Tool => tools[0]!;

describe.each(VERSIONS)("AI SDK %s", (_, { tool, dynamicTool, jsonSchema, zodSchema }) => {
  const weather = tool({
    description: "Tells the weather of a city.",
    inputSchema: z.object({ city: z.string(), days: z.number().default(3) }),
    outputSchema: z.object({ text: z.string() }),
    execute: ({ city, days }) => ({ text: `${city} ${days}` }),
  });

  test("undeclared, a tool acts once, is private and untrusted, and sends its arguments away", () => {
    const { spec } = only(aiTools({ weather }));
    expect(spec).toMatchObject({ name: "weather", effects: "once", egress: true });
    expect(spec.description).toBe("Tells the weather of a city.");
    expect(spec.input).toMatchObject({ type: "object", required: ["city"] });
    expect(spec.output).toMatchObject({ properties: { text: { type: "string" } } });
    for (const key of ["trusted", "public", "approval"]) expect(spec).not.toHaveProperty(key);
  });

  test("what the program declares counts", () => {
    const { spec } = only(
      aiTools(
        { weather },
        {
          effects: { weather: "none" },
          trusted: { weather: true },
          public: { weather: true },
          egress: { weather: false },
          content: { weather: ["city"] },
          timeout: { weather: "2s" },
          approval: { weather: "required" },
          description: { weather: "Another text." },
        },
      ),
    );
    expect(spec).toMatchObject({
      ...{ effects: "none", trusted: true, public: true, content: ["city"], timeoutMs: 2_000, approval: "required" },
      description: "Another text.",
    });
    expect(spec).not.toHaveProperty("egress");
  });

  test.each([
    [true, "required"],
    [() => false, "required"],
    ["always", "required"],
    [false, undefined],
    [undefined, undefined],
  ])("needsApproval: %o gives approval: %s", (needsApproval, approval) => {
    const made = only(aiTools({ weather: { ...weather, needsApproval } }));
    expect(made.spec.approval).toBe(approval);
  });

  test("execute gets checked arguments, the key as toolCallId, the signal and the context of the run", async () => {
    const execute = vi.fn((_args: unknown, _options: unknown) => Promise.resolve({ text: "fine" }));
    const made = only(aiTools({ weather: { ...weather, execute } }));
    const context = { ...contextOf(), context: { user: "ada" } };
    expect(await made.call({ city: "Rome" }, context)).toStrictEqual({ text: "fine" });
    expect(execute.mock.calls[0]![0]).toStrictEqual({ city: "Rome", days: 3 });
    expect(execute.mock.calls[0]![1]).toMatchObject({
      ...{ toolCallId: "k1", messages: [], context: { user: "ada" }, experimental_context: { user: "ada" } },
      abortSignal: context.signal,
    });
    expect(await errorOf(called(made, { city: 1 }))).toMatchObject({ code: "BAD_ARGUMENTS" });
  });

  test("the last value of a streaming execute is the output, those before are progress", async () => {
    const stream = tool({
      description: "Counts.",
      inputSchema: z.object({}),
      async *execute() {
        yield "one";
        yield { n: await Promise.resolve(2) };
        yield "three";
      },
    });
    const progress = vi.fn();
    expect(await only(aiTools({ stream })).call({}, { ...contextOf(), progress })).toBe("three");
    expect(progress.mock.calls.flat()).toStrictEqual(["one", '{"n":2}']);
  });

  test("a stream without end that never waits lets the time limit come", async () => {
    const endless = tool({
      description: "Never ends.",
      inputSchema: z.object({}),
      async *execute() {
        for (let n = 0; ; n++) yield n;
      },
    });
    await expect(called(only(aiTools({ endless })), {}, AbortSignal.timeout(20))).rejects.toThrow("timeout");
  });

  test("a stream is left when the call is stopped, and its end is told to it", async () => {
    const stop = new AbortController();
    const ended = vi.fn();
    const endless = tool({
      description: "Never ends.",
      inputSchema: z.object({}),
      async *execute() {
        try {
          for (let n = 0; ; n++) {
            if (n === 3) stop.abort(new Error("enough"));
            yield await Promise.resolve(n);
          }
        } finally {
          ended();
        }
      },
    });
    await expect(called(only(aiTools({ endless })), {}, stop.signal)).rejects.toThrow("enough");
    expect(ended).toHaveBeenCalledOnce();
  });

  test.each<[string, unknown]>([
    ["zod 3", z3.object({ n: z3.number().int() })],
    ["jsonSchema()", jsonSchema({ type: "object", properties: { n: { type: "integer" } }, required: ["n"] })],
    [
      "jsonSchema() with its own check",
      jsonSchema(
        { type: "object", properties: { n: { type: "integer" } }, required: ["n"] },
        {
          validate: (value) =>
            Number.isInteger((value as { n: unknown }).n)
              ? { success: true, value }
              : { success: false, error: new Error("n is no whole number") },
        },
      ),
    ],
    ["a schema that is made later", () => zodSchema(z.object({ n: z.int() }))],
  ])("arguments are checked by a schema of %s", async (_name, inputSchema) => {
    const made = only(aiTools({ t: { description: "d", inputSchema, execute: (args: unknown) => args } }));
    expect(made.spec.input).toMatchObject({ properties: { n: { type: "integer" } }, required: ["n"] });
    expect(await called(made, { n: 1 })).toStrictEqual({ n: 1 });
    expect(await errorOf(called(made, { n: "x" }))).toMatchObject({ code: "BAD_ARGUMENTS" });
  });

  test("an output that does not fit is unusable; a dynamic tool has none declared", async () => {
    const wrong = { ...weather, execute: () => ({ text: 1 }) } as unknown as AiTool;
    expect(await unusableOf(called(only(aiTools({ wrong })), { city: "Rome" }))).toMatchObject({ code: "BAD_OUTPUT" });
    const free = dynamicTool({ description: "d", inputSchema: z.object({}), execute: () => Promise.resolve([1]) });
    expect(await called(only(aiTools({ free })), {})).toStrictEqual([1]);
  });

  const refusals: readonly (readonly [string, object, object, string, string])[] = [
    ["a tool of the provider", { type: "provider", id: "a.b", args: {} }, {}, "run by the provider", "Leave it out"],
    ["no execute", { execute: undefined }, {}, "no execute function", "Add execute"],
    ["no description", { description: undefined }, {}, "no description", "description: { name:"],
    ["a description that is a function", { description: () => "d" }, {}, "is a function", "a text instead"],
    ["no schema", { inputSchema: 3 }, {}, "inputSchema that is no schema", "inputSchema: z.object"],
    ["a promise", { outputSchema: jsonSchema(Promise.resolve({})) }, {}, "is a promise", "jsonSchema(await"],
    ["an effect class that is none", {}, { effects: { weather: "some" } }, "effects:", '"idempotent"'],
    ["a misspelt name", {}, { effects: { wether: "none" } }, "named in effects", "Write weather."],
    ["a misspelt option", {}, { efects: { weather: "none" } }, "no option of aiTools", "Write effects."],
    ["an option that is no record", {}, { effects: "none" }, "given effects", "effects: { nameOfTool"],
  ];
  test.each(refusals)("%s is refused", (_name, changed, options, message, next) => {
    let error: unknown;
    try {
      aiTools({ weather: { ...weather, ...changed } }, options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "BAD_TOOL", message: expect.stringContaining(message) as string });
    expect((error as PlanloomError).next).toContain(next);
  });

  test("a loom runs them", async () => {
    const loom = await createLoom({
      ...{ store: memoryStore(), models: {} },
      tools: [aiTools({ weather }, { effects: { weather: "none" } })],
    });
    const plan = { goal: "g", steps: [{ id: "w", tool: "weather", with: { city: "Rome" } }], answer: "${{ w.text }}" };
    expect(await (await loom.start("g", { plan })).result()).toMatchObject({ status: "completed", answer: "Rome 3" });
    await loom.close();
  });
});

test("a value that is no tool of the AI SDK is refused", () => {
  expect(() => aiTools({ weather: { run: () => 1 } as never })).toThrow("no tool of the AI SDK");
});
