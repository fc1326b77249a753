// Tools that misbehave in every way: each ends with a clear code, for a call that changes nothing and for one that acts.
import { test } from "vitest";
import { createLoom, memoryStore, tool, type Tool } from "../../src/index.js";
import type { StandardSchema } from "../../src/tools.js";

const NEVER = (): Promise<never> => new Promise(() => undefined);
const throwing = (): never => {
  throw new Error("hands off");
};
const trap = new Proxy({}, { get: throwing, ownKeys: throwing, getPrototypeOf: throwing });
const throwingOf = (thrown: unknown): never => {
  throw thrown;
};
const big = "x".repeat(1024 * 1024);
const bigList = (): unknown => Array.from({ length: 100 }, () => big);
const recursive = { type: "object", properties: { next: { $ref: "#" } } } as const;
const loop: { next?: object } = {};
loop.next = loop;

const schema = (validate: StandardSchema["~standard"]["validate"]): StandardSchema => ({
  "~standard": { version: 1, vendor: "own", validate, jsonSchema: { input: () => recursive, output: () => recursive } },
});

interface Bad {
  readonly run: () => unknown;
  readonly more?: object;
  /** The code of a step without effects, and the waiting of one that acts. */
  readonly none: string;
  readonly once: "failed" | "needs-attention";
}

const BAD: readonly (readonly [string, Bad])[] = [
  ["returns 100 MB", { run: bigList, none: "BAD_OUTPUT", once: "needs-attention" }],
  ["returns a Proxy", { run: () => trap, none: "BAD_OUTPUT", once: "needs-attention" }],
  ["returns what contains itself", { run: () => loop, none: "BAD_OUTPUT", once: "needs-attention" }],
  [
    "returns an object with a getter that throws",
    {
      run: () => Object.defineProperty({}, "x", { enumerable: true, get: throwing }),
      none: "BAD_OUTPUT",
      once: "needs-attention",
    },
  ],
  ["returns a thenable that never settles", { run: () => ({ then: NEVER }), none: "TIMEOUT", once: "needs-attention" }],
  ["returns a thenable that throws", { run: () => ({ then: throwing }), none: "TOOL_THREW", once: "needs-attention" }],
  ["never returns", { run: NEVER, none: "TIMEOUT", once: "needs-attention" }],
  [
    "throws a Proxy",
    {
      run: () => throwingOf(trap),
      none: "TOOL_THREW",
      once: "needs-attention",
    },
  ],
  [
    "throws null",
    {
      run: () => throwingOf(null),
      none: "TOOL_THREW",
      once: "needs-attention",
    },
  ],
  [
    "checks its arguments without end: nothing has run, so nothing is in doubt",
    { run: () => 1, more: { input: schema(NEVER) }, none: "BAD_ARGUMENTS", once: "failed" },
  ],
  [
    "throws in the check of its arguments: nothing has run, so nothing is in doubt",
    { run: () => 1, more: { input: schema(throwing) }, none: "BAD_ARGUMENTS", once: "failed" },
  ],
  [
    "checks its output without end",
    { run: () => 1, more: { output: schema(NEVER) }, none: "BAD_OUTPUT", once: "needs-attention" },
  ],
];

async function ended(made: Tool) {
  const loom = await createLoom({ store: memoryStore(), tools: [made], models: {}, onFailure: "fail" }, { env: {} });
  const step = { id: "a", tool: "bad", retry: { attempts: 1 } };
  const plan = { goal: "g", steps: [step], answer: { value: 1 } };
  const document = await (await loom.start("g", { plan })).result();
  await loom.close();
  return document;
}

const made = ({ run, more }: Bad, effects: "none" | "once"): Tool =>
  tool({ name: "bad", description: "Bad.", input: { type: "object" }, effects, timeout: 100, run, ...more });

// Most of them wait for the end of a call.
test.concurrent.for(BAD)("a tool that %s", async ([, bad], { expect }) => {
  const [none, once] = await Promise.all([ended(made(bad, "none")), ended(made(bad, "once"))]);
  expect(none).toMatchObject({ status: "failed", error: { code: bad.none } });
  expect(once.status).toBe(bad.once);
});

test("a recursive $ref is read, shown and checked one level deep", async ({ expect }) => {
  const chain = tool({
    ...{ name: "bad", description: "Takes a chain.", input: recursive, output: recursive, effects: "none" },
    run: ({ next }) => ({ next: next ?? {} }),
  });
  expect(await ended(chain)).toMatchObject({ status: "completed" });
});
