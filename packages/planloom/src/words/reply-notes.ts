// Words for what is known of a model and its server, and was noticed at a reply. In: the note as data. Out: one
// sentence.
import { isObject } from "../plan/json.js";

/**
 * input-cut: by the usage that the server reports, it has read only a part of the request. `estimated` and `reported`
 * are tokens. tools-as-text: calls and results are text of user and assistant messages.
 */
export type ReplyNote =
  | { readonly note: "input-cut"; readonly estimated: number; readonly reported: number }
  | { readonly note: "tools-as-text" };

export function replyNoteText(note: ReplyNote): string {
  if (note.note === "tools-as-text") {
    return "The server has no tool calling for this model, so tools are called in a text protocol.";
  }
  return (
    `The server read ${note.reported} tokens of a request with about ${note.estimated}: it seems to cut what is ` +
    "longer than its context."
  );
}

/** The notes in a value of any program or journal. */
export function replyNotesIn(given: unknown): readonly ReplyNote[] {
  const all = Array.isArray(given) ? (given as readonly unknown[]) : [];
  const notes = all.flatMap((note): ReplyNote[] => {
    const { note: name, estimated, reported } = isObject(note) ? note : {};
    if (name === "tools-as-text") return [{ note: name }];
    if (name !== "input-cut" || typeof estimated !== "number" || typeof reported !== "number") return [];
    return [{ note: name, estimated, reported }];
  });
  return notes.slice(0, 2);
}
