// Reads a plan from a file or standard input. In: a path or `-`. Out: its text, and the checked plan or the findings.
// run, check and graph share it, so they print the same errors.
import { open, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { isatty } from "node:tty";
import { messageOf } from "../error.js";
import { decodedText } from "../files/text-encoding.js";
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import type { Loom } from "../loom/loom.js";
import type { WordedCheck } from "../loom/plan-checks.js";
import type { Finding } from "../plan/finding.js";
import type { Json } from "../plan/json.js";
import type { Plan } from "../plan/plan.js";
import { assertKnown } from "../perform/lacking.js";
import type { CheckedPlan } from "../run/command.js";
import type { Run } from "../run/state.js";
import { say } from "./output.js";

export interface PlanText {
  /** The name that is shown before a position. */
  readonly name: string;
  readonly text: string;
}

const ENDINGS = [".yaml", ".yml", ".json"];
const STDIN = "stdin";

/** Whether a word names a plan file: the file exists, or its extension is that of a plan. */
export async function meansFile(word: string): Promise<boolean> {
  if (ENDINGS.includes(extname(word).toLowerCase()) && !/\s/.test(word)) return true;
  return (
    word.length < 1_000 &&
    (await stat(word).then(
      (found) => found.isFile(),
      () => false,
    ))
  );
}

/** The text of a file, or of standard input for `-`. Reading stops when a document is too long. */
export async function planText(path: string, orGoal?: "orGoal"): Promise<PlanText> {
  return path === "-"
    ? { name: STDIN, text: await standardInput() }
    : { name: path, text: await fileText(path, LIMITS.planBytes, orGoal) };
}

/**
 * Reads at most one byte more than `max`, so that the reader can report the excess. Throws FILE_NOT_FOUND,
 * FILE_UNREADABLE and FILE_NOT_UTF8.
 */
export async function fileText(path: string, max: number, orGoal?: "orGoal"): Promise<string> {
  const bytes = await fileBytes(path, max, orGoal);
  return textIn(bytes, path, bytes.length > max);
}

/** The text of these bytes. Throws FILE_NOT_UTF8. `isCut`: the file goes on. */
export function textIn(bytes: Uint8Array, file: string, isCut = false): string {
  const decoded = decodedText(bytes, isCut);
  if (decoded.ok) return decoded.text;
  throw new PlanloomError("FILE_NOT_UTF8", { file, encoding: decoded.encoding });
}

/** Throws FILE_NOT_FOUND and FILE_UNREADABLE. */
export async function fileBytes(path: string, max: number, orGoal?: "orGoal"): Promise<Buffer> {
  try {
    return await beginningOf(path, max + 1);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw missing
      ? new PlanloomError("FILE_NOT_FOUND", { file: path, ...(orGoal === undefined ? {} : { orGoal: true }) })
      : new PlanloomError("FILE_UNREADABLE", { file: path, reason: messageOf(error) });
  }
}

async function beginningOf(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(bytes);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}

/** At most slightly more than the limit of a plan. Throws FILE_NOT_UTF8. */
export async function standardInput(): Promise<string> {
  if (isatty(0)) say("Reading from the terminal; end with Ctrl-D.");
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of process.stdin) {
    pieces.push(piece as Buffer);
    bytes += (piece as Buffer).length;
    if (bytes > LIMITS.planBytes) break;
  }
  return textIn(Buffer.concat(pieces), "-", bytes > LIMITS.planBytes);
}

interface Aim {
  /** The run that goes on with the plan. Its tools that this process lacks are no mistakes of the plan. */
  readonly run?: Run;
  /** Default: the plan's own. */
  readonly goal?: string;
  readonly inputs?: { readonly [name: string]: Json };
}

/**
 * Checks the plan in a text, and starts the servers that it names. If the plan has no goal, the file name is used. Throws
 * PROCESS_LACKS.
 */
export async function checkText(loom: Loom, { name, text }: PlanText, { run, ...aim }: Aim = {}): Promise<WordedCheck> {
  await loom.tools({ plan: text });
  const checked = loom.check(text, { goal: goalOf(name), ...aim });
  if (run !== undefined) assertKnown({}, run, checked.findings);
  return checked;
}

/** The same with the prechecks of the tools. */
export const precheckText = (loom: Loom, { name, text }: PlanText): Promise<WordedCheck> =>
  loom.precheck(text, { goal: goalOf(name) });

const goalOf = (name: string): string => `Run the plan ${basename(name)}`;

/** The plan in a text. Throws PROCESS_LACKS, and PLAN_INVALID with every error and its place in the text. */
export const checkedText = async (loom: Loom, text: PlanText, aim: Aim): Promise<CheckedPlan> =>
  soundPlan(await checkText(loom, text, aim), text.name);

export function soundPlan(checked: WordedCheck, name: string): CheckedPlan {
  if (checked.ok) return checked;
  throw draftInvalid(checked.findings, name);
}

/** Checks the plan of a run with other inputs. Throws PROCESS_LACKS, PLAN_INVALID. */
export async function checkedPlan(loom: Loom, plan: Plan, run: Run, aim: Omit<Aim, "run">): Promise<CheckedPlan> {
  await loom.tools({ plan });
  const checked = loom.check(plan, aim);
  if (checked.ok) return checked;
  assertKnown({}, run, checked.findings);
  throw new PlanloomError("PLAN_INVALID", { findings: checked.findings, source: { from: "run", runId: run.id } });
}

/** PLAN_INVALID with every error and its place in the file. */
function draftInvalid(findings: readonly Finding[], name: string): PlanloomError {
  return new PlanloomError("PLAN_INVALID", { findings, source: { from: name === STDIN ? "input" : "file", name } });
}
