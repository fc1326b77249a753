// Whatever a tool throws, returns or rejects with: its step ends with a code, and people are told the first cause.
import vm from "node:vm";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createLoom, tool, ToolError, type LoomConfig } from "../../src/index.js";
import { mayTryAgain, isProgramError, thrownFacts } from "../../src/tools/thrown.js";

async function runWith(run: () => unknown, config: Partial<LoomConfig> = {}, more: object = {}) {
  let calls = 0;
  const acting = () => (calls++, run());
  const t = tool({
    name: "t",
    description: "T.",
    input: z.object({}),
    effects: "none",
    timeout: 200,
    run: acting,
    ...more,
  });
  const loom = await createLoom(
    { store: "memory", tools: [t], onFailure: "fail", ...config },
    {
      env: {},
    },
  );
  const retry = { attempts: 2, delay: "1ms" };
  const started = await loom.start("x", { plan: { steps: [{ id: "a", tool: "t", retry }], answer: { value: 1 } } });
  const document = await started.result();
  await loom.close();
  return { document, calls };
}

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const throwing = (name: string): object =>
  Object.defineProperty(new Error("x"), name, {
    get: () => {
      throw new Error("the getter");
    },
  });
const boom = (): never => {
  throw new Error("boom");
};

const VALUES: readonly (readonly [string, () => unknown])[] = [
  ["a revoked proxy", revoked],
  ["an error whose message throws", () => throwing("message")],
  ["an error whose stack throws", () => throwing("stack")],
  ["an error whose cause throws", () => throwing("cause")],
  ["an error whose name throws", () => throwing("name")],
  ["toJSON throws", () => ({ toJSON: boom })],
  ["toString throws", () => ({ toString: boom })],
  ["a symbol", () => Symbol("s")],
  ["a frozen error", () => Object.freeze(new Error("cold"))],
  ["an AggregateError", () => new AggregateError([new Error("one"), revoked()], "")],
  ["a text", () => "no"],
  ["undefined", () => undefined],
  ["null", () => null],
  ["a number", () => 7],
  ["a function", () => () => 1],
  [
    "a class",
    () =>
      new (class Odd {
        readonly why = 1;
      })(),
  ],
  ["an error of another realm", () => vm.runInNewContext("new TypeError('elsewhere')") as unknown],
  ["an error that causes itself", () => Object.assign(new Error("loop"), { cause: null })],
  ["a bigint", () => 3n],
  ["a date that is none", () => new Date(Number.NaN)],
  ["no prototype", () => Object.create(null) as unknown],
];

describe("a step ends with a code, whatever its tool", () => {
  test.each(VALUES)("throws or rejects with: %s", async (_what, make) => {
    const thrown = await runWith(() => {
      throw make();
    });
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const rejected = await runWith(() => Promise.reject(make()));
    for (const { document, calls } of [thrown, rejected]) {
      expect(document).toMatchObject({ status: "failed", error: { code: "TOOL_THREW" } });
      expect([1, 2]).toContain(calls);
      expect(() => JSON.stringify(document)).not.toThrow();
    }
  });

  test.each<[string, () => unknown]>([
    ["a revoked proxy", revoked],
    ["a thenable that throws", () => ({ then: boom })],
    ["a thenable whose then cannot be read", () => Object.defineProperty({}, "then", { get: boom, enumerable: true })],
    ["a thenable that never settles", () => ({ then: () => undefined })],
    ["a getter that throws", () => Object.defineProperty({}, "a", { get: boom, enumerable: true })],
    ["toJSON throws", () => ({ toJSON: boom })],
    ["a symbol", () => Symbol("s")],
    [
      "a circle",
      () => {
        const a: { a?: unknown } = {};
        a.a = a;
        return a;
      },
    ],
  ])("returns: %s", async (_what, run) => {
    const { document } = await runWith(run);
    expect(document.status).toBe("failed");
    expect(document.error?.code).toMatch(/^(?:TOOL_THREW|BAD_OUTPUT|TIMEOUT)$/);
  });
});

const failedFetch = (code: string) =>
  Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error(`connect ${code}`), { code }) });

