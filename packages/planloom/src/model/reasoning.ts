// Separates the reasoning that a local model writes into its text from its reply. In: pieces of text. Out: the pieces
// without the reasoning. Works on a stream, where a mark may arrive in pieces. It knows <think> … </think>,
// [THINK] … [/THINK], and channels.
import { afterFinalHeader, isMark, possibleFinalHeader, untilMark } from "./channels.js";

/** Opening and closing marks. */
const MARKS = [
  ["<think>", "</think>"],
  ["<thinking>", "</thinking>"],
  ["<|begin_of_thought|>", "<|end_of_thought|>"],
  ["[THINK]", "[/THINK]"],
] as const;
const CHANNELS = ["<|channel|>", "<|start|>", "<|message|>"];
const OPENINGS = [...MARKS.map(([open]) => open), ...CHANNELS];
const LONGEST = Math.max(...OPENINGS.map((open) => open.length));

export interface ReasoningFilter {
  /** The part of the text so far that may be shown. */
  push(delta: string): string;
  /** The text held back, once the stream has ended. */
  end(): string;
}

export function withoutReasoning(): ReasoningFilter {
  let state: "start" | "reasoning" | "channels" | "final" | "gap" | "answer" = "start";
  let close = "";
  let held = "";

  const step = (): string => {
    switch (state) {
      case "start": {
        const text = held.trimStart();
        if (text.length < LONGEST && OPENINGS.some((open) => open.startsWith(text) && text !== open)) return "";
        const marks = MARKS.find(([open]) => text.startsWith(open));
        close = marks?.[1] ?? "";
        const inChannels = CHANNELS.some((open) => text.startsWith(open));
        state = marks !== undefined ? "reasoning" : inChannels ? "channels" : "answer";
        return step();
      }
      case "reasoning": {
        const at = held.indexOf(close);
        // Only what may become the mark is held, so that each piece is read once.
        if (at === -1) held = held.slice(-close.length);
        if (at === -1) return "";
        held = held.slice(at + close.length);
        state = "gap";
        return step();
      }
      case "channels": {
        const final = afterFinalHeader(held);
        if (final === undefined) held = possibleFinalHeader(held);
        if (final === undefined) return "";
        held = final;
        state = "final";
        return step();
      }
      case "final": {
        const { text, rest } = untilMark(held);
        // The mark that ends the text stays. Nothing after it counts.
        held = isMark(rest) ? rest.slice(0, LONGEST) : rest;
        return text;
      }
      case "gap": {
        held = held.trimStart();
        if (held !== "") state = "start";
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
    end: () => (state === "start" || (state === "final" && !isMark(held)) ? held : ""),
  };
}

/**
 * The text after a closing mark without an opening one: some templates open the reasoning themselves. The mark must end
 * its line. Only for whole replies: the reasoning has been shown by then.
 */
export function afterReasoning(text: string): string {
  if (/^\s*[[{`]/.test(text)) return text;
  for (const [open, close] of MARKS) {
    const at = text.indexOf(close);
    if (at === -1 || text.slice(0, at).includes(open)) continue;
    const rest = text.slice(at + close.length);
    if (/^[ \t]*(?:\n|$)/.test(rest)) return rest.trimStart();
  }
  return text;
}
