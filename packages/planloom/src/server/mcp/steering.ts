// What the tools that steer a run share: wait for it, ask the person at the client about what waits, and say how it
// stands. In: a run. Out: a result, or a question.
import type { LoomRun } from "../../loom/loom-run.js";
import { LIMITS } from "../../limits.js";
import type { WordedRefusal } from "../../loom/worded-reply.js";
import { askPerson, sendDecision, type AskedFor, type FormAnswer } from "./asking.js";
import { followRun } from "./following.js";
import type { AskedAbout, McpOutcome, McpPorts } from "./offered-tool.js";
import { runResult } from "./run-result.js";

/** The wait of a call in ms, from the seconds that it names. */
export const waitMsOf = (seconds: number | undefined): number =>
  seconds === undefined ? LIMITS.mcpWaitMs : seconds * 1_000;

/** Follows the run. When it stops for a person, the person at the client is asked. */
export async function steered(ports: McpPorts, run: LoomRun, waitMs: number, note = ""): Promise<McpOutcome> {
  await followRun(ports, run, waitMs);
  return (await askPerson(ports, run, waitMs)) ?? runResult(ports, run, note);
}

/** Asks the person about this alone. undefined: that is not possible. */
export const askedAbout = (ports: McpPorts, run: LoomRun, waitMs: number, of: AskedFor) =>
  askPerson(ports, run, waitMs, of);

/** Goes on after the person was asked. */
export async function afterAnswer(ports: McpPorts, about: AskedAbout, answer: FormAnswer): Promise<McpOutcome> {
  const run = await ports.loom.get(about.runId);
  const decided = await sendDecision(ports, run, about, answer);
  if (decided === "left") return runResult(ports, run, "The person did not decide. It still waits.");
  if (decided === "stale") return runResult(ports, run, "This was decided elsewhere.");
  if (!decided.ok) return runResult(ports, run, refusalNote(decided));
  return steered(ports, await topmost(ports, run), about.waitMs);
}

/** The run that the caller follows: of a sub-plan, the topmost one. */
async function topmost({ loom }: McpPorts, run: LoomRun): Promise<LoomRun> {
  const { within } = (await loom.engine.load(run.id)).request;
  return within === undefined ? run : loom.get(within.root);
}

const refusalNote = ({ code, message }: WordedRefusal): string => `The answer was refused: ${code}: ${message}`;
