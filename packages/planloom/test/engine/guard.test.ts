// A tool call under a deadline: every way in which it can end, as data. The clock is moved by hand.
import { describe, expect, test } from "vitest";
import type { CallAsking, CallEnd } from "../../src/perform/call-end.js";
import { callTool } from "../../src/perform/call-tool.js";
import { LIMITS } from "../../src/limits.js";
import type { Json } from "../../src/plan/json.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { NOT_ASKING } from "../../src/tools/call-questions.js";
import { ToolError, type ToolContext } from "../../src/tools/tool.js";
import { latch, toolNamed, turns, until } from "./parts.js";

const TIMEOUT = 1_000;

/** Calls a tool and waits until `run` has begun; `abort` stops it from outside. */
async function called(run: (context: ToolContext) => Json | Promise<Json>) {
  const clock = fakeClock();
  const outer = new AbortController();
  const tool = toolNamed("act", "once", (_, context) => run(context));
  const context = {
    ...NOT_ASKING,
    attended: true,
    answers: [],
    signal: outer.signal,
    context: undefined,
    key: "k",
    runId: "run",
    stepId: "a",
    attempt: 1,
    progress: () => undefined,
    spend: () => undefined,
    modelCall: ((_most, send) => send()) satisfies ToolContext["modelCall"],
  };
  let end: CallEnd | CallAsking | undefined;
  const ended = callTool(tool, {}, context, TIMEOUT, { clock, secrets: {} }).then((value) => (end = value));
  await until("the tool is called", () => tool.calls.length === 1);
  return { clock, ended, abort: () => outer.abort(new Error("stopped")), end: () => end };
}

const stuck = () => new Promise<Json>(() => undefined);
const onAbort = async (signal: AbortSignal, then: () => Json) => {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  return then();
};

describe("a tool call ends", () => {
  test("with its output, and leaves no timer behind", async () => {
    const { ended, clock } = await called(() => "done");
    expect(await ended).toStrictEqual({ ok: true, output: "done" });
    expect(clock.pending).toBe(0);
  });

  test("with the failure that the tool knows of", async () => {
    const error = new ToolError("too many", { code: "BUSY", retryAfterMs: 7 });
    const { ended } = await called(() => Promise.reject(error));
    const failure = { code: "BUSY", text: "too many", retryable: true, retryAfterMs: 7 };
    expect(await ended).toMatchObject({ ok: false, ending: "tool-error", error: failure });
  });

  test.each<[string, unknown]>([
    ["an error", new Error("lost")],
    ["a text", "lost"],
  ])("thrown, with %s", async (_, thrown) => {
    const { ended } = await called(() => {
      throw thrown;
    });
    expect(await ended).toMatchObject({ ok: false, ending: "thrown", error: { code: "TOOL_THREW", text: "lost" } });
  });

  test.each<[string, () => unknown, object]>([
    ["a huge message", () => new Error("x".repeat(50_000_000)), { ending: "thrown", error: { code: "TOOL_THREW" } }],
    [
      "a message that is no text",
      () => Object.assign(new ToolError("x"), { message: { no: "text" } }),
      { ending: "tool-error", error: { code: "TOOL_FAILED", text: '{"no":"text"}' } },
    ],
    [
      "a code that is none",
      () => new ToolError("gone", { code: "not found", retryAfterMs: NaN }),
      { ending: "tool-error", error: { code: "TOOL_FAILED", text: "not found: gone", retryable: true } },
    ],
    ["what cannot be shown", () => Object.create(null) as unknown, { ending: "thrown", error: { code: "TOOL_THREW" } }],
  ])("with an error within the limits, whatever it throws: %s", async (_, thrown, expected) => {
    const { ended } = await called(() => {
      throw thrown();
    });
    const end = await ended;
    expect(end).toMatchObject({ ok: false, ...expected });
    expect(JSON.stringify(end).length).toBeLessThan(LIMITS.messageChars + LIMITS.stackChars + 500);
    expect(JSON.stringify(end)).not.toContain("retryAfterMs");
  });

  test.each<[string, () => unknown, object]>([
    ["an error without a text", () => new TypeError(""), { is: "error", shown: "TypeError" }],
    ["an empty record", () => ({}), { is: "value", shown: "{}" }],
    ["a record", () => ({ status: 500 }), { is: "value", shown: '{"status":500}' }],
    ["nothing", () => undefined, { is: "value", shown: "undefined" }],
    ["an empty text", () => "", { is: "value", shown: "" }],
  ])("and says what it threw, if that has no text: %s", async (_, thrown, threw) => {
    const { ended } = await called(() => {
      throw thrown();
    });
    expect(await ended).toMatchObject({ error: { code: "TOOL_THREW", params: { threw } } });
  });

  test("with its own code, marked where Planloom has one of the same name", async () => {
    const told = async (code: string) => {
      const { ended } = await called(() => {
        throw new ToolError("no", { code, retryable: false });
      });
      return ended;
    };
    expect(await told("REJECTED")).toMatchObject({ error: { code: "REJECTED", text: "no", foreign: true } });
    expect(await told("FETCH_STATUS")).toMatchObject({ error: { foreign: true } });
    expect((await told("BUSY")) as { readonly error: object }).not.toHaveProperty("error.foreign");
  });

  test("by timeout, though its signal moves nothing: after the grace time and not before", async () => {
    const { clock, ended, end } = await called(stuck);
    await clock.advance(TIMEOUT + LIMITS.graceMs - 1);
    expect(end()).toBeUndefined();
    await clock.advance(1);
    expect(await ended).toMatchObject({ ok: false, ending: "timeout", error: { code: "TIMEOUT", retryable: true } });
    expect(clock.pending).toBe(0);
  });

  test("by abort, though its signal moves nothing", async () => {
    const { clock, ended, abort } = await called(stuck);
    abort();
    await clock.advance(LIMITS.graceMs);
    expect(await ended).toMatchObject({ ok: false, ending: "abort", error: { code: "ABORTED" } });
  });

  test("as timeout, whatever the tool throws once its signal is aborted", async () => {
    const { clock, ended } = await called(({ signal }) =>
      onAbort(signal, () => {
        throw new Error("fetch failed");
      }),
    );
    await clock.advance(TIMEOUT);
    expect(await ended).toMatchObject({ ending: "timeout" });
  });

  test("with an output or a known failure that comes within the grace time", async () => {
    const late = await called(({ signal }) => onAbort(signal, () => "just done"));
    late.abort();
    expect(await late.ended).toStrictEqual({ ok: true, output: "just done" });
    const undone = await called(({ signal }) =>
      onAbort(signal, () => {
        throw new ToolError("rolled back", { code: "UNDONE" });
      }),
    );
    undone.abort();
    expect(await undone.ended).toMatchObject({ ending: "tool-error", error: { code: "UNDONE" } });
  });

  test("by what came first, where a timeout and an abort meet", async () => {
    const { clock, ended, abort } = await called(stuck);
    await clock.advance(TIMEOUT);
    abort();
    await clock.advance(LIMITS.graceMs);
    expect(await ended).toMatchObject({ ending: "timeout" });
  });

  test("results after the grace time are ignored", async () => {
    const gate = latch<string>();
    const { clock, ended } = await called(() => gate.passed);
    await clock.advance(TIMEOUT + LIMITS.graceMs);
    const end = await ended;
    gate.open("too late");
    await turns();
    expect(end).toMatchObject({ ending: "timeout" });
  });
});
