// Replay: every decision in a log is made again by the kernel, from what the log itself holds.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/run/event.js";
import { isCommand, type Input } from "../../src/run/input.js";
import { inputsOf, replay } from "../../src/run/log/replay.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import { emptyRun } from "../../src/run/state.js";
import { transition } from "../../src/run/log/transition.js";
import { start, type LooseInput } from "../../src/testing/given-when-then.js";
import { beginnings, histories } from "./any-plan.js";
import { call, checked, ended, returned, TOOLS } from "./parts.js";
import { Play } from "./play.js";
import { picture } from "./picture.js";

/** The log of a run that goes through these inputs, as a store gives it back. */
function logOf(...inputs: readonly LooseInput[]): readonly RunEvent[] {
  const run = emptyRun("story");
  const events = inputs.flatMap((loose, index) => {
    const input: Input = { id: `i${index}`, at: index, by: "engine", ...loose };
    return transition(run, isCommand(input) ? { ...input, by: "ann" } : input);
  });
  return JSON.parse(JSON.stringify(events)) as readonly RunEvent[];
}

const answer = { value: "done" };
const run = (steps: readonly object[], more: object = {}) => start({ plan: { steps, answer }, tools: TOOLS, ...more });

/** The same log with one event changed, as somebody would who knows nothing of the chain. */
function altered(log: readonly RunEvent[], seq: number, data: object): readonly RunEvent[] {
  return log.map((event) => (event.seq === seq ? ({ ...event, data: { ...event.data, ...data } } as RunEvent) : event));
}

const retried = () =>
  logOf(run([call("a"), call("b", { dependsOn: ["a"] })]), ended("call/a/1"), { type: "clock", at: 9_000 });

/**
 * An input as the log tells it. One that brought about nothing beside the time is a clock. A rejection names what it
 * rejected. A critique has only the claims that stand in the answer.
 */
function toldOf(input: Input, rebuilt: Input | undefined): Input {
  const { id, at } = input;
  if (rebuilt?.type === "clock") return { type: "clock", id, at, by: "engine" };
  // A call that was held while the run was being cancelled was stopped. The log holds nothing more about it.
  if (input.type === "held" && rebuilt?.type === "ended") return rebuilt;
  if (input.type === "reject" && rebuilt?.type === "reject" && rebuilt.hash !== undefined)
    return { ...input, hash: rebuilt.hash };
  // The log keeps the claims that the answer has word for word. The kernel drops the others each time.
  if (input.type === "critiqued" && rebuilt?.type === "critiqued") {
    expect(input.unsupported).toEqual(expect.arrayContaining([...rebuilt.unsupported]));
    return { ...input, unsupported: rebuilt.unsupported };
  }
  return input;
}

/** As data, without what a check gives beside a plan. */
const plain = (input: Input | undefined): unknown =>
  JSON.parse(JSON.stringify(input, (key, value: unknown) => (key === "ok" ? undefined : value)));

