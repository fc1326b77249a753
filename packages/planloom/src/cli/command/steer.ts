// What a person does with a run that goes on: pause, another goal, another plan. In: a run's name and the words. Out: the command
// in the run's log, and its further course. Separate from person.ts, which answers what a run asks: here the run asks nothing.
import type { Listener, Reply } from "../../engine/engine.js";
import type { Loom } from "../../engine/loom.js";
import type { LoomRun } from "../../engine/loom-run.js";
import type { Command } from "../../run/input.js";
import { statusOf } from "../../run/state.js";
import { composePlan } from "../compose.js";
import { goOn, recorded, refused, takeUp } from "../drive.js";
import { usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { atTerminal, PROGRAM, say } from "../output.js";
import { userName } from "../place.js";
import { checkedDraft, planText } from "../plan-file.js";
import { openTerminal } from "../prompt.js";
import { hashMeant, tellIn, withRun, type SayFlags } from "./person.js";

/** A run that is paused goes on; any other one that nobody drives is taken up. */
export async function resumeCommand(name: string, flags: SayFlags): Promise<number> {
  return withRun(name, flags, async (loom, runId) => {
    const run = await loom.get(runId);
    const { paused } = await loom.engine.load(runId);
    if (paused) return give(loom, run, flags, { type: "unpause", reason: "" });
    if (flags.run !== false) return takeUp(loom, runId, flags);
    const next = `\`${PROGRAM} resume ${runId}\` without --no-run drives it.`;
    throw usageError("NOT_PAUSED", `Run ${runId} is not paused: there is nothing to record.`, next);
  });
}

export async function goalCommand(
  name: string,
  words: readonly string[],
  flags: SayFlags & { readonly reason?: string },
): Promise<number> {
  const goal = words.join(" ").trim();
  if (goal === "") throw usageError("GOAL_EMPTY", "The new goal is empty.", "Say what is to be done instead.");
  const { reason = "" } = flags;
  return withRun(name, flags, async (loom, runId) =>
    give(loom, await loom.get(runId), flags, { type: "goal", goal, reason }),
  );
}

/** Sent before the run is driven, so that nothing begins that the command would have kept from it. */
async function give(loom: Loom, run: LoomRun, flags: SayFlags, command: Command): Promise<number> {
  const by = userName();
  const send = async (listener: Listener): Promise<Reply> => {
    const reply = await loom.engine.send(run.id, command, { by, listener });
    // Somebody else has ended the pause meanwhile, perhaps with a word that was only recorded.
    return !reply.ok && reply.code === "NOT_PAUSED" ? { ok: true } : reply;
  };
  if (flags.run !== false) return goOn(loom, run, flags, send);
  const reply = await loom.engine.send(run.id, command, { by, record: "only" });
  return reply.ok ? recorded(run.id) : refused(loom, run.id, reply);
}

/** Paused as asked is what this command is for: then it exits with 0. */
export async function pauseCommand(name: string, flags: SayFlags & { readonly reason?: string }): Promise<number> {
  return withRun(name, flags, async (loom, runId) => {
    const run = await loom.get(runId);
    const record = flags.run === false ? ({ record: "only" } as const) : {};
    const reply = await run.pause(flags.reason ?? "", { by: userName(), ...record });
    if (!reply.ok) return refused(loom, runId, reply);
    if (flags.run === false) return recorded(runId);
    // Where this process took the run over, calls that were open are awaited here.
    await loom.engine.stopped(runId);
    const status = statusOf(await loom.engine.load(runId));
    const then = status === "paused" ? `; it goes on with: ${PROGRAM} resume ${runId}` : "";
    say(`Run ${runId} is ${status}${then}`);
    return EXIT.done;
  });
}

type EditFlags = SayFlags & { readonly hash?: string; readonly plan?: string; readonly comment?: string };

/** With --plan a file takes the place of the plan that waits; without, the person writes in an editor. */
export async function editCommand(name: string, flags: EditFlags): Promise<number> {
  return withRun(name, flags, async (loom, runId) => {
    const hash = await hashMeant(await loom.get(runId), flags.hash, "plan");
    const state = await loom.engine.load(runId);
    const said = { hash, ...(flags.comment === undefined ? {} : { comment: flags.comment }) };
    if (flags.plan !== undefined) {
      const aim = { goal: state.goal, inputs: state.inputs };
      const { draft } = checkedDraft(loom, await planText(flags.plan), aim);
      return tellIn(loom, runId, flags, (run, options) => run.edit(draft, { ...options, ...said }), hash);
    }
    if (!atTerminal()) {
      const next = `Give the plan as a file: ${PROGRAM} edit ${runId} --plan FILE (\`${PROGRAM} show ${runId} --json\` has it under \`plan\`).`;
      throw usageError("USAGE", "There is no terminal to edit the plan in.", next);
    }
    const composed = await composePlan(loom, state, openTerminal(), new AbortController().signal);
    if (composed.kind === "unchanged") say("The plan stays as it is.");
    if (composed.kind !== "text") return EXIT.waiting;
    return tellIn(
      loom,
      runId,
      flags,
      async (run, options) => {
        const reply = await run.edit(composed.text, { ...options, ...said });
        if (reply.ok) await composed.discard();
        else say(`What you wrote is kept in ${composed.file}`);
        return reply;
      },
      hash,
    );
  });
}
