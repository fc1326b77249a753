// The replies to commands, in the library's words. In: a reply of the engine, or a refusal, and the run's id. Out: the
// same with what happened and what to do next.
import type { Reply } from "../engine/engine.js";
import type { Refusal } from "../run/refusal.js";
import { firstAction, sentenceText, type Action } from "../words/action.js";
import { refusalNext, refusalText } from "../words/refusals.js";
import { librarySurface } from "../words/surface-library.js";

/** Why a command, a retry or a fork is refused. */
export type WordedRefusal = { readonly ok: false } & Refusal & {
    readonly message: string;
    readonly next: string;
    /** The first action of `next`, as data. */
    readonly action?: Action;
  };

export type WordedReply = { readonly ok: true } | WordedRefusal;

export const wordedReply = (reply: Reply, runId: string): WordedReply =>
  reply.ok ? reply : wordedRefusal(reply, runId);

export function wordedRefusal(refused: { readonly ok: false } & Refusal, runId: string): WordedRefusal {
  const next = refusalNext(refused);
  const action = firstAction(next);
  return {
    ...refused,
    message: refusalText(refused, runId),
    next: sentenceText(next, librarySurface),
    ...(action === undefined ? {} : { action }),
  };
}
