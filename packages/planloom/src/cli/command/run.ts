// `planloom run`. In: a goal in words, a plan file, or either from standard input. Out: the answer. This file decides
// what the word after `run` means.
import type { ContextOptions } from "../../loom/context-option.js";
import type { Loom, StartOptions } from "../../loom/loom.js";
import type { LoomRun } from "../../loom/loom-run.js";
import type { Json, JsonObject } from "../../plan/json.js";
import { readPlan } from "../../plan/read/read.js";
import type { CheckedPlan } from "../../run/command.js";
import { driveToEnd, openFollower } from "../drive.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { usageError } from "../error-text.js";
import { answerSchemaIn } from "../answer-schema-file.js";
import { playbookInputs, playbookMeant, playbookOffered } from "../playbook-start.js";
import { portsOf, settingsIn, type RunFlags } from "../flags.js";
import { declaredIn, inputsFromFlags, inputValues, trustIn } from "../inputs.js";
import { contextIn, contextOptions, messagesIn } from "../start-flags.js";
import { withLoom } from "../open-loom.js";
import { PROGRAM } from "../output.js";
import { checkText, meansFile, planText, soundPlan, type PlanText } from "../plan-file.js";
import { playCommand, saveRecording } from "./replay.js";

/** The inputs, and the schema of the answer. */
interface Given {
  readonly inputs: { readonly [name: string]: Json };
  readonly answer?: JsonObject;
}

export async function runCommand(words: readonly string[], flags: RunFlags): Promise<number> {
  if (flags.fromRecording !== undefined) return playCommand(words, flags.fromRecording, flags);
  if (words.length === 0 && flags.playbook === undefined)
    throw usageError("No goal is given.", `Say what is to be done: \`${PROGRAM} run "your goal"\`.`);
  const goal = words.join(" ").trim();
  if (goal === "" && flags.playbook === undefined) throw new PlanloomError("GOAL_EMPTY", {});
  const given = await inputsFromFlags(flags.input ?? []);
  const [context, messages] = [await contextIn(flags), await messagesIn(flags)];
  const answer = await answerSchemaIn(flags);
  const isPlan = flags.playbook === undefined && (goal === "-" || (await meansFile(goal)));
  const text = isPlan ? await planText(goal, "orGoal") : undefined;
  return withLoom(
    flags,
    settingsIn(flags),
    async (loom, { config }) => {
      const isAuto = text === undefined && (flags.strategy ?? config.strategy) === "auto";
      const meant = flags.playbook ?? (await playbookMeant(loom, goal));
      const playbook = meant ?? (isAuto ? await playbookOffered(loom, goal) : undefined);
      const more = { ...answer, ...messages, ...contextOptions(loom, context) };
      if (playbook !== undefined) {
        const inputs = await playbookInputs(await loom.playbooks.get(playbook), given);
        const { strategy, ...others } = flags;
        const kept = meant === undefined || strategy === undefined ? others : flags;
        return follow(loom, flags.playbook === undefined ? "" : goal, { ...more, inputs, playbook }, kept);
      }
      const inputs = inputValues(given, text && declaredIn(text.text));
      return start(loom, goal, text, { inputs, ...more }, flags);
    },
    portsOf(flags),
  );
}

async function start(
  loom: Loom,
  words: string,
  text: PlanText | undefined,
  { inputs, answer, ...context }: ContextOptions & Pick<StartOptions, "messages"> & Given,
  flags: RunFlags,
): Promise<number> {
  const given = { inputs, ...(answer && { answer }) };
  const { goal, plan } = text === undefined ? { goal: words } : await understood(loom, text, given, words === "-");
  return follow(loom, goal, { ...given, ...context, ...(plan === undefined ? {} : { plan }) }, flags);
}

/** Starts the run and drives it to its end. */
async function follow(loom: Loom, goal: string, given: StartOptions, flags: RunFlags): Promise<number> {
  const follower = await openFollower(flags);
  const options: StartOptions = {
    ...given,
    trust: trustIn(flags),
    tags: flags.tag ?? [],
    ...(flags.runId === undefined ? {} : { runId: flags.runId }),
    listener: follower,
    ...(flags.strategy === undefined ? {} : { strategy: flags.strategy }),
  };
  let run: LoomRun | undefined;
  const code = await driveToEnd(loom, follower, flags, async () => (run = await loom.start(goal, options)));
  if (flags.record !== undefined && run !== undefined) await saveRecording(await run.recording(), flags.record);
  return code;
}

/** A plan that passes check, or (from standard input only) a goal in words. Throws PLAN_INVALID. */
async function understood(
  loom: Loom,
  text: PlanText,
  given: Given,
  orGoal: boolean,
): Promise<{ goal: string; plan?: CheckedPlan }> {
  const words = text.text.trim();
  const checked = await checkText(loom, text, given);
  if (orGoal && words !== "" && !checked.ok && /^(no-plan|refusal)$/.test(readPlan(words).kind)) return { goal: words };
  const plan = soundPlan(checked, text.name);
  return { goal: plan.plan.goal, plan };
}
