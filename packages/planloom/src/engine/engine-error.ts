// The refusals and errors of an engine. In: a run, and what stands in the way. Out: an error to throw, or a reply.
import { PlanloomError } from "../error.js";
import type { Reply } from "./engine.js";

export function runEnded(runId: string, ended: string): Reply {
  return { ok: false, code: "RUN_ENDED", message: `Run ${runId} is ${ended} already.` };
}

export function runOwned(runId: string, holder: string): PlanloomError {
  const [host, pid] = holder.split("/");
  const who = pid === undefined ? holder : `process ${pid} on ${host}`;
  return new PlanloomError("RUN_OWNED", `Run ${runId} is driven by ${who}.`, {
    kind: "refused",
    next: `Follow it with \`planloom watch ${runId}\`, or end that process first.`,
  });
}

export function commandInvalid(command: unknown): PlanloomError {
  const shown = JSON.stringify(command)?.slice(0, 200);
  return new PlanloomError("COMMAND_INVALID", `This is no command that a person can give to a run: ${shown}.`, {
    kind: "usage",
    next: "Give texts where texts are asked for, values that are JSON, and another sender than `engine`.",
  });
}

export function engineClosed(runId: string): PlanloomError {
  return new PlanloomError("ENGINE_CLOSED", `The engine was closed while it drove run ${runId}.`, {
    kind: "interrupted",
    next: `Go on with \`planloom resume ${runId}\`.`,
  });
}

export function runExists(runId: string): PlanloomError {
  return new PlanloomError("RUN_EXISTS", `There is a run ${runId} already.`, {
    kind: "usage",
    next: "Choose another id.",
  });
}

export function notAnswered(runId: string): Reply {
  const message = `The command is recorded; the owner of run ${runId} has not answered it.`;
  return { ok: false, code: "NOT_ANSWERED", message };
}