describe("replay", () => {
  it("finds no difference in any run, whatever happened to it", () => {
    fc.assert(
      fc.property(beginnings, histories, (beginning, moves) => {
        const play = new Play(beginning);
        for (const move of moves) play.move(move);
        play.finish();
        const again = replay(play.log);
        expect(again.differences).toEqual([]);
        expect(picture(again.run)).toBe(picture(play.run));
      }),
      { numRuns: Number(process.env["PLANLOOM_PROPERTY_RUNS"] ?? 200) },
    );
  });

  it("rebuilds the very inputs, whatever they were", () => {
    fc.assert(
      fc.property(beginnings, histories, (beginning, moves) => {
        const play = new Play(beginning);
        for (const move of moves) play.move(move);
        play.finish();
        const rebuilt = inputsOf(play.log).map(({ input }) => input);
        expect(rebuilt).toHaveLength(play.inputs.length);
        play.inputs.forEach((input, index) =>
          expect(plain(rebuilt[index])).toEqual(plain(toldOf(input, rebuilt[index]))),
        );
      }),
      { numRuns: Number(process.env["PLANLOOM_PROPERTY_RUNS"] ?? 200) },
    );
  });

  it("rebuilds inputs with their ids, times and senders", () => {
    const log = logOf(run([{ id: "q", ask: "How many?", output: "number" }]), { type: "respond", step: "q", value: 3 });
    expect(inputsOf(log).map(({ input }) => input)).toMatchObject([
      { type: "start", id: "i0", at: 0, by: "engine" },
      { type: "respond", id: "i1", at: 1, by: "ann", step: "q", value: 3 },
    ]);
  });

  it("knows that time ended every item that one question asked about", () => {
    const each = { id: "each", tool: "pay", forEach: "${{ inputs.to }}", with: { x: "${{ item }}" }, fill: "A sum." };
    const beginning = run([each], { inputs: { to: ["ann", "bob"] } });
    const filled = (item: number): LooseInput => ({
      type: "filled",
      key: `fill/call/each/${item}/1`,
      args: { n: 1 },
      usage: NO_USAGE,
    });
    const log = logOf(beginning, filled(0), filled(1), { type: "clock", at: 100_000_000 });
    const failed = log.filter(({ type }) => type === "step.failed");
    expect(failed.map(({ data }) => data)).toMatchObject([{ item: 0 }, { item: 1 }, {}]);
    expect(inputsOf(log).map(({ input }) => input?.type)).toEqual(["start", "filled", "filled", "clock"]);
  });

  it("makes each refusal again, of whatever it was", () => {
    const plan = checked([call("a")]);
    const ask = { id: "p", tool: "ask_first", with: { x: 1 } };
    const begun = start({ plan: { steps: [ask], answer }, tools: TOOLS, settings: { approval: "always" } });
    if (begun.type !== "start") throw new Error("start makes a start");
    const { hash } = begun.given!;
    const goal = (text: string) => ({ type: "goal", goal: text, reason: "" }) as const;
    const before: LooseInput[] = [
      { type: "edit", hash: "0".repeat(64), plan },
      { type: "edit", hash, plan: { ...plan, hash } },
      { type: "unpause", reason: "" },
      { type: "pause", reason: "" },
      { type: "pause", reason: "" },
      { type: "unpause", reason: "" },
      goal(" "),
      goal("a goal"),
      { type: "approve", hash },
      { type: "edit", hash, plan },
    ];
    const call1 = logOf(begun, ...before).findLast(({ type }) => type === "approval.requested")!;
    const callHash = call1.type === "approval.requested" ? call1.data.hash : "";
    const late: LooseInput[] = [
      { type: "edit", hash: callHash, plan },
      { type: "cancel", reason: "" },
      { type: "edit", hash, plan },
      { type: "pause", reason: "" },
      { type: "unpause", reason: "" },
      goal("another"),
    ];
    const log = logOf(begun, ...before, ...late);
    const codes = log.flatMap((event) => (event.type === "input.refused" ? [event.data.code] : []));
    expect(codes).toEqual([
      ...["STALE_HASH", "NOTHING_CHANGED", "NOT_PAUSED", "ALREADY_PAUSED", "GOAL_INVALID", "SAME_GOAL"],
      ...["ALREADY_APPROVED", "NOT_A_PLAN", "RUN_ENDED", "RUN_ENDED", "RUN_ENDED", "RUN_ENDED"],
    ]);
    expect(inputsOf(log).every(({ input }) => input !== undefined)).toBe(true);
    expect(replay(log).differences).toEqual([]);
  });

  it("knows by the chain that an output was changed", () => {
    const log = logOf(run([call("a"), call("b")]), returned("call/a/1", 1), returned("call/b/1", 2));
    const changed = log.find(({ type }) => type === "step.completed")!;
    const { differences } = replay(altered(log, changed.seq, { output: 100 }));
    expect(differences).toMatchObject([{ seq: changed.seq + 1, field: "prev" }]);
  });

  it("knows a decision that the kernel does not make, and goes on behind it", () => {
    const log = retried();
    const failed = log.find(({ type }) => type === "step.failed")!;
    const reason = { code: "LEGACY", text: "the moon was full" };
    const replayed = { code: "ATTEMPTS_LEFT", attempt: 1, of: 4 };
    expect(replay(altered(log, failed.seq, { reason })).differences).toMatchObject([
      { seq: failed.seq, field: "data.reason", recorded: reason, replayed },
      { seq: failed.seq + 1, field: "prev" },
    ]);
    const [first] = replay(altered(log, failed.seq, { decision: "fail" })).differences;
    expect(first).toEqual({ seq: failed.seq, field: "data.decision", recorded: "fail", replayed: "retry" });
  });

  it("knows an argument that does not follow from the outputs before it", () => {
    const log = logOf(run([call("a"), call("b", { with: { x: "${{ a }}" } })]), returned("call/a/1", 1));
    const begun = log.at(-1)!;
    expect(replay(altered(log, begun.seq, { args: { x: 2 } })).differences).toEqual([
      { seq: begun.seq, field: "data.args", recorded: { x: 2 }, replayed: { x: 1 } },
    ]);
  });

  it("knows a missing event, an added one, and another sender", () => {
    const log = retried();
    expect(replay(log).differences).toEqual([]);
    const without = log.filter(({ seq }) => seq !== 3);
    expect(replay(without).differences.some(({ seq, field }) => seq === 4 && field === "prev")).toBe(true);
    const twice = [...log, { ...log.at(-1)!, seq: log.length + 1 }];
    expect(replay(twice).differences.some(({ seq }) => seq === log.length + 1)).toBe(true);
    const other = log.map((event) => (event.seq === 2 ? { ...event, by: "eve" } : event));
    expect(replay(other).differences).toContainEqual({ seq: 2, field: "by", recorded: "eve", replayed: "engine" });
  });

  it("never throws on what is no run", () => {
    const [first] = retried();
    const nobody = { ...first!, seq: 2, type: "step.completed", data: { step: "nobody" } } as unknown as RunEvent;
    expect(replay([]).differences).toEqual([]);
    expect(replay([nobody]).differences.length).toBeGreaterThan(0);
    expect(replay([first!, nobody]).differences.length).toBeGreaterThan(0);
    expect(replay([{ ...first!, data: null } as unknown as RunEvent]).differences.length).toBeGreaterThan(0);
  });
});

