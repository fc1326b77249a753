// Answers of a person to a run: approve, reject, respond. In: a run's name and the arguments. Out: the command in the
// run's log and, if nobody else drives the run, the rest of the run.
import { commandLine } from "../carried.js";
import type { Loom } from "../../loom/loom.js";
import type { LoomRun } from "../../loom/loom-run.js";
import type { WaitingDocument } from "../../loom/document.js";
import { LIMITS } from "../../limits.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { valueFor } from "../../plan/type/value-for.js";
import { editableTool } from "../../run/approval.js";
import type { CallVerdict, RestOfStep } from "../../run/command.js";
import { tell, type TellFlags } from "../drive.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { usageError } from "../error-text.js";
import { settingsIn, type ModelFlags } from "../flags.js";
import { answerValue } from "../inputs.js";
import { say } from "../output.js";
import { previewLinesOf } from "../previews.js";
import { callApprovalLines, planApprovalLines } from "../render/approval.js";
import { oneLine } from "../style.js";
import type { StoreFlags } from "../open-loom.js";
import { standardInput } from "../plan-file.js";
import { withRunLoom } from "../run-loom.js";
import { shellWord } from "../shell-word.js";

export type SayFlags = StoreFlags & ModelFlags & TellFlags;

/** `-m`, also under its earlier names. */
export interface GivenReason {
  readonly message?: string;
  readonly comment?: string;
  readonly reason?: string;
}

export const reasonGiven = ({ message, comment, reason }: GivenReason): string | undefined =>
  message ?? comment ?? reason;

export async function approveCommand(
  name: string,
  step: string | undefined,
  flags: SayFlags & ApproveFlags,
): Promise<number> {
  const { calls, rest } = flags;
  const comment = reasonGiven(flags);
  const said = {
    ...(comment === undefined ? {} : { comment }),
    ...(calls === true ? { calls } : {}),
    ...(rest === undefined ? {} : { rest }),
  };
  return withRun(name, flags, async (loom, runId) => {
    const hash = await hashMeant(await loom.get(runId), flags.hash, step);
    if (flags.hash === undefined) for (const line of await approvedLines(loom, runId, hash)) say(line);
    const args = flags.args === undefined ? {} : { args: argumentsIn(flags.args, await inputOf(loom, runId, hash)) };
    return tell(loom, runId, flags, (run, how) => run.approve(hash, { ...how, ...said, ...args }), hash);
  });
}

/** What is about to be approved. A person who gives no hash may have seen something else before. */
async function approvedLines(loom: Loom, runId: string, hash: string): Promise<readonly string[]> {
  const run = await loom.get(runId);
  const { waiting } = await run.document();
  const approval = waiting?.approvals.find((one) => one.hash === hash);
  if (approval === undefined) return [];
  const lines =
    approval.subject === "plan" ? planApprovalLines(await loom.engine.load(runId)) : callApprovalLines(runId, approval);
  return [...lines, ...(await previewLinesOf(run, hash))];
}

interface ApproveFlags extends GivenReason {
  readonly hash?: string;
  readonly calls?: boolean;
  /** JSON. */
  readonly args?: string;
  readonly rest?: RestOfStep;
}

/** The input schema of the tool whose call waits under this hash. */
async function inputOf(loom: Loom, runId: string, hash: string): Promise<JsonObject | undefined> {
  const run = await loom.engine.load(runId);
  const pending = run.approvals.pending.get(hash);
  return pending && editableTool(run, pending)?.input;
}

function argumentsIn(text: string, type: JsonObject | undefined): JsonObject {
  const args = valueFor(type, text).value;
  if (isObject(args)) return args;
  throw usageError("--args is no JSON object.", 'Write all arguments of the call: --args \'{"to": "ann"}\'.');
}

export async function rejectCommand(
  name: string,
  flags: SayFlags & { readonly message: string; readonly hash?: string },
): Promise<number> {
  const { hash } = flags;
  const message = await feedbackIn(flags.message);
  return withRun(name, flags, async (loom, runId) => {
    const named = hash === undefined ? {} : { hash: await hashMeant(await loom.get(runId), hash) };
    return tell(loom, runId, flags, (run, how) => run.reject(message, { ...how, ...named }), hash);
  });
}

/** `-` is standard input, which may be longer than an argument. */
async function feedbackIn(message: string): Promise<string> {
  const text = message === "-" ? (await standardInput()).trim() : message;
  const { feedbackChars } = LIMITS;
  const long = text.length > feedbackChars;
  if (long)
    say(`The feedback is longer than ${feedbackChars} characters: those at its beginning count, the rest is left out.`);
  return text;
}

/**
 * The full hash. It may be shortened to 24 or more hex digits, and left out if only one approval waits; then the
 * approval is shown. "" if nothing waits. Throws WHICH_APPROVAL and USAGE.
 */
