// The text of an answer, in pieces. In: pieces as they are written, then the whole answer. Out: parts of text, each
// begun, filled and ended, so that what a person reads ends up as the answer that was recorded.
import { readableText, type Json } from "../plan/json.js";

/** `delta` is set for a piece. */
export interface TextPiece {
  readonly part: "start" | "delta" | "end";
  readonly id: string;
  readonly delta?: string;
}

export class AnswerText {
  #count = 0;
  /** What was given of the part that is open. */
  #sent: string | undefined;

  get #id(): string {
    return `answer:${this.#count}`;
  }

  /** White space before the first word is left out: the recorded answer has none. */
  add(text: string): readonly TextPiece[] {
    const delta = this.#sent === undefined ? text.trimStart() : text;
    if (delta === "") return [];
    const start = this.#sent === undefined ? this.#begin() : [];
    this.#sent += delta;
    return [...start, { part: "delta", id: this.#id, delta }];
  }

  /** Gives what is missing. An answer other than what was given until now is a part of its own. */
  finish(answer: Json): readonly TextPiece[] {
    const whole = readableText(answer);
    const sent = this.#sent ?? "";
    if (whole.startsWith(sent)) return [...this.add(whole.slice(sent.length)), ...this.close()];
    if (sent.trimEnd() === whole) return this.close();
    return [...this.close(), ...this.add(whole), ...this.close()];
  }

  close(): readonly TextPiece[] {
    if (this.#sent === undefined) return [];
    this.#sent = undefined;
    return [{ part: "end", id: this.#id }];
  }

  #begin(): readonly TextPiece[] {
    this.#count++;
    this.#sent = "";
    return [{ part: "start", id: this.#id }];
  }
}
