// Finds the steps of a document that arrives in pieces. In: pieces of text. Out: the text of each object in the list of
// steps, as soon as it is closed. This state machine looks at each character once. It keeps only the text of the
// current step. It knows brackets and quotes; stream.ts knows their content.
import { LIMITS } from "../../limits.js";
import { LIST_FIELDS, plainName, WRAPPERS } from "./fields/names.js";
import { THINKING_NAME, THINKING_TAG_CHARS } from "./thinking.js";

interface Frame {
  readonly closing: string;
  /** In an object: the key whose value is being read. */
  key: string;
  /** In an object: whether a key comes next. */
  atKey: boolean;
  /** Whether this is the list of steps. */
  readonly steps: boolean;
}

const CLOSING: { readonly [open: string]: string } = { "{": "}", "[": "]", "(": ")" };
const SPACE = " \n\r\t";
const THINKING = new RegExp(`^<${THINKING_NAME}>$`, "i");
const THOUGHT = new RegExp(`</${THINKING_NAME}>$`, "i");
const KEY_CHARS = 64;

export class StepFinder {
  /** prose: no document yet. maybe: after a bracket that may open one. The other states say what the scanner is in. */
  private state:
    "start" | "tag" | "thinking" | "prose" | "maybe" | "structure" | "string" | "line" | "block" | "slash" | "done" =
    "start";
  private frames: Frame[] = [];
  private quote = "";
  private escape = false;
  private star = false;
  /** The last characters of a tag, or of the key that is being read. */
  private word = "";
  private isKey = false;
  private opened = "";
  /** Whether there is only white space before this place on its line. */
  private lineStart = true;
  /** The pieces of the current step; undefined outside of a step. */
  private step: string[] | undefined;

  push(piece: string): readonly string[] {
    const complete: string[] = [];
    let from = 0;
    for (let at = 0; at < piece.length && this.state !== "done"; at++) {
      const inside = this.step !== undefined;
      if (this.state === "string" && !this.isKey && !this.escape) at = this.skipped(piece, at);
      if (at >= piece.length) break;
      this.next(piece[at]!);
      if (!inside && this.step !== undefined) from = at;
      if (inside && this.closed) {
        complete.push(this.step!.join("") + piece.slice(from, at + 1));
        this.step = undefined;
      }
    }
    this.step?.push(piece.slice(from));
    return complete;
  }

  /** The next place where a text may end or escape a character. Most characters of a plan are inside texts. */
  private skipped(piece: string, from: number): number {
    let at = from;
    for (; at < piece.length; at++) {
      const char = piece[at];
      if (char === this.quote || char === "\\") break;
    }
    return at;
  }

  /** Whether the current step has just ended. */
  private get closed(): boolean {
    return this.state === "structure" && this.frames.at(-1)?.steps === true;
  }

  private next(char: string): void {
    switch (this.state) {
      case "start":
        return this.start(char);
      case "tag":
        return this.tag(char);
      case "thinking":
        return this.thinking(char);
      case "prose":
        return this.prose(char);
      case "maybe":
        return this.maybe(char);
      case "structure":
        return this.structure(char);
      case "string":
        return this.string(char);
      case "line":
        if (char === "\n") this.state = "structure";
        return;
      case "block":
        if (char === "/" && this.star) this.state = "structure";
        this.star = char === "*";
        return;
      case "slash":
        this.state = char === "/" ? "line" : "block";
        this.star = false;
        if (char !== "/" && char !== "*") this.lose();
        return;
      case "done":
        return;
    }
  }

  private start(char: string): void {
    if (SPACE.includes(char) || char === "\uFEFF") return;
    if (char === "<") {
      this.state = "tag";
      this.word = char;
      return;
    }
    this.state = "prose";
    this.prose(char);
  }

  private tag(char: string): void {
    this.word += char;
    if (char === ">") this.state = THINKING.test(this.word) ? "thinking" : "prose";
    else if (this.word.length > THINKING_TAG_CHARS) this.state = "prose";
    if (this.state !== "tag") this.word = "";
  }

  private thinking(char: string): void {
    this.word = (this.word + char).slice(-THINKING_TAG_CHARS);
    if (char === ">" && THOUGHT.test(this.word)) this.state = "prose";
  }

  private prose(char: string): void {
    if (char === "{" || char === "[") {
      this.state = "maybe";
      this.opened = char;
    } else if (char === "\n") this.lineStart = true;
    else if (!SPACE.includes(char)) this.lineStart = false;
  }

  /**
   * A bracket opens a document if a quote or another bracket follows. A bare key counts only at the beginning of a
   * line.
   */
  private maybe(char: string): void {
    if (SPACE.includes(char)) return;
    const opens = `"'{[`.includes(char) || (this.lineStart && this.opened === "{" && /[A-Za-z_/#]/.test(char));
    if (!opens) {
      this.state = "prose";
      this.lineStart = false;
      return this.prose(char);
    }
    this.state = "structure";
    this.frames = [];
    this.open(this.opened);
    this.structure(char);
  }

  private structure(char: string): void {
    const frame = this.frames.at(-1);
    if (frame === undefined) return this.leave(char);
    if (char === '"' || char === "'") return this.openString(char, frame);
    if (Object.hasOwn(CLOSING, char)) return this.open(char);
    if (char === "}" || char === "]" || char === ")") return this.close(char, frame);
    if (char === ",") frame.atKey = frame.closing === "}";
    else if (char === ":") frame.atKey = false;
    else if (char === "/") this.state = "slash";
    else if (char === "#") this.state = "line";
    else if (frame.atKey && /[\w$]/.test(char)) frame.key = (frame.key + char).slice(-KEY_CHARS);
    if (char === "," && frame.atKey) frame.key = "";
  }

  private openString(char: string, frame: Frame): void {
    this.state = "string";
    this.quote = char;
    this.isKey = frame.atKey;
    if (this.isKey) frame.key = "";
  }

  private string(char: string): void {
    if (this.escape) this.escape = false;
    else if (char === "\\") this.escape = true;
    else if (char === this.quote) this.state = "structure";
    if (this.state !== "string" || !this.isKey) return;
    const frame = this.frames.at(-1)!;
    if (frame.key.length < KEY_CHARS && char !== "\\") frame.key += char;
  }

  private open(char: string): void {
    if (this.frames.length > LIMITS.jsonDepth) return this.lose();
    const steps = this.step === undefined && char === "[" && this.holdsSteps();
    const inSteps = this.frames.at(-1)?.steps === true;
    this.frames.push({ closing: CLOSING[char]!, key: "", atKey: char === "{", steps });
    if (inSteps && char === "{") this.step = [];
    else if (inSteps) this.lose();
  }

  /** A list at the top level, or in a field for the list of steps. The document may be wrapped in others. */
  private holdsSteps(): boolean {
    return this.frames.every(({ closing, key }, i) => {
      const name = plainName(key);
      return closing === "}" && (i === this.frames.length - 1 ? LIST_FIELDS.has(name) : WRAPPERS.has(name));
    });
  }

  private close(char: string, frame: Frame): void {
    if (char !== frame.closing) return this.lose();
    this.frames.pop();
    if (frame.steps) this.state = "done";
  }

  /** A document without a list of steps may be followed by one that has it. */
  private leave(char: string): void {
    this.state = "prose";
    this.lineStart = false;
    this.prose(char);
  }

  private lose(): void {
    this.state = "done";
    this.step = undefined;
  }
}
