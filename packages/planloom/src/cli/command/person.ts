// What a person answers a run: approve, reject, respond, cancel. In: a run's name and the words. Out: the command in
// the run's log; and, where nobody else drives the run, its further course. Separate because all of them end in driving.
import type { Loom } from "../../engine/loom.js";
import type { LoomRun, SendOptions } from "../../engine/loom-run.js";
import type { Reply } from "../../engine/engine.js";
import type { Json } from "../../plan/json.js";
import { documentOf } from "../../run/document.js";
import { recorded, refused, takeUp, type DriveFlags } from "../drive.js";
import { usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { portsOf, settingsIn, type ModelFlags } from "../flags.js";
import { answerValue, jsonOrText } from "../inputs.js";
import { PROGRAM, say } from "../output.js";
import { userName, withLoom, type PlaceFlags } from "../place.js";
import { runNamed } from "../run-name.js";

type Flags = PlaceFlags & ModelFlags & DriveFlags;

/** `run` is false with --no-run: the command is only recorded. */
export type SayFlags = Flags & { readonly run?: boolean };

export async function approveCommand(
  name: string,
  flags: SayFlags & { readonly hash?: string; readonly comment?: string; readonly calls?: boolean },
): Promise<number> {
  const { comment, calls } = flags;
  const said = { ...(comment === undefined ? {} : { comment }), ...(calls === true ? { calls } : {}) };
  return withRun(name, flags, async (loom, runId) => {
    const hash = await hashMeant(await loom.get(runId), flags.hash);
    return tellIn(loom, runId, flags, (run, options) => run.approve(hash, { ...options, ...said }), hash);
  });
}

export async function rejectCommand(
  name: string,
  flags: SayFlags & { readonly message: string; readonly hash?: string },
): Promise<number> {
  const { message, hash } = flags;
  return withRun(name, flags, async (loom, runId) => {
    const named = hash === undefined ? {} : { hash: await hashMeant(await loom.get(runId), hash) };
    return tellIn(loom, runId, flags, (run, options) => run.reject(message, { ...options, ...named }), hash);
  });
}

/**
 * The hash that is meant: it may be shortened to 12 characters or more where what waits begins with it, and left out where one
 * thing waits alone; then it is said which. "" where nothing does. Throws WHICH_APPROVAL.
 */
export async function hashMeant(run: LoomRun, hash: string | undefined, subject?: "plan"): Promise<string> {
  const { waiting } = await run.document();
  const approvals = (waiting?.approvals ?? []).filter(
    (approval) => subject === undefined || approval.subject === subject,
  );
  if (hash !== undefined) {
    const fitting = approvals.filter((approval) => approval.hash.startsWith(hash));
    return hash.length >= 12 && fitting.length === 1 ? fitting[0]!.hash : hash;
  }
  const [only, ...others] = approvals;
  if (others.length > 0) {
    const next = `Name one with --hash: ${approvals.map((approval) => approval.hash.slice(0, 12)).join(", ")}.`;
    throw usageError("WHICH_APPROVAL", `Several things of run ${run.id} wait for approval.`, next);
  }
  if (only === undefined) return "";
  say(`Of run ${run.id} there waits ${only.subject === "plan" ? "the plan" : "a call"} with the hash ${only.hash}`);
  return only.hash;
}

interface RespondFlags extends SayFlags {
  readonly item?: string;
  /** Commander gives true where the value is left out. */
  readonly happened?: string | true;
  readonly notHappened?: boolean;
  readonly abort?: boolean;
}

export async function respondCommand(
  name: string,
  step: string,
  value: string | undefined,
  flags: RespondFlags,
): Promise<number> {
  const item = itemOf(flags.item);
  const verdict = verdictOf(flags);
  if (verdict === undefined && value === undefined) {
    throw usageError("USAGE", "There is no answer.", `Write ${PROGRAM} respond ${name} ${step} VALUE.`);
  }
  if (verdict !== undefined && value !== undefined) {
    throw usageError("USAGE", "A value and an outcome are two different answers.", "Give one of them.");
  }
  return tell(name, flags, async (run, options, loom) =>
    verdict === undefined
      ? run.respond(step, answerValue(await loom.engine.load(run.id), { step, ...item }, value!), {
          ...options,
          ...item,
        })
      : run.settle(step, verdict.verdict, { ...options, ...item, ...verdict.output }),
  );
}

function itemOf(item: string | undefined): { readonly item?: number } {
  if (item === undefined) return {};
  if (!/^\d{1,9}$/.test(item)) throw usageError("USAGE", `--item is ${item}.`, "Write the index of the item, from 0.");
  return { item: Number(item) };
}

type Verdict = { readonly verdict: "happened" | "not-happened" | "abort"; readonly output: { readonly output?: Json } };

function verdictOf({ happened, notHappened, abort }: RespondFlags): Verdict | undefined {
  const said: Verdict[] = [];
  if (happened !== undefined)
    said.push({ verdict: "happened", output: happened === true ? {} : { output: jsonOrText(happened) } });
  if (notHappened === true) said.push({ verdict: "not-happened", output: {} });
  if (abort === true) said.push({ verdict: "abort", output: {} });
  if (said.length > 1)
    throw usageError("USAGE", "More than one outcome is given.", "Give one of --happened, --not-happened, --abort.");
  return said[0];
}

/** Cancelled as asked is what this command is for: then it exits with 0. */
export async function cancelCommand(name: string, flags: SayFlags & { readonly message?: string }): Promise<number> {
  const { message = "" } = flags;
  return withRun(name, flags, async (loom, runId) => {
    const run = await loom.get(runId);
    const record = flags.run === false ? ({ record: "only" } as const) : {};
    const reply = await run.cancel(message, { by: userName(), ...record });
    if (!reply.ok) return refused(loom, runId, reply);
    // Where this process took the run over, the calls that it finds open end with it; else its owner stops it.
    const stopped = await loom.engine.stopped(runId);
    const { status } = documentOf(stopped.run);
    say(status === "cancelled" ? `Run ${runId} is cancelled.` : `Run ${runId} is told to cancel (it is ${status}).`);
    return EXIT.done;
  });
}

async function tell(
  name: string,
  flags: SayFlags,
  command: (run: LoomRun, options: SendOptions, loom: Loom) => Promise<Reply>,
): Promise<number> {
  return withRun(name, flags, (loom, runId) =>
    tellIn(loom, runId, flags, (run, options) => command(run, options, loom)),
  );
}

/** Gives a command, and drives the run where nobody else does; `hash` is what the command names. */
export async function tellIn(
  loom: Loom,
  runId: string,
  flags: SayFlags,
  command: (run: LoomRun, options: SendOptions) => Promise<Reply>,
  hash?: string,
): Promise<number> {
  const by = userName();
  if (flags.run !== false) return takeUp(loom, runId, flags, (run) => command(run, { by }), hash);
  const run = await loom.get(runId);
  const reply = await command(run, { by, record: "only" });
  if (!reply.ok) return refused(loom, runId, reply, { hash });
  return recorded(runId);
}

export function withRun(
  name: string,
  flags: Flags,
  work: (loom: Loom, runId: string) => Promise<number>,
): Promise<number> {
  const open = async (loom: Loom) => work(loom, await runNamed(loom.store, name));
  return withLoom(flags, settingsIn({}), open, portsOf(flags));
}
