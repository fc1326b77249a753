// Removes the reasoning that a local model writes into its text. In: pieces of text. Out: the same without a leading
// <think> … </think>. Works on a stream, where a tag may arrive in pieces.

const OPEN = "<think>";
const CLOSE = "</think>";

export interface ReasoningFilter {
  /** The part of the text so far that may be shown. */
  push(delta: string): string;
  /** The text held back, once the stream has ended. */
  end(): string;
}

export function withoutReasoning(): ReasoningFilter {
  let state: "start" | "reasoning" | "gap" | "answer" = "start";
  let held = "";

  const step = (): string => {
    switch (state) {
      case "start": {
        const text = held.trimStart();
        if (text.length < OPEN.length && OPEN.startsWith(text)) return "";
        state = text.startsWith(OPEN) ? "reasoning" : "answer";
        return step();
      }
      case "reasoning": {
        const close = held.indexOf(CLOSE);
        if (close === -1) return "";
        held = held.slice(close + CLOSE.length);
        state = "gap";
        return step();
      }
      case "gap": {
        held = held.trimStart();
        if (held !== "") state = "answer";
        return held === "" ? "" : step();
      }
      case "answer": {
        const text = held;
        held = "";
        return text;
      }
    }
  };

  return {
    push(delta) {
      held += delta;
      return step();
    },
    end: () => (state === "start" ? held : ""),
  };
}
