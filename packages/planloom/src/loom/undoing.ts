// The calls of a run that acted, as documents: what has been undone, what can be, and what cannot. In: a run. Out: plain
// data, with sentences for codes.
import type { Json } from "../plan/json.js";
import { dividedCalls, whyNotUndone } from "../run/acted-calls.js";
import { failedUndoing, undoingListHash } from "../run/decide/compensation.js";
import type { CannotUndo } from "../run/event.js";
import { stepRef } from "../run/step-ref.js";
import type { Run } from "../run/state.js";
import type { ActedCall, UndoingState } from "../run/work.js";
import { failureText, UNDO_SETTLE } from "../words/failures.js";
import type { Say } from "./failure-document.js";
import { CANNOT_UNDO } from "../words/undoing.js";

/** A call that acted, or may have. */
export interface ActedDocument {
  readonly step: string;
  readonly item?: number;
  readonly tool: string;
  readonly args: Json;
  /** The key that the tool got. */
  readonly key: string;
  /** What the call returned; absent if that is not known. `partial`: only its beginning. */
  readonly output?: Json;
  readonly partial?: true;
  /** ISO 8601: when the log recorded that it acted. */
  readonly at: string;
  /** How far its undoing is. Absent: nobody has begun to undo it. */
  readonly undoing?: UndoingState["status"];
  /** Somebody undid it by hand, as a person said. */
  readonly byHand?: true;
  /** Why it could not be undone the last time. */
  readonly error?: string;
  /** Why it cannot be undone. Absent: it can, or it is. */
  readonly because?: CannotUndo;
  /** The same as a sentence. */
  readonly why?: string;
}

/** The call that could not be undone. `at`: when it acted. */
export interface UndoingDocument extends ActedDocument {
  /** Attempts to undo it. */
  readonly attempt: number;
  readonly next: string;
}

export interface UndoingPreview {
  /** Names the list, for `compensate({ hash })`. */
  readonly hash: string;
  /** The calls that are undone, in this order. */
  readonly calls: readonly ActedDocument[];
  /** Calls that acted, or may have, and that nothing undoes. */
  readonly left: readonly ActedDocument[];
}

export function undoingPreview(run: Run): UndoingPreview {
  const { calls, left } = dividedCalls(run);
  return {
    hash: undoingListHash(run),
    calls: calls.map((call) => actedDocument(run, call)),
    left: left.map(({ call }) => actedDocument(run, call)),
  };
}

/** All calls of a run that acted, in the order in which they ended. */
export const actedDocuments = (run: Run): readonly ActedDocument[] =>
  [...run.compensation.calls.values()].map((call) => actedDocument(run, call));

function actedDocument(run: Run, call: ActedCall): ActedDocument {
  const { key, ref, tool, args, output, partial, at, undoing } = call;
  const because = undoing?.status === "undone" ? undefined : whyNotUndone(run, call);
  return {
    ...stepRef(ref),
    tool,
    args,
    key,
    ...(output === undefined ? {} : { output }),
    ...(partial === undefined ? {} : { partial }),
    at: new Date(at).toISOString(),
    ...(undoing === undefined ? {} : { undoing: undoing.status }),
    ...(undoing?.byHand === undefined ? {} : { byHand: undoing.byHand }),
    ...(undoing?.error === undefined ? {} : { error: failureText(undoing.error) }),
    ...(because === undefined ? {} : { because, why: CANNOT_UNDO[because] }),
  };
}

/** The call that a person is asked about, because it could not be undone. */
export function failedUndoingDocument(run: Run, say: Say): UndoingDocument | undefined {
  const call = failedUndoing(run);
  if (call === undefined) return undefined;
  const next = UNDO_SETTLE.map((part) => (typeof part === "string" ? part : { ...part, ...stepRef(call.ref) }));
  return { ...actedDocument(run, call), attempt: call.undoing?.attempt ?? 0, next: say(next) };
}
