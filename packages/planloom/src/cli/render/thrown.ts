// Shows a thrown error beyond its message. In: a failure as a document. Out: lines with its place, its causes and its
// stack. The trace shows them, and every failed run if PLANLOOM_DEBUG is set.
import type { FailureDocument } from "../../loom/failure-document.js";
import { causeText } from "../../words/failures.js";
import { oneLine } from "../style.js";

const WIDTH = 300;

/** The place, the causes and the stack of a thrown error. */
export function thrownLines({ thrown }: Pick<FailureDocument, "thrown">): readonly string[] {
  const { name, at, causes = [], stack = "" } = thrown ?? {};
  const frames = stack.split("\n").filter((line) => /^\s*at /.test(line));
  return [
    ...(at === undefined ? [] : [`    place  ${oneLine(`${name ?? "error"} at ${at}`, WIDTH)}`]),
    ...causes.map(
      (cause) =>
        `    cause  ${oneLine(`${causeText(cause)}${cause.at === undefined ? "" : ` at ${cause.at}`}`, WIDTH)}`,
    ),
    ...frames.slice(0, SHOWN_FRAMES).map((line) => `    stack  ${oneLine(line.trim(), WIDTH)}`),
    ...(frames.length <= SHOWN_FRAMES ? [] : [`    stack  ${frames.length - SHOWN_FRAMES} more`]),
  ];
}

const SHOWN_FRAMES = 12;
