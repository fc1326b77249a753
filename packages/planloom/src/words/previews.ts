// Words for the preview of a call, where a person approves it. In: what happened to the preview. Out: one sentence.

/** Stands in a preview for the value of a secret. */
export const secretMark = (name: string): string => `(the secret ${name})`;

export const cutNote = (left: number): string =>
  `The end of the preview is left out: ${left.toLocaleString("en-US")} characters.`;

/** `reason`: the message of a failure. It may end in a full stop. */
export const failedNote = (reason: string): string => `The call has no preview: ${reason.trim().replace(/\.$/u, "")}.`;

export const tooManyNote = (most: number): string =>
  `Only ${most} calls of a plan are shown with a preview. This call has none.`;

/** For the author of a tool. */
export const WRONG_PREVIEW = 'a preview is { kind: "diff", path?, text } or { kind: "text", text }';

/** In a diff, below a last line without a new line at its end. The words of `diff`. */
export const NO_NEW_LINE = "\\ No newline at end of file";

export const restOfLine = (chars: number): string => `… (${chars.toLocaleString("en-US")} more characters)`;

/** Before the part of a long line that differs. */
export const sameStart = (chars: number): string => `(${chars.toLocaleString("en-US")} characters as before) …`;

export const overNoText = (path: string, bytes: number, text: string): string =>
  `${path} is no text file. Its ${bytes} bytes are replaced by this text:\n\n${text}`;
