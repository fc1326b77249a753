// tool(): what a definition must say, and what happens between a plan's arguments and a recorded output.
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { z } from "zod";
import { PlanloomError } from "../../src/words/planloom-error.js";
import type { Json, JsonObject } from "../../src/plan/json.js";
import type { StandardSchema } from "../../src/tools/schema.js";
import { tool, ToolError, UnusableOutput, type Tool, type ToolContext } from "../../src/tools/tool.js";
import { called, contextOf, errorOf, unusableOf } from "./tool-context.js";

const tickets = z.object({ project: z.string(), limit: z.number().default(10) });
const loaded = z.object({ ids: z.array(z.number()) });

function withOutput(returned: unknown): Tool {
  return tool({ name: "t", description: "d", input: z.object({}), effects: "none", run: () => returned });
}

describe("types follow from the schemas", () => {
  it("arguments after, the returned value before the check", () => {
    tool({
      name: "load_tickets",
      description: "Loads tickets.",
      input: tickets,
      output: loaded,
      effects: "none",
      content: ["project"],
      run(args, context) {
        expectTypeOf(args).toEqualTypeOf<{ project: string; limit: number }>();
        expectTypeOf(context).toEqualTypeOf<ToolContext>();
        return { ids: [args.limit] };
      },
      summary(output) {
        expectTypeOf(output).toEqualTypeOf<{ ids: number[] }>();
        return `Loaded ${output.ids.length} tickets`;
      },
    });
    // @ts-expect-error: ids must be numbers
    tool({ name: "a", description: "d", input: tickets, output: loaded, effects: "none", run: () => ({ ids: ["1"] }) });
    const given = { name: "b", description: "d", input: tickets, effects: "none", run: () => 1 } as const;
    // @ts-expect-error: no such argument
    expect(() => tool({ ...given, content: ["text"] })).toThrow(PlanloomError);
    // @ts-expect-error: effects are required
    expect(() => tool({ name: "c", description: "d", input: tickets, run: () => 1 })).toThrow(PlanloomError);
  });

  it("a plain JSON Schema gives JSON", () => {
    tool({
      name: "t",
      description: "d",
      input: { type: "object", properties: { a: { type: "string" } } },
      effects: "none",
      run: (args) => expectTypeOf(args).toEqualTypeOf<{ readonly [name: string]: Json }>(),
    });
  });
});

