// `planloom compare`. In: a goal, and strategies. Out: a table of what each strategy took and gave. Each has a run of its
// own; effects are simulated unless they are allowed.
import type { StrategyComparison, ComparedStrategy } from "../../loom/comparison.js";
import type { Loom } from "../../loom/loom.js";
import type { LoomRun } from "../../loom/loom-run.js";
import type { Strategy } from "../../plan/strategy.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { Follower } from "../follow.js";
import { SubRuns } from "../sub-runs.js";
import { openFollower, untilStuck, type DriveFlags } from "../drive.js";
import { leave } from "../ending.js";
import { usageError } from "../error-text.js";
import { EXIT, exitOfRun } from "../exit-code.js";
import { budgetIn, portsOf, settingsIn, type RunFlags } from "../flags.js";
import { inputsFromFlags, inputValues, trustIn } from "../inputs.js";
import { withLoom } from "../open-loom.js";
import { printJson, printLines, PROGRAM, say } from "../output.js";
import { comparisonLines } from "../render/comparison.js";
import { heading } from "../render/lines.js";

interface CompareFlags extends RunFlags {
  /** Names with commas between them. */
  readonly strategies?: string;
  readonly allowEffects?: boolean;
  readonly answers?: boolean;
}

export async function compareCommand(words: readonly string[], flags: CompareFlags): Promise<number> {
  const goal = words.join(" ").trim();
  if (words.length === 0)
    throw usageError("No goal is given.", `Say what is to be done: \`${PROGRAM} compare "your goal"\`.`);
  if (goal === "") throw new PlanloomError("GOAL_EMPTY", {});
  const inputs = inputValues(await inputsFromFlags(flags.input ?? []), undefined);
  // The budget of the flags is that of all runs together.
  const { budgetCalls: _calls, budgetTokens: _tokens, budgetUsd: _usd, budgetTime: _time, ...ofOne } = flags;
  return withLoom(flags, settingsIn(ofOne), (loom) => compare(loom, goal, inputs, flags), portsOf(flags));
}

async function compare(
  loom: Loom,
  goal: string,
  inputs: ReturnType<typeof inputValues>,
  flags: CompareFlags,
): Promise<number> {
  const { strategies, allowEffects = false } = flags;
  if (allowEffects)
    say("Effects are real: each strategy calls tools with effects itself, so they happen more than once.");
  const interrupt = interruption();
  const attending = attendance(loom, flags, interrupt.signal);
  try {
    const comparison = await loom.compare(goal, {
      ...(strategies !== undefined && { strategies: strategies.split(",").map((name) => name.trim() as Strategy) }),
      ...{ allowEffects, inputs, trust: trustIn(flags), tags: flags.tag ?? [], budget: budgetIn(flags) },
      signal: interrupt.signal,
      ...attending,
    });
    if (flags.json === true) printJson(comparison);
    else printLines(comparisonLines(comparison, { answers: flags.answers === true }));
    return interrupt.signal.aborted ? EXIT.interrupted : exitOf(comparison);
  } finally {
    interrupt.over();
  }
}

/** The first Ctrl-C cancels the run and ends the comparison; its table is still printed. The second ends the process. */
function interruption(): { readonly signal: AbortSignal; readonly over: () => void } {
  const abort = new AbortController();
  const stop = (): void => {
    if (abort.signal.aborted) return void leave(EXIT.interrupted);
    say("Cancelling …");
    abort.abort(new Error("the comparison was interrupted"));
  };
  for (const signal of ENDING) process.on(signal, stop);
  return {
    signal: abort.signal,
    over: () => ENDING.forEach((signal) => process.off(signal, stop)),
  };
}

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Shows each run on stderr, and asks the person at this terminal what it asks. */
function attendance(loom: Loom, flags: DriveFlags, signal: AbortSignal) {
  let follower: Follower | undefined;
  return {
    listener: async (strategy: Strategy) => {
      if (flags.quiet !== true) say(heading(strategy));
      return (follower = await openFollower(flags));
    },
    attend: async (run: LoomRun) => {
      const below = new SubRuns(loom, follower!.display, flags.quiet === true);
      below.watch(follower!);
      await untilStuck({ loom, run, follower: follower!, below, signal }, flags).finally(() => below.end());
      follower!.rest();
    },
  };
}

/** That of the first strategy that did not succeed; a run that waits comes first. */
function exitOf({ strategies }: StrategyComparison): number {
  const codes = strategies.map(codeOf);
  return codes.find((code) => code === EXIT.waiting) ?? codes.find((code) => code !== EXIT.done) ?? EXIT.done;
}

const codeOf = ({ status, success }: ComparedStrategy): number =>
  status === "not-run" ? EXIT.failed : exitOfRun({ status, success });
