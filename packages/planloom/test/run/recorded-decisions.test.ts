// Strict replay of recorded logs: the chain and the fold hold for each, and this kernel still decides what it decided.
// Different decisions of another kernel are reported apart. In: test/fixtures. Out: differences.
import { describe, expect, test } from "vitest";
import { EVENT_VERSION, eventHash, type RunEvent } from "../../src/run/event.js";
import { KERNEL_VERSION } from "../../src/run/kernel-version.js";
import { replay } from "../../src/run/log/replay.js";
import { start, Story, type LooseInput } from "../../src/testing/given-when-then.js";
import { LOGS, logIn } from "../fixtures/logs.js";
import { call, ended, returned, TOOLS } from "./parts.js";

const kernelOf = ([first]: readonly RunEvent[]): string => (first?.type === "run.started" ? first.data.kernel : "");

test.each(LOGS)("%s is sound, and its kernel decides as it did", (name) => {
  const log = logIn(name);
  const { run, differences, policyDifferences } = replay(log);
  expect(differences).toEqual([]);
  expect(run.log.seq).toBe(log.length);
  // Where this fails after a change of what the kernel decides: raise KERNEL_VERSION, and record logs with the new
  // kernel.
  if (kernelOf(log) === KERNEL_VERSION) expect(policyDifferences).toEqual([]);
});

test("some logs were recorded with events and decisions of today", () => {
  const first = LOGS.map((name) => logIn(name)[0]!);
  expect(first.filter((event) => event.v === EVENT_VERSION && kernelOf([event]) === KERNEL_VERSION)).not.toEqual([]);
});

/** The log with one event changed, and its chain whole again, as an older kernel could have written it. */
function resealed(log: readonly RunEvent[], change: (event: RunEvent) => object): readonly RunEvent[] {
  let prev = "";
  return log.map((event) => {
    const sealed = { ...event, data: { ...event.data, ...change(event) }, prev } as RunEvent;
    prev = eventHash(sealed);
    return sealed;
  });
}

/** The log of a run that goes through these inputs, as this kernel writes it. */
function written(...inputs: readonly LooseInput[]): readonly RunEvent[] {
  const story = new Story();
  const log = inputs.flatMap((input) => story.when(input).events);
  return JSON.parse(JSON.stringify(log)) as readonly RunEvent[];
}

const begin = (steps: readonly object[]) => start({ plan: { steps, answer: { value: "done" } }, tools: TOOLS });
const failing = () => written(begin([call("a"), call("b")]), ended("call/a/1"), ended("call/b/1"));
const decidedElse = (kernel: string) =>
  resealed(failing(), (event) => {
    if (event.type === "run.started") return { kernel };
    return event.type === "step.retrying" && event.data.step === "a" ? { retryAt: event.data.retryAt - 1 } : {};
  });

describe("a decision that this kernel does not make", () => {
  test("is a difference of policies where another kernel made it", () => {
    const { differences, policyDifferences } = replay(decidedElse("0"));
    expect(differences).toEqual([]);
    expect(policyDifferences.map(({ field }) => field)).toEqual(["data.retryAt"]);
  });

  test("is a difference of the log where this kernel made it", () => {
    const { differences, policyDifferences } = replay(decidedElse(KERNEL_VERSION));
    expect(differences.map(({ field }) => field)).toEqual(["data.retryAt"]);
    expect(policyDifferences).toEqual([]);
  });

  test("is judged by the kernel that went on with the run", () => {
    const recovered = { type: "recovered", epoch: 2, reason: { code: "RESUMED" } } as const;
    const chain = [call("a"), call("c", { dependsOn: ["a"], with: { x: "${{ a }}" } })];
    const log = written(begin(chain), recovered, returned("call/a/1", 1));
    const since = (kernel: string) =>
      replay(
        resealed(log, (event) => {
          if (event.type === "run.resumed") return { kernel };
          return event.type === "step.started" && event.data.step === "c" ? { args: { x: 2 } } : {};
        }),
      );
    expect(since(KERNEL_VERSION).differences).toMatchObject([{ field: "data.args" }]);
    expect(since("0").differences).toEqual([]);
    expect(since("0").policyDifferences).toMatchObject([{ field: "data.args" }]);
  });
});

test("a broken chain, and events that make no run, are differences whatever kernel wrote them", () => {
  const log = failing();
  const changed = log.map((event) => (event.seq === 4 ? { ...event, at: 1 } : event));
  expect(replay(changed).differences).toMatchObject([
    { seq: 4, field: "at" },
    { seq: 5, field: "prev" },
  ]);
  const nobody = resealed(log, (event) => (event.seq === 5 ? { step: "nobody" } : {}));
  expect(replay(nobody).differences[0]).toMatchObject({ seq: 5, field: "type" });
});
