// Races around approvals: several people approve, reject, edit, cancel and change the goal, and time runs out, in every
// order, with one of them saying it twice. Each schedule has one outcome, which a few lines of rules foretell.
import { describe, expect, it } from "vitest";
import { isCommand, type Input } from "../../src/run/input.js";
import type { RunEvent } from "../../src/run/event.js";
import { replay } from "../../src/run/log/replay.js";
import { emptyRun, type Run, type RunEnd } from "../../src/run/state.js";
import { endOf } from "../../src/run/status.js";
import { transition } from "../../src/run/log/transition.js";
import { start, type LooseInput } from "../../src/testing/given-when-then.js";
import { figure } from "../figures.js";
import { checked, TOOLS } from "./parts.js";

const DAY = 24 * 60 * 60_000;
const settings = { onFailure: "patch", replan: "on-failure" } as const;
const beginning = (steps: readonly object[], more: object = {}) =>
  start({ plan: { steps, answer: { value: 1 } }, tools: TOOLS, settings: { ...settings, ...more } });

/** What is said, by whom; `time` stands for the end of all patience. */
interface Word {
  readonly name: string;
  readonly input: LooseInput;
}

function* orders<T>(list: readonly T[]): Generator<readonly T[]> {
  if (list.length === 0) yield [];
  for (const [index, first] of list.entries())
    for (const rest of orders([...list.slice(0, index), ...list.slice(index + 1)])) yield [first, ...rest];
}

/** Each order of the words, with one of them said once more, at any later place. */
function* schedules(words: readonly Word[]): Generator<readonly Word[]> {
  let count = 0;
  for (const order of orders(words)) {
    count++;
    const first = count % order.length;
    const place = first + 1 + (Math.floor(count / order.length) % (order.length - first));
    yield [...order.slice(0, place), order[first]!, ...order.slice(place)];
  }
}

interface Told {
  readonly run: Run;
  readonly log: readonly RunEvent[];
  /** How each word was answered: ok, nothing, or the code of a refusal. */
  readonly answers: readonly string[];
}

function told(first: LooseInput, schedule: readonly Word[]): Told {
  const run = emptyRun("race");
  const log: RunEvent[] = [];
  let at = 0;
  const say = (loose: LooseInput, index: number): string => {
    at += loose.type === "clock" ? DAY + 1_000 : 1;
    const input: Input = { id: `i${index}`, at, by: "engine", ...loose };
    const events = transition(run, isCommand(input) ? { ...input, by: `person ${index}` } : input);
    log.push(...events);
    const refused = events.find((event) => event.type === "input.refused");
    if (refused !== undefined) return refused.data.code;
    return events.length === 0 ? "nothing" : "ok";
  };
  say(first, 0);
  const answers = schedule.map(({ input }, index) => say(input, index + 1));
  return { run, log, answers };
}

/** What the rules foretell. */
interface Foretold {
  readonly answers: readonly string[];
  readonly ended: RunEnd["how"] | undefined;
  readonly started: readonly string[];
}

type Rules = (word: string) => string;

function played(
  first: LooseInput,
  words: readonly Word[],
  foretell: () => { rules: Rules; end: () => Omit<Foretold, "answers"> },
) {
  let count = 0;
  const outcomes = new Set<string>();
  for (const schedule of schedules(words)) {
    const { run, log, answers } = told(first, schedule);
    const { rules, end } = foretell();
    const started = log.flatMap((event) => (event.type === "step.started" ? [event.data.step] : []));
    const wanted: Foretold = { answers: schedule.map(({ name }) => rules(name)), ...end() };
    expect({ schedule, answers, ended: endOf(run)?.how, started }).toEqual({ schedule, ...wanted });
    if (count++ % 20 === 0) expect(replay(JSON.parse(JSON.stringify(log)) as RunEvent[]).differences).toEqual([]);
    outcomes.add(JSON.stringify(wanted));
  }
  return { schedules: count, outcomes: outcomes.size };
}

const cancel: Word = { name: "cancel", input: { type: "cancel", reason: "enough" } };
const goal: Word = { name: "goal", input: { type: "goal", goal: "another", reason: "" } };
const time: Word = { name: "time", input: { type: "clock" } };

