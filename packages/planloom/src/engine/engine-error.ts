// The refusals and errors of an engine. In: a run, and the obstacle. Out: an error to throw, or a reply.
import { PlanloomError } from "../words/planloom-error.js";
import type { Reply } from "./engine.js";

export function runEnded(runId: string, ended: string): Reply {
  return { ok: false, code: "RUN_ENDED", message: `Run ${runId} is ${ended} already.` };
}

/** `holder` is null if only the store knows that there is an owner. */
export function runOwned(runId: string, holder: string | null): PlanloomError {
  const [host, pid] = holder?.split("/") ?? [];
  const owner = host === undefined ? {} : { owner: { host, ...(pid === undefined ? {} : { pid }) } };
  return new PlanloomError("RUN_OWNED", { runId, ...owner });
}

export function commandInvalid(command: unknown): PlanloomError {
  return new PlanloomError("COMMAND_INVALID", { command: String(JSON.stringify(command)).slice(0, 200) });
}

export function notAnswered(runId: string): Reply {
  const message = `The command is recorded; the owner of run ${runId} has not answered it.`;
  return { ok: false, code: "NOT_ANSWERED", message };
}
