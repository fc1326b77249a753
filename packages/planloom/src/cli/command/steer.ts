// Commands for a live run: pause, resume, cancel, another goal, another plan. In: a run's name and the arguments. Out:
// the command in the run's log, and the rest of the run. The run asks for none of these; person.ts has the answers to a
// run's questions.
import { commandLine } from "../carried.js";
import type { Reply } from "../../engine/engine.js";
import type { Loom } from "../../loom/loom.js";
import type { LoomRun } from "../../loom/loom-run.js";
import { type RunStatus, statusOf } from "../../run/status.js";
import { composePlan } from "../compose.js";
import { printRun, recorded, refused, takeUp, tell, type Sending } from "../drive.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { atTerminal, say } from "../output.js";
import { userName } from "../open-loom.js";
import { checkedText, planText } from "../plan-file.js";
import { openTerminal } from "../prompt.js";
import { hashMeant, reasonGiven, withRun, type GivenReason, type SayFlags } from "./person.js";
import { shellWord } from "../shell-word.js";

/** Continues a paused run. Otherwise drives a run that nobody drives; with `takeOver`, also one of a live process. */
export async function resumeCommand(name: string, flags: SayFlags & { readonly takeOver?: boolean }): Promise<number> {
  return withRun(name, flags, async (loom, runId) => {
    if (flags.takeOver === true) return takeUp(loom, runId, flags, { takeOver: true });
    const { paused } = await loom.engine.load(runId);
    if (paused) return tell(loom, runId, flags, (run, how) => unpause(loom, run, how));
    if (flags.run !== false) return takeUp(loom, runId, flags);
    throw new PlanloomError("NOT_PAUSED", { runId });
  });
}

/** Another process may have ended the pause, perhaps with a command that was only recorded. */
async function unpause(loom: Loom, { id }: LoomRun, how: Sending): Promise<Reply> {
  const reply = await loom.engine.send(id, { type: "unpause", reason: "" }, how);
  return !reply.ok && reply.code === "NOT_PAUSED" ? { ok: true } : reply;
}

export async function goalCommand(
  name: string,
  words: readonly string[],
  flags: SayFlags & GivenReason,
): Promise<number> {
  const goal = words.join(" ").trim();
  if (goal === "") throw new PlanloomError("GOAL_EMPTY", { of: "change" });
  const reason = reasonGiven(flags) ?? "";
  return withRun(name, flags, (loom, runId) =>
    tell(loom, runId, flags, (run, how) => run.changeGoal(goal, { ...how, reason })),
  );
}

export async function pauseCommand(name: string, flags: SayFlags & GivenReason): Promise<number> {
  return halt(name, flags, "paused", (run, how) => run.pause(reasonGiven(flags) ?? "", how));
}

export async function cancelCommand(
  name: string,
  flags: SayFlags & GivenReason & { readonly compensate?: boolean },
): Promise<number> {
  const { compensate } = flags;
  const undo = compensate === undefined ? {} : { compensate };
  return halt(name, flags, "cancelled", (run, how) => run.cancel(reasonGiven(flags) ?? "", { ...how, ...undo }));
}

/** Exit code 0 if the run stopped as the command asked. */
async function halt(
  name: string,
  flags: SayFlags,
  wanted: RunStatus,
  send: (run: LoomRun, how: Sending) => Promise<Reply>,
): Promise<number> {
  return withRun(name, flags, async (loom, runId) => {
    const record = flags.run === false ? ({ record: "only" } as const) : {};
    const reply = await send(await loom.get(runId), { by: userName(), ...record });
    if (!reply.ok) return refused(loom, runId, reply, { flags });
    if (flags.run === false) return recorded(loom, runId, flags);
    // If this process took the run over, open calls are awaited here. Otherwise the run's owner awaits them.
    const status = statusOf((await loom.engine.stopped(runId)).run);
    await printRun(loom, runId, flags);
    const then = status === "paused" ? `; it goes on with: ${commandLine(["resume", shellWord(runId)])}` : "";
    say(`Run ${runId} ${status === wanted ? `is ${status}${then}` : `will be ${wanted}; it is ${status} still`}`);
    return EXIT.done;
  });
}

type EditFlags = SayFlags & GivenReason & { readonly hash?: string; readonly plan?: string };

/** With --plan a file replaces the waiting plan. Without it, the person writes in an editor. */
export async function editCommand(name: string, flags: EditFlags): Promise<number> {
  return withRun(name, flags, async (loom, runId) => {
    const hash = await hashMeant(await loom.get(runId), flags.hash, "plan");
    const state = await loom.engine.load(runId);
    const comment = reasonGiven(flags);
    const said = { hash, ...(comment === undefined ? {} : { comment }) };
    if (flags.plan !== undefined) {
      const aim = { goal: state.request.goal, inputs: state.request.inputs, run: state };
      const plan = await checkedText(loom, await planText(flags.plan), aim);
      return tell(loom, runId, flags, (run, how) => run.edit(plan, { ...how, ...said }), hash);
    }
    if (!atTerminal()) {
      const next = `Give the plan as a file: ${commandLine(["edit", shellWord(runId), "--plan FILE"])} (\`${commandLine(["show", shellWord(runId), "--json"])}\` has it under \`plan\`).`;
      throw usageError("The plan cannot be edited here: this is not a terminal.", next);
    }
    const composed = await composePlan(loom, state, openTerminal(), new AbortController().signal);
    if (composed.kind === "unchanged") say("The plan stays as it is.");
    if (composed.kind !== "text") return EXIT.waiting;
    return tell(
      loom,
      runId,
      flags,
      async (run, how) => {
        const reply = await run.edit(composed.text, { ...how, ...said });
        if (reply.ok) await composed.discard();
        else say(`What you wrote is kept in ${composed.file}`);
        return reply;
      },
      hash,
    );
  });
}
