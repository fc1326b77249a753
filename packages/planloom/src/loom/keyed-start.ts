// Starts at most one run for a key. In: the key, a hash of what is asked for, and the start. Out: the id of the run, also
// after a restart, and if two processes start it at once. The id follows from the key, so the store lets one of them win.
import type { Clock } from "../clock.js";
import type { Engine } from "../engine/engine.js";
import { pause } from "../engine/log.js";
import { LIMITS } from "../limits.js";
import { hashOf } from "../plan/hash.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";

interface KeyedRequest {
  readonly key: string;
  readonly requestHash: string;
}

/** Throws KEY_INVALID. */
export function soundKey(key: string, runId: string | undefined): string {
  if (runId !== undefined) throw new PlanloomError("KEY_INVALID", { problem: "run-id" });
  // The caller may be JavaScript.
  const chars = typeof key === "string" ? key.length : 0;
  if (chars > 0 && chars <= LIMITS.keyChars) return key;
  throw new PlanloomError("KEY_INVALID", { problem: "length", chars, limit: LIMITS.keyChars });
}

/** `begin` starts the run with an id. Rejects with KEY_REUSED if the key stands for another request. */
export async function keyedStart(
  { engine, clock }: { readonly engine: Engine; readonly clock: Clock },
  { key, requestHash }: KeyedRequest,
  begin: (runId: string) => Promise<string>,
): Promise<string> {
  const runId = `key-${hashOf(key).slice(0, ID_DIGITS)}`;
  const deadline = clock.now() + LIMITS.replyMs;
  for (;;) {
    const started = await engine.load(runId).catch(unlessUnknown);
    if (started !== undefined) {
      if (started.request.requestHash === requestHash) return runId;
      throw new PlanloomError("KEY_REUSED", { runId });
    }
    try {
      return await begin(runId);
    } catch (error) {
      // Another start has claimed the id, and has not written its first event yet.
      if (!hasCode(error, "RUN_EXISTS") || clock.now() >= deadline) throw error;
    }
    await pause(clock, LIMITS.inboxPollMs);
  }
}

/** 160 bits: no two keys have the same. */
const ID_DIGITS = 40;

function unlessUnknown(error: unknown): undefined {
  if (!hasCode(error, "RUN_UNKNOWN")) throw error;
}