export async function hashMeant(run: LoomRun, hash: string | undefined, subject?: string): Promise<string> {
  const { waiting } = await run.document();
  const approvals = (waiting?.approvals ?? []).filter(
    ({ subject: of }) => subject === undefined || of === subject || (isObject(of) && nameOf(of) === subject),
  );
  if (hash !== undefined) {
    if (!/^[\da-f]{24,64}$/.test(hash))
      throw usageError(`--hash is ${oneLine(hash, 80)}.`, "Write the whole hash, or at least its first 24 characters.");
    const fitting = approvals.filter((approval) => approval.hash.startsWith(hash));
    return fitting.length === 1 ? fitting[0]!.hash : hash;
  }
  const [only, ...others] = approvals;
  if (only === undefined && subject !== undefined && subject !== "plan" && waiting !== undefined)
    throw usageError(`No call of step ${oneLine(subject, 80)} waits for approval.`, waitingText(waiting.approvals));
  if (others.length > 0) {
    const hashes = approvals.map((approval) => approval.hash);
    throw new PlanloomError("WHICH_APPROVAL", { runId: run.id, hashes });
  }
  if (only === undefined) return "";
  const what =
    only.subject === "plan" ? "the plan" : isObject(only.subject) ? `the call of step ${nameOf(only.subject)}` : "";
  say(`Run ${run.id} waits for one approval: ${what}, hash ${only.hash}`);
  return only.hash;
}

function waitingText(approvals: WaitingDocument["approvals"]): string {
  const names = approvals.map(({ subject }) => (isObject(subject) ? nameOf(subject) : "plan"));
  return names.length === 0 ? "No approval waits." : `Name one of these, which wait: ${names.join(", ")}.`;
}

/** `pay`, or `pay[1]` for an item. */
const nameOf = ({ step, item }: JsonObject): string =>
  `${textOf(step)}${item === undefined ? "" : `[${textOf(item)}]`}`;

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value));

interface RespondFlags extends SayFlags {
  readonly item?: string;
  /** Commander gives true if the value is left out. */
  readonly happened?: string | true;
  readonly notHappened?: boolean;
  readonly abort?: boolean;
  readonly use?: string;
  readonly skip?: boolean;
  readonly fail?: boolean;
  /** The question of a tool that is meant. */
  readonly asked?: string;
  readonly again?: boolean;
  readonly undone?: boolean;
  readonly leave?: boolean;
}

export async function respondCommand(
  name: string,
  step: string,
  value: string | undefined,
  flags: RespondFlags,
): Promise<number> {
  const item = itemOf(flags.item);
  const verdict = verdictOf(flags);
  askedOf(flags.asked);
  if (verdict === undefined && value === undefined) {
    throw usageError(
      "No answer is given.",
      `Write \`${commandLine(["respond", shellWord(name), shellWord(step), "VALUE"])}\`.`,
    );
  }
  if (verdict !== undefined && value !== undefined) {
    throw usageError("A value and an outcome are two different answers.", "Give one of them.");
  }
  return withRun(name, flags, (loom, runId) =>
    tell(loom, runId, flags, async (run, how) => {
      const valueOf = async (text: string) => answerValue(await loom.engine.load(runId), { step, ...item }, text);
      if (verdict !== undefined) {
        const text = flags.use ?? (flags.happened === true ? undefined : flags.happened);
        const output = text === undefined ? {} : { output: await valueOf(text) };
        return run.settle(step, verdict, { ...how, ...item, ...output });
      }
      const said = await valueOf(value!);
      return run.respond(step, said, { ...how, ...item, ...askedOf(flags.asked) });
    }),
  );
}

function itemOf(item: string | undefined): { readonly item?: number } {
  if (item === undefined) return {};
  if (!/^\d{1,9}$/.test(item)) throw usageError(`--item is ${item}.`, "Write the index of the item, from 0.");
  return { item: Number(item) };
}

function askedOf(asked: string | undefined): { readonly asked?: number } {
  if (asked === undefined) return {};
  if (!/^\d{1,9}$/.test(asked))
    throw usageError(`--asked is ${asked}.`, "Write the number of the question, as the run shows it.");
  return { asked: Number(asked) };
}

function verdictOf(flags: RespondFlags): CallVerdict | undefined {
  const { happened, notHappened, abort, use, skip, fail, again, undone, leave } = flags;
  const said: CallVerdict[] = [];
  if (happened !== undefined) said.push("happened");
  if (notHappened === true) said.push("not-happened");
  if (abort === true) said.push("abort");
  if (use !== undefined) said.push("use");
  if (skip === true) said.push("skip");
  if (fail === true) said.push("fail");
  if (again === true) said.push("again");
  if (undone === true) said.push("undone");
  if (leave === true) said.push("leave");
  if (said.length > 1) {
    throw usageError(
      "More than one outcome is given.",
      "Give one of --happened, --not-happened, --abort; of --use, --skip, --fail, --again; or of --undone, --leave, --again.",
    );
  }
  return said[0];
}

export function withRun(
  name: string,
  flags: StoreFlags & ModelFlags,
  work: (loom: Loom, runId: string) => Promise<number>,
): Promise<number> {
  return withRunLoom(name, flags, settingsIn({}), work);
}
