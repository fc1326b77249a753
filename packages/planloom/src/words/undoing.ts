// The words for the undoing of calls. In: codes. Out: clauses and sentences.
import type { UndoingVerdict } from "../run/command.js";
import type { CannotUndo } from "../run/event.js";

/** Why a call cannot be undone, after its name. */
export const CANNOT_UNDO: { readonly [code in CannotUndo]: string } = {
  "no-compensate": "its tool has no way to undo it",
  unknown: "nobody knows whether it acted",
  unusable: "its output cannot be used, and its tool needs it",
};

/** What a person said about a call that could not be undone. */
export const VERDICT_TEXT: { readonly [verdict in UndoingVerdict]: string } = {
  again: "undo it again",
  undone: "it is undone by hand",
  leave: "its effect stays",
};