test.each<[string, unknown, boolean]>([
  ["TypeError", new TypeError("Cannot read properties of undefined (reading 'a')"), true],
  ["ReferenceError", new ReferenceError("x is not defined"), true],
  ["RangeError", new RangeError("Invalid time value"), true],
  ["AssertionError", Object.assign(new Error("1 == 2"), { name: "AssertionError", code: "ERR_ASSERTION" }), true],
  ["ERR_INVALID_ARG_TYPE", Object.assign(new Error("x"), { code: "ERR_INVALID_ARG_TYPE" }), true],
  ["a TypeError of another realm", vm.runInNewContext("new TypeError('x is not a function')"), true],
  ["fetch failed", failedFetch("ECONNREFUSED"), false],
  ["fetch failed without a cause", new TypeError("fetch failed"), false],
  ["terminated", Object.assign(new TypeError("terminated"), { cause: { code: "UND_ERR_SOCKET" } }), false],
  [
    "a TypeError with a cause of the system",
    Object.assign(new TypeError("bad"), { cause: { code: "ENOTFOUND" } }),
    false,
  ],
  ["JSON of a service", new SyntaxError("Unexpected token '<', \"<html>\" is not valid JSON"), false],
  ["an Error", new Error("busy"), false],
  ["a text", "TypeError", false],
])("%s is a fault of a program: %s", (_name, thrown, isProgram) => {
  expect(isProgramError(thrown)).toBe(isProgram);
  expect(isProgramError(revoked())).toBe(false);
});

test("a fault of a program is not tried again, unless the tool or the error says so", async () => {
  const bug = () => {
    throw new TypeError("x is not a function");
  };
  expect((await runWith(bug)).calls).toBe(1);
  expect((await runWith(bug, {}, { retryable: () => true })).calls).toBe(2);
  expect(
    (
      await runWith(() => {
        throw failedFetch("ECONNREFUSED");
      })
    ).calls,
  ).toBe(2);
  expect(
    (
      await runWith(
        () => {
          throw new Error("busy");
        },
        {},
        { retryable: () => false },
      )
    ).calls,
  ).toBe(1);
  expect(
    (
      await runWith(() => {
        throw new ToolError("busy");
      })
    ).calls,
  ).toBe(2);
  expect(mayTryAgain(Object.assign(new TypeError("x"), { retryable: true }), undefined)).toBe(true);
  expect(mayTryAgain(new Error("x"), boom)).toBe(true);
});

test("the message names the cause and the place; the trace has the stack, without secrets", async () => {
  const refused = await runWith(() => {
    throw failedFetch("ECONNREFUSED");
  });
  expect(refused.document.error?.message).toBe("step a: fetch failed: connect ECONNREFUSED");
  const bug = await runWith(
    () => {
      throw new TypeError("no: hunter2hunter2");
    },
    { secrets: { PASS: "hunter2hunter2" } },
  );
  const { error } = bug.document;
  expect(error?.message).toMatch(/^step a: no: .* \(TypeError at .*thrown\.test\.ts:\d+:\d+\)$/);
  expect(error?.thrown).toMatchObject({ name: "TypeError", program: true });
  expect(JSON.stringify(bug.document)).not.toContain("hunter2hunter2");
  const loop = new Error("a");
  loop.cause = new Error("b", { cause: loop });
  expect(thrownFacts(loop, (text) => text)?.causes).toMatchObject([{ message: "b" }]);
});

test("the first cause leads, and what followed stands behind it", async () => {
  let asked = 0;
  const planner = () => {
    if (asked++ === 0)
      return Promise.resolve({ steps: [{ id: "a", tool: "t", retry: { attempts: 1 } }], answer: { value: 1 } });
    return Promise.resolve({ operations: [{ op: "drop", id: "nobody" }] });
  };
  const t = tool({
    name: "t",
    description: "T.",
    input: z.object({}),
    effects: "none",
    run: () => {
      throw new Error("the ledger is locked");
    },
  });
  const loom = await createLoom({ store: "memory", tools: [t], models: { planner } }, { env: {} });
  const { error, report } = await loom.run("Say the total.");
  await loom.close();
  expect(error).toMatchObject({ code: "TOOL_THREW", then: { code: "PLAN_INVALID" } });
  expect(error?.message).toMatch(/^step a: the ledger is locked; then no other plan was found: PLAN_INVALID: /);
  expect(report?.why).toMatch(/^step a: the ledger is locked/);
  expect(`${error?.next} ${report?.next}`).not.toContain("stronger");
});

test.each([null, "x", 5, {}, { code: 1 }, { code: "NO_SUCH_CODE" }])(
  "a ToolError with the failure %j of a program ends its step with its own words",
  async (failure) => {
    const error = Object.assign(new ToolError("No such order.", { code: "GONE", retryable: false }), { failure });
    const { document } = await runWith(() => Promise.reject(error));
    expect(document.steps[0]).toMatchObject({ status: "failed", error: { code: "GONE", message: "No such order." } });
  },
);
