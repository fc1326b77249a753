// Separates the reasoning that a local model writes into its text from its reply. In: pieces of text. Out: the pieces
// without the reasoning. Works on a stream, where a mark may arrive in pieces. It knows tags such as <think>, the marks
// of single models, and channels.
import { afterFinalHeader, isMark, possibleFinalHeader, untilMark } from "./channels.js";
import { THINKING_NAME } from "../../plan/read/thinking.js";

const OPENING_TAG = new RegExp(`^<(${THINKING_NAME})>`, "i");
/** The beginning of a text that may become an opening tag. */
const PART_OF_TAG = /^<[a-z:]{0,24}$/i;
const TAG = new RegExp(`<(/?)(${THINKING_NAME})>`, "gi");

/** Opening and closing marks that are no tags. */
const MARKS: readonly (readonly [open: string, close: string])[] = [
  ["<|begin_of_thought|>", "<|end_of_thought|>"],
  // Mistral
  ["[THINK]", "[/THINK]"],
  // Kimi
  ["◁think▷", "◁/think▷"],
  // Cohere
  ["<|START_THINKING|>", "<|END_THINKING|>"],
  // Gemma
  ["<|channel>thought", "<channel|>"],
];
const CHANNELS = ["<|channel|>", "<|start|>", "<|message|>"];
const OPENINGS = [...MARKS.map(([open]) => open), ...CHANNELS];
const LONGEST = Math.max(...OPENINGS.map((open) => open.length));

type State =
  /** No text yet, or only text that may become an opening mark. */
  | { readonly at: "start" }
  | { readonly at: "reasoning"; readonly close: string }
  /** Before the final channel. */
  | { readonly at: "channels" }
  | { readonly at: "final" }
  /** After reasoning: white space, then perhaps more reasoning. */
  | { readonly at: "gap" }
  | { readonly at: "answer" };

export class ReasoningFilter {
  private state: State = { at: "start" };
  private held = "";

  /** The part of the text so far that may be shown. */
  push(delta: string): string {
    this.held += delta;
    return this.step();
  }

  /** The text held back, once the stream has ended. */
  end(): string {
    const { at } = this.state;
    return at === "start" || (at === "final" && !isMark(this.held)) ? this.held : "";
  }

  private step(): string {
    switch (this.state.at) {
      case "start":
        return this.begin();
      case "reasoning":
        return this.skipUntil(this.state.close);
      case "channels":
        return this.findFinal();
      case "final":
        return this.readFinal();
      case "gap":
        this.held = this.held.trimStart();
        return this.held === "" ? "" : this.enter({ at: "start" });
      case "answer": {
        const text = this.held;
        this.held = "";
        return text;
      }
    }
  }

  private enter(state: State): string {
    this.state = state;
    return this.step();
  }

  private begin(): string {
    const text = this.held.trimStart();
    if (mayBecomeOpening(text)) return "";
    const close = closingOf(text);
    if (close !== undefined) return this.enter({ at: "reasoning", close });
    return this.enter({ at: CHANNELS.some((open) => text.startsWith(open)) ? "channels" : "answer" });
  }

  private skipUntil(close: string): string {
    const at = this.held.indexOf(close);
    // Only what may become the mark is held, so that each piece is read once.
    this.held = at === -1 ? this.held.slice(-close.length) : this.held.slice(at + close.length);
    return at === -1 ? "" : this.enter({ at: "gap" });
  }

  private findFinal(): string {
    const final = afterFinalHeader(this.held);
    this.held = final ?? possibleFinalHeader(this.held);
    return final === undefined ? "" : this.enter({ at: "final" });
  }

  private readFinal(): string {
    const { text, rest } = untilMark(this.held);
    // The mark that ends the text stays. Nothing after it counts.
    this.held = isMark(rest) ? rest.slice(0, LONGEST) : rest;
    return text;
  }
}

const mayBecomeOpening = (text: string): boolean =>
  PART_OF_TAG.test(text) || OPENINGS.some((open) => open !== text && open.startsWith(text));

/** The mark that ends the reasoning with which a text begins; undefined if it begins with none. */
function closingOf(text: string): string | undefined {
  const name = OPENING_TAG.exec(text)?.[1];
  return name === undefined ? MARKS.find(([open]) => text.startsWith(open))?.[1] : `</${name}>`;
}

/**
 * The text after a closing mark without an opening one: some templates open the reasoning themselves. The mark must end
 * its line. Only for whole replies: the reasoning has been shown by then.
 */
export function afterReasoning(text: string): string {
  if (/^\s*[[{`]/.test(text)) return text;
  const ends = endOfOpenTag(text);
  for (const [open, close] of MARKS) {
    const at = text.indexOf(close);
    if (at >= 0 && !text.slice(0, at).includes(open)) ends.push(at + close.length);
  }
  const rest = ends.map((end) => text.slice(end)).find((one) => /^[ \t]*(?:\n|$)/.test(one));
  return rest === undefined ? text : rest.trimStart();
}

/** The end of the first closing tag that no opening one precedes; empty if there is none. */
function endOfOpenTag(text: string): number[] {
  const opened = new Set<string>();
  for (const { index, 0: tag, 1: slash, 2: name } of text.matchAll(TAG)) {
    if (slash === "") opened.add(name!);
    else if (!opened.has(name!)) return [index + tag.length];
  }
  return [];
}