describe("the definition", () => {
  it("becomes a spec as data", () => {
    const made = tool({
      name: "send-mail",
      description: "Sends.",
      input: tickets,
      output: loaded,
      effects: "once",
      approval: "required",
      trusted: true,
      timeout: "1.5m",
      run: () => ({ ids: [] }),
    });
    expect(made.spec).toEqual({
      name: "send-mail",
      description: "Sends.",
      input: {
        type: "object",
        properties: { project: { type: "string" }, limit: { type: "number", default: 10 } },
        required: ["project"],
      },
      output: {
        type: "object",
        properties: { ids: { type: "array", items: { type: "number" } } },
        required: ["ids"],
        additionalProperties: false,
      },
      effects: "once",
      approval: "required",
      trusted: true,
      timeoutMs: 90_000,
    });
    expect(JSON.parse(JSON.stringify(made.spec))).toEqual(made.spec);
  });

  const good = { name: "t", description: "d", input: z.object({}), effects: "none", run: () => 1 };
  it.each([
    ["a dot in its name", { name: "a.b" }, /name that cannot be used/],
    ["a name that begins with a digit", { name: "1a" }, /name that cannot be used/],
    ["a name of 65 characters", { name: "a".repeat(65) }, /name that cannot be used/],
    ["no description", { description: " " }, /has no description/],
    ["no effects", { effects: undefined }, /does not say which effects/],
    ["unknown effects", { effects: "some" }, /has effects: "some"/],
    ["no run", { run: undefined }, /no run function/],
    ["an input that is no object", { input: z.string() }, /input that is not an object/],
    [
      "a union as input",
      { input: z.union([z.object({}), z.object({ a: z.string() })]) },
      /input that is not an object/,
    ],
    ["an input without JSON Schema", { input: foreign() }, /its library, mine, offers none/],
    ["an input that JSON cannot carry", { input: z.object({ at: z.date() }) }, /JSON Schema \(.*Date/],
    ["an output that JSON cannot carry", { output: z.bigint() }, /output schema/],
    ["no schema at all", { input: 3 }, /neither a Standard Schema nor/],
    ["an unknown content argument", { content: ["text"] }, /"text" as content/],
    ["a timeout of 0", { timeout: 0 }, /timeout 0/],
    ["a timeout in words", { timeout: "soon" }, /timeout soon/],
  ])("is refused with %s", (_what, change, message) => {
    const error = thrownBy(() => tool({ ...good, ...change } as unknown as Parameters<typeof tool>[0]));
    expect(error).toBeInstanceOf(PlanloomError);
    expect(error).toMatchObject({ code: "BAD_TOOL", kind: "config" });
    expect((error as PlanloomError).message).toMatch(message);
    expect((error as PlanloomError).next).toBeTruthy();
  });

  it("says as data how its output is to be trusted, where its arguments go, and what it can be asked", async () => {
    const made = tool({
      name: "t",
      description: "d",
      input: tickets,
      effects: "once",
      egress: true,
      content: ["project"],
      public: true,
      labels: "pass",
      version: "2026-03",
      reach: { roots: ["/srv/b", "/srv/a"], hosts: ["mail.example"] },
      run: () => 1,
      reconcile: (key) => ({ happened: true, output: key }),
    });
    expect(made.spec.reconciles).toBe(true);
    expect(made.spec).toMatchObject({ egress: true, content: ["project"], public: true, labels: "pass" });
    expect(made.spec.version).toBe("2026-03");
    expect(made.spec.reach).toEqual({ roots: ["/srv/a", "/srv/b"], hosts: ["mail.example"] });
    expect(await made.reconcile?.("k9", contextOf())).toEqual({ happened: true, output: "k9" });
  });
});

describe("the arguments", () => {
  const echo = tool({ name: "echo", description: "d", input: tickets, effects: "none", run: (args) => args });

  it("arrive checked, with their defaults", async () => {
    expect(await called(echo, { project: "a" })).toEqual({ project: "a", limit: 10 });
  });

  it("are refused with their path", async () => {
    const error = await errorOf(called(echo, { project: 3 }));
    expect(error).toMatchObject({ code: "BAD_ARGUMENTS", retryable: false });
    expect(error.message).toMatch(/echo.*project:.*expected string/);
  });

  it("are a copy: a tool cannot change the run", async () => {
    const list = tool({
      name: "t",
      description: "d",
      input: { type: "object", properties: { list: { type: "array" } } },
      effects: "none",
      run: ({ list }) => (list as Json[]).push(1),
    });
    const args = { list: [0] };
    expect(await called(list, args)).toBe(2);
    expect(args).toEqual({ list: [0] });
  });

  it("may not carry __proto__", async () => {
    const args = JSON.parse('{ "project": "a", "__proto__": { "limit": 3 } }') as { project: string };
    expect((await errorOf(called(echo, args))).message).toMatch(/key __proto__/);
  });

  it("fit a plain JSON Schema as well", async () => {
    const plain = tool({
      name: "plain",
      description: "d",
      input: { type: "object", properties: { n: { type: "number" } }, required: ["n"], additionalProperties: false },
      output: { type: "string" },
      effects: "none",
      run: ({ n }) => (n === 1 ? "one" : n),
    });
    expect(await called(plain, { n: 1 })).toBe("one");
    expect((await errorOf(called(plain, { n: "1" }))).code).toBe("BAD_ARGUMENTS");
    expect((await errorOf(called(plain, {}))).code).toBe("BAD_ARGUMENTS");
    expect((await unusableOf(called(plain, { n: 2 }))).code).toBe("BAD_OUTPUT");
  });

  it("keep the limits of a plain JSON Schema, and are passed on as they are", async () => {
    const plain = (n: JsonObject, more: JsonObject = {}) =>
      tool({
        ...{ name: "plain", description: "d", effects: "none", output: {} },
        input: { type: "object", properties: { n, format: { type: "string" } }, ...more },
        run: (args) => args as object,
      });
    const misfit = await errorOf(called(plain({ type: "number", minimum: 2 }), { n: 1 }));
    expect(misfit).toMatchObject({ code: "BAD_ARGUMENTS", message: expect.stringContaining("n: Too small") as string });
    expect((await errorOf(called(plain({ type: "string", pattern: "^a" }), { n: "b" }))).code).toBe("BAD_ARGUMENTS");
    // Formats and defaults are notes; keywords that nobody here can check refuse nothing.
    expect(await called(plain({ type: "string", format: "uri", default: "x" }), { n: "no address" })).toEqual({
      n: "no address",
    });
    expect(await called(plain({ type: "string", default: "x" }), { format: "f" })).toEqual({ format: "f" });
    expect(await called(plain({ type: "number" }, { if: { required: ["n"] }, then: {} }), { n: 1 })).toEqual({ n: 1 });
  });

  it("are checked by any Standard Schema that gives JSON Schema, also when it takes its time", async () => {
    const schema: StandardSchema<{ a: string }, { a: number }> = {
      "~standard": {
        version: 1,
        vendor: "mine",
        validate: async (value) => {
          const a = Number((value as { a: string }).a);
          return Number.isNaN(a) ? { issues: [{ message: "no number", path: [{ key: "a" }] }] } : { value: { a } };
        },
        jsonSchema: { input: () => ({ type: "object", properties: { a: { type: "string" } } }), output: () => ({}) },
      },
    };
    const slow = tool({ name: "slow", description: "d", input: schema, effects: "none", run: ({ a }) => a + 1 });
    expect(await called(slow, { a: "41" })).toBe(42);
    expect((await errorOf(called(slow, { a: "x" }))).message).toContain("a: no number");
  });

  it("of zod before it had a JSON Schema part of its own", () => {
    const schema = z.object({ a: z.string() });
    const { jsonSchema: _left, ...older } = schema["~standard"] as unknown as { jsonSchema: unknown };
    const before = Object.create(schema, { "~standard": { value: older } }) as typeof schema;
    const made = tool({ name: "t", description: "d", input: before, effects: "none", run: ({ a }) => a });
    expect(made.spec.input["properties"]).toEqual({ a: { type: "string" } });
  });
});

describe("a check of the arguments that goes wrong: nothing has run, so nothing is in doubt", () => {
  const checkedBy = (validate: StandardSchema["~standard"]["validate"]) => {
    const written = () => ({ type: "object" });
    const input = {
      "~standard": { version: 1, vendor: "own", validate, jsonSchema: { input: written, output: written } },
    };
    const run = vi.fn(() => 1);
    const made = tool({ name: "t", description: "d", input: input as StandardSchema, effects: "once", run });
    return { made, run };
  };

  it.each<[string, unknown, boolean]>([
    ["an error of a network", new Error("fetch failed"), true],
    ["a fault of the program", new TypeError("oops"), false],
    ["a text", "no", true],
    [
      "a proxy",
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("hands off");
          },
        },
      ),
      true,
    ],
  ])("it throws %s", async (_what, thrown, retryable) => {
    const { made, run } = checkedBy(() => {
      throw thrown;
    });
    expect(await errorOf(called(made, {}))).toMatchObject({ code: "BAD_ARGUMENTS", retryable });
    expect(run).not.toHaveBeenCalled();
  });

  it("it does not end before the call is stopped", async () => {
    const stop = new AbortController();
    const { made, run } = checkedBy(() => new Promise<never>(() => queueMicrotask(() => stop.abort())));
    const error = await errorOf(called(made, {}, stop.signal));
    expect(error).toMatchObject({ code: "BAD_ARGUMENTS", retryable: true });
    expect(error.message).toContain("the check of the arguments did not end in time");
    expect(run).not.toHaveBeenCalled();
  });
});