describe("races", () => {
  it("around a plan: each of at least 5,000 schedules has the one outcome that the rules foretell", () => {
    const first = beginning([{ id: "old", tool: "pay", with: {} }], { approval: "always" });
    const [hash] = [...told(first, []).run.approvals.pending.keys()] as [string];
    const plan = checked([{ id: "new", tool: "pay", with: {} }]);
    const words: readonly Word[] = [
      { name: "approve old", input: { type: "approve", hash } },
      { name: "reject old", input: { type: "reject", hash, comment: "not so" } },
      { name: "edit old", input: { type: "edit", hash, plan } },
      { name: "approve new", input: { type: "approve", hash: plan.hash } },
      cancel,
      goal,
      time,
    ];
    const found = played(first, words, () => {
      let pending: "old" | "new" | undefined = "old";
      let ended: RunEnd["how"] | undefined;
      let [stopping, changed] = [false, false];
      const granted = new Set<string>();
      const decided = (): "old" | "new" | undefined => {
        const was = pending;
        pending = undefined;
        return was;
      };
      const notPending = (which: string) =>
        granted.has(which) ? "ALREADY_APPROVED" : pending === undefined ? "NOTHING_TO_APPROVE" : "STALE_HASH";
      const rules: Rules = (word) => {
        if (word === "time") {
          if (ended !== undefined || pending === undefined) return "nothing";
          decided();
          ended = "failed";
          return "ok";
        }
        if (ended !== undefined) return "RUN_ENDED";
        const [verb, which = ""] = word.split(" ");
        if (stopping && (verb === "approve" || verb === "goal")) return "RUN_CANCELLING";
        if (verb === "goal") {
          if (changed) return "SAME_GOAL";
          changed = true;
          decided();
          return "ok";
        }
        if (verb === "cancel") {
          if (stopping) return "ALREADY_CANCELLING";
          decided();
          // A call that runs is waited for.
          if (granted.size > 0) stopping = true;
          else ended = "cancelled";
          return "ok";
        }
        if (pending !== which) return notPending(which);
        decided();
        if (verb === "approve") granted.add(which);
        if (verb === "edit") pending = "new";
        return "ok";
      };
      return { rules, end: () => ({ ended, started: [...granted] }) };
    });
    expect(found.schedules).toBe(5_040);
    expect(found.outcomes).toBeGreaterThan(100);
    figure("approval races: plans", found);
  });

  it("around two calls: each of at least 5,000 schedules has the one outcome that the rules foretell", () => {
    const call = (id: string) => ({ id, tool: "ask_first", with: {} });
    const first = beginning([call("p"), call("q")], { onFailure: "fail" });
    const hashes = new Map(
      [...told(first, []).run.approvals.pending.values()].map(({ subject, hash }) => [
        subject === "plan" ? "" : subject.step,
        hash,
      ]),
    );
    const hashOf = (step: string) => hashes.get(step)!;
    const words: readonly Word[] = [
      { name: "approve p", input: { type: "approve", hash: hashOf("p") } },
      { name: "reject p", input: { type: "reject", hash: hashOf("p"), comment: "not so" } },
      { name: "approve q", input: { type: "approve", hash: hashOf("q") } },
      { name: "edit q", input: { type: "edit", hash: hashOf("q"), plan: checked([call("r")]) } },
      cancel,
      goal,
      time,
    ];
    const found = played(first, words, () => {
      const pending = new Set(["p", "q"]);
      const granted = new Set<string>();
      const started: string[] = [];
      let ended: RunEnd["how"] | undefined;
      let [stopping, failing, changed] = [false, false, false];
      const fails = () => {
        failing = true;
        if (started.length === 0) ended = "failed";
      };
      const rules: Rules = (word) => {
        if (word === "time") {
          if (ended !== undefined || pending.size === 0) return "nothing";
          pending.clear();
          fails();
          return "ok";
        }
        if (ended !== undefined) return "RUN_ENDED";
        const [verb, which = ""] = word.split(" ");
        if (stopping && (verb === "approve" || verb === "goal")) return "RUN_CANCELLING";
        if (verb === "goal") {
          if (failing) return "RUN_FAILING";
          if (changed) return "SAME_GOAL";
          changed = true;
          return "ok";
        }
        if (verb === "cancel") {
          if (stopping) return "ALREADY_CANCELLING";
          pending.clear();
          if (started.length > 0) stopping = true;
          else ended = "cancelled";
          return "ok";
        }
        if (!pending.has(which)) {
          if (granted.has(which)) return "ALREADY_APPROVED";
          return pending.size === 0 ? "NOTHING_TO_APPROVE" : "STALE_HASH";
        }
        if (verb === "edit") return "NOT_A_PLAN";
        pending.delete(which);
        if (verb === "reject") fails();
        if (verb !== "approve") return "ok";
        granted.add(which);
        if (!changed && !failing) started.push(which);
        return "ok";
      };
      return { rules, end: () => ({ ended, started }) };
    });
    expect(found.schedules).toBe(5_040);
    expect(found.outcomes).toBeGreaterThan(100);
    figure("approval races: calls", found);
  });
});
