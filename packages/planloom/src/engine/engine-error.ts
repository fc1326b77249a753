// The refusals and errors of an engine. In: a run, and the obstacle. Out: an error to throw, or a reply.
import { beginning } from "../beginning.js";
import { PlanloomError } from "../words/planloom-error.js";
import { messageOf } from "../error.js";
import { isObject, type JsonObject } from "../plan/json.js";
import { isCommandType } from "../run/command.js";
import { readCommand } from "../run/log/read-command.js";
import type { CommandFault, PresentOwner } from "../words/errors/runs.js";
import { endedAs, endOf } from "../run/status.js";
import { refusal, type RefusalParams } from "../run/refusal.js";
import type { Run } from "../run/state.js";
import type { Reply } from "./engine.js";

/** The answer to a command that comes after the end of its run. */
export function runEnded(run: Run): Reply {
  return { ok: false, ...refusal("RUN_ENDED", endedAs(endOf(run)!)) };
}

/** `owner` is absent if only the store knows that there is one. */
export function runOwned(runId: string, owner?: PresentOwner): PlanloomError {
  return new PlanloomError("RUN_OWNED", { runId, ...(owner === undefined ? {} : { owner }) });
}

/** An error for a command that no engine can decide, or whose sender is none. */
export function commandInvalid(command: unknown, by: unknown): PlanloomError {
  return new PlanloomError(
    "COMMAND_INVALID",
    readCommand(command) === undefined ? faultOf(command) : { problem: "sender", by: beginning(messageOf(by), 80) },
  );
}

function faultOf(command: unknown): CommandFault {
  const type = isObject(command) ? command["type"] : undefined;
  if (typeof type !== "string") return { problem: "no-type" };
  return { problem: isCommandType(type) ? "field" : "unknown", type: beginning(type, 80) };
}

/** `thrown`: what stopped the process that drove the run. */
export function notAnswered(thrown?: unknown): Reply {
  return { ok: false, ...refusal("NOT_ANSWERED", thrown === undefined ? {} : { stopped: stopOf(thrown) }) };
}

function stopOf(thrown: unknown): RefusalParams["NOT_ANSWERED"]["stopped"] & object {
  if (!(thrown instanceof PlanloomError)) return { text: messageOf(thrown) };
  return { code: thrown.code, params: thrown.params as unknown as JsonObject };
}