describe("refused commands", () => {
  const plan = { steps: [call("a")], answer };
  const asking = (output: unknown) => run([{ id: "q", ask: "?", output }]);
  const refusals: readonly (readonly [string, readonly LooseInput[]])[] = [
    ["an approval of nothing", [run([call("a")]), { type: "approve", hash: "no" }]],
    ["a rejection of nothing", [run([call("a")]), { type: "reject", comment: "no" }]],
    [
      "an approval of something else",
      [start({ plan, tools: TOOLS, settings: { approval: "always" } }), { type: "approve", hash: "f".repeat(64) }],
    ],
    [
      "an approval while cancelling",
      [run([call("a")]), { type: "cancel", reason: "" }, { type: "approve", hash: "x" }],
    ],
    ["a second cancel", [run([call("a")]), { type: "cancel", reason: "" }, { type: "cancel", reason: "again" }]],
    ["an answer to nobody", [run([call("a")]), { type: "respond", step: "a step; with words", value: 1 }]],
    ["an answer to an item that is not there", [run([call("a")]), { type: "respond", step: "a", item: 7, value: 1 }]],
    ["an answer to a step that asks nothing", [run([call("a")]), { type: "respond", step: "a", value: 1 }]],
    ["a settling of what is not in doubt", [run([call("a")]), { type: "settle", step: "a", verdict: "happened" }]],
    [
      "a settling of a doubt that was another",
      [
        run([{ id: "p", tool: "pay" }]),
        ended("call/p/1", "thrown"),
        { type: "settle", step: "p", verdict: "happened", doubt: 2 },
      ],
    ],
    ["a number as text", [asking("number"), { type: "respond", step: "q", value: 'th"ree' }]],
    ["text as a list", [asking("string"), { type: "respond", step: "q", value: [1, 2] }]],
    ["a record with a wrong part", [asking("{ n: number }"), { type: "respond", step: "q", value: { n: "x" } }]],
    [
      "an outcome of the wrong type",
      [
        run([{ id: "p", tool: "pay", output: "string" }]),
        ended("call/p/1", "thrown"),
        { type: "settle", step: "p", verdict: "happened", output: 3 },
      ],
    ],
  ];
  it.each(refusals)("%s is refused again", (_what, inputs) => {
    const log = logOf(...inputs);
    expect(log.at(-1)!.type).toBe("input.refused");
    expect(replay(log).differences).toEqual([]);
  });

  it("an old hash and one that is approved already are refused again", () => {
    const waiting = start({ plan, tools: TOOLS, settings: { approval: "always" } });
    const { hash } = logOf(waiting).find((event) => event.type === "approval.requested")!.data;
    const twice = logOf(waiting, { type: "approve", hash }, { type: "approve", hash });
    expect(twice.at(-1)).toMatchObject({ type: "input.refused", data: { code: "ALREADY_APPROVED" } });
    expect(replay(twice).differences).toEqual([]);
  });

  it("an answer that `expect` refuses is in the log, and what follows from it is decided again", () => {
    const question = { id: "q", ask: "?", output: "number", expect: "${{ output > 3 }}", retry: { attempts: 1 } };
    const unexpected = logOf(run([question]), { type: "respond", step: "q", value: 2 });
    expect(inputsOf(unexpected)[1]?.input).toMatchObject({ type: "respond", step: "q", value: 2 });
    expect(replay(unexpected).differences).toEqual([]);
    const executed = unexpected.find(({ type }) => type === "execution.completed")!;
    const [found] = replay(altered(unexpected, executed.seq, { failed: 0 })).differences;
    expect(found).toEqual({ seq: executed.seq, field: "data.failed", recorded: 0, replayed: 1 });
  });
});
