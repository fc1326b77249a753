// Words for what was noticed at a reply of a model. In: the note as data. Out: one sentence.
import { isObject } from "../plan/json.js";

/**
 * input-cut: by the usage that the server reports, it has read only a part of the request. `estimated` and `reported`
 * are tokens.
 */
export type ReplyNote = { readonly note: "input-cut"; readonly estimated: number; readonly reported: number };

export function replyNoteText({ estimated, reported }: ReplyNote): string {
  return (
    `The server read ${reported} tokens of a request with about ${estimated}: it seems to cut what is longer than its ` +
    "context."
  );
}

/** The notes in a value of any program or journal. */
export function replyNotesIn(given: unknown): readonly ReplyNote[] {
  const all = Array.isArray(given) ? (given as readonly unknown[]) : [];
  const notes = all.flatMap((note): ReplyNote[] => {
    const { note: name, estimated, reported } = isObject(note) ? note : {};
    if (name !== "input-cut" || typeof estimated !== "number" || typeof reported !== "number") return [];
    return [{ note: name, estimated, reported }];
  });
  return notes.slice(0, 1);
}