describe("the output", () => {
  it.each([
    [undefined, null],
    [null, null],
    [-0, 0],
    [{ a: undefined, b: 1 }, { b: 1 }],
    [
      [undefined, 1],
      [null, 1],
    ],
    [Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
    [{ constructor: "McLaren" }, { constructor: "McLaren" }],
  ])("%o is recorded as %j", async (returned, recorded) => {
    const value = await called(withOutput(returned), {});
    expect(value).toEqual(recorded);
    expect(Object.is(value, -0)).toBe(false);
  });

  const cycle: Record<string, unknown> = { a: {} };
  (cycle["a"] as Record<string, unknown>)["back"] = cycle;
  let deep: unknown = 1;
  for (let i = 0; i < 65; i++) deep = [deep];
  // Two to the power of 60 leaves out of 60 lists.
  let shared: unknown = [1];
  for (let i = 0; i < 60; i++) shared = [shared, shared];
  it.each([
    ["a cycle", cycle, /a\.back contains itself/],
    ["a function", { a: [() => 1] }, /a\[0\] is a function/],
    ["a BigInt", { total: 1n }, /total is a bigint/],
    ["NaN", { a: { b: NaN } }, /a\.b is NaN/],
    ["infinity", Infinity, /the value is Infinity/],
    ["a symbol", [Symbol("x")], /is a symbol/],
    ["a Date", { at: new Date(0) }, /at is a Date/],
    ["a Map", new Map(), /the value is a Map/],
    ["a __proto__ key", JSON.parse('{ "__proto__": 1 }'), /key __proto__/],
    ["65 levels", deep, /deeper than 64/],
    ["more than 8 MiB", "x".repeat(8 * 1024 * 1024), /larger than 8388608 bytes/],
    ["more than 8 MiB once it is written", "\u0001".repeat(2 * 1024 * 1024), /larger than 8388608 bytes/],
    ["parts shared without end", shared, /larger than|deeper/],
  ])("with %s is refused, and where is said", async (_what, returned, message) => {
    const error = await unusableOf(called(withOutput(returned), {}));
    expect(error.failure).toMatchObject({ code: "BAD_OUTPUT", retryable: false });
    expect(error.message).toMatch(message);
  });

  it("64 levels and shared parts are fine", async () => {
    const part = { a: 1 };
    expect(await called(withOutput([part, part]), {})).toEqual([{ a: 1 }, { a: 1 }]);
    expect(await called(withOutput((deep as unknown[])[0]), {})).toEqual((deep as unknown[])[0]);
  });

  it("is what its schema makes of it", async () => {
    const dated = tool({
      name: "dated",
      description: "d",
      input: z.object({}),
      output: z.object({ ids: z.array(z.number()) }),
      effects: "none",
      run: () => ({ ids: [1], secret: "left out" }) as { ids: number[] },
      summary: ({ ids }) => `${ids.length} ids`,
    });
    expect(await called(dated, {})).toEqual({ ids: [1] });
    expect(dated.summary?.({ ids: [1, 2] })).toBe("2 ids");
  });

  it("that does not fit its schema is refused with its path", async () => {
    const wrong = tool({
      name: "w",
      description: "d",
      input: z.object({}),
      output: loaded,
      effects: "none",
      run: () => JSON.parse('{"ids":["1"]}') as never,
    });
    const error = await unusableOf(called(wrong, {}));
    expect(error.message).toMatch(/w cannot be used: ids\.0:/);
    expect(error.returned).toEqual({ ids: ["1"] });
  });

  it("is refused as after the call, whatever goes wrong in its schema", async () => {
    const schema = (validate: () => never): StandardSchema => ({
      "~standard": { version: 1, vendor: "own", validate, jsonSchema: { input: () => ({}), output: () => ({}) } },
    });
    for (const thrown of [new TypeError("oops"), new ToolError("no", { code: "NO" })]) {
      const output = schema(() => {
        throw thrown;
      });
      const refining = tool({
        name: "refining",
        description: "d",
        input: z.object({}),
        output,
        effects: "once",
        run: () => ({ sent: 1 }),
      });
      const error = await unusableOf(called(refining, {}));
      expect(error).toMatchObject({ code: "BAD_OUTPUT", cause: thrown, returned: { sent: 1 } });
    }
  });

  it("is refused as after the call, if its schema does not end before the call is stopped", async () => {
    const stop = new AbortController();
    const validate = () => new Promise<never>(() => queueMicrotask(() => stop.abort()));
    const slow = tool({
      name: "slow",
      description: "d",
      input: z.object({}),
      output: {
        "~standard": { version: 1, vendor: "own", validate, jsonSchema: { input: () => ({}), output: () => ({}) } },
      } satisfies StandardSchema,
      effects: "idempotent",
      run: () => ({ sent: 1 }),
    });
    const error = await unusableOf(called(slow, {}, stop.signal));
    expect(error.message).toMatch(/the check of the output did not end in time/);
    expect(error.returned).toEqual({ sent: 1 });
  });

  it("may be a value that throws as soon as it is looked at", async () => {
    const trap = () => {
      throw new Error("hands off");
    };
    const error = await unusableOf(called(withOutput(new Proxy({}, { get: trap, ownKeys: trap })), {}));
    expect(error.code).toBe("BAD_OUTPUT");
  });

  it("of another tool that it calls says nothing about its own outcome", async () => {
    const inner = withOutput(1n);
    const outer = tool({
      name: "outer",
      description: "d",
      input: z.object({}),
      effects: "once",
      run: (_args, context) => inner.call({}, context),
    });
    const ending = await called(outer, {}).catch((error: unknown) => error);
    expect(ending).not.toBeInstanceOf(UnusableOutput);
    expect(ending).not.toBeInstanceOf(ToolError);
    expect((ending as Error).cause).toBeInstanceOf(UnusableOutput);
  });
});

describe("an error of run", () => {
  it("passes through as it is", async () => {
    const known = new ToolError("busy", { code: "BUSY", retryAfterMs: 50 });
    const failing = (error: Error) =>
      tool({ name: "t", description: "d", input: z.object({}), effects: "once", run: () => Promise.reject(error) });
    expect(await errorOf(called(failing(known), {}))).toBe(known);
    const unknown = new TypeError("oops");
    await expect(called(failing(unknown), {})).rejects.toBe(unknown);
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

function foreign(): StandardSchema {
  return { "~standard": { version: 1, vendor: "mine", validate: (value) => ({ value }) } };
}
