// Shows the undoing of calls: each of its events as a line, and the list of calls before it begins. In: events, and calls
// as documents. Out: texts.
import type { UndoingPreview, ActedDocument } from "../../loom/undoing.js";
import type { EventOf, StepRef } from "../../run/event.js";
import { refText } from "../../run/step-ref.js";
import { isObject } from "../../plan/json.js";
import { failureText } from "../../words/failures.js";
import { durationText } from "../../words/phrases.js";
import { reasonText } from "../../words/reasons.js";
import { VERDICT_TEXT } from "../../words/undoing.js";
import { count, oneLine, paint } from "../style.js";
import { keyText, valueLines } from "./value.js";

type UndoingEvent = EventOf<
  | "compensation.requested"
  | "compensation.started"
  | "compensation.completed"
  | "compensation.failed"
  | "compensation.settled"
  | "compensation.ended"
>;

/** A word for the margin, and the text. */
export function undoingText(event: UndoingEvent): readonly [string, string] {
  const { type, data } = event;
  switch (type) {
    case "compensation.requested":
      return ["undo", `${count(data.calls.length, "call")}, the last one first${leftText(data.left.length)}`];
    case "compensation.started":
      return ["undo", `${callText(data)}${data.attempt > 1 ? ` (attempt ${data.attempt})` : ""}`];
    case "compensation.completed":
      return ["undone", callText(data)];
    case "compensation.failed":
      return ["failed", failedText(event)];
    case "compensation.settled":
      return ["settled", `${callText(data)}: ${VERDICT_TEXT[data.verdict]}, says ${oneLine(event.by)}`];
    case "compensation.ended":
      return ["undone", `${count(data.undone, "call")}${data.kept === 0 ? "" : `; ${data.kept} not undone`}`];
  }
}

function failedText({ at, data }: EventOf<"compensation.failed">): string {
  const { error, reason, retryAt, uncertain } = data;
  const then = retryAt === undefined ? "; a person is asked" : `; again in ${durationText(retryAt - at)}`;
  const doubt = uncertain === true ? "it is not known whether it is undone: " : "not undone: ";
  return `${callText(data)}: ${doubt}${error.code} ${oneLine(failureText(error))} (${reasonText(reason)}${then})`;
}

const leftText = (left: number): string => (left === 0 ? "" : `; ${count(left, "call")} cannot be undone`);

const callText = (data: StepRef & { readonly tool: string }): string => `${refText(data)} (${oneLine(data.tool)})`;

/** The calls that will be undone, in order, with what they got and gave; then those that cannot be undone. */
export function undoingLines({ calls, left }: UndoingPreview, all: string): readonly string[] {
  return [
    `  ${count(calls.length, "call")} to undo, in this order`,
    ...calls.flatMap((call) => callLines(call, paint("yellow", "undo    "), all)),
    ...left.flatMap((call) => callLines(call, paint("red", "remains "), all)),
  ];
}

function callLines(call: ActedDocument, word: string, all: string): readonly string[] {
  const shown = { indent: " ".repeat(13), width: 0, all };
  const { args, output, why } = call;
  return [
    `  ${word} ${callText(call)}${why === undefined ? "" : `: ${why}`}`,
    ...(isObject(args) ? Object.entries(args).flatMap(([name, value]) => valueLines(keyText(name), value, shown)) : []),
    ...(output === undefined ? [] : valueLines("output", output, { ...shown, sign: "=> " })),
  ];
}
