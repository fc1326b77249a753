// The conversation of a step, item or phase for people. In: its journal, oldest first. Out: replies of models and calls of
// tools, in turns. The journal holds no prompts: they are made from the log.
import { outcomeIn } from "../../agents/executor/call-outcome.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import type { JournalRow } from "../../store/event-store.js";
import { failureText } from "../../words/failures.js";
import type { TurnView } from "./run-view.js";

/** `startedAt`: ms since 1970 at which an attempt began, if it is known. */
export function turnsOf(
  rows: readonly JournalRow[],
  startedAt: (attempt: number) => number | undefined,
): readonly TurnView[] {
  const turns: TurnView[] = [];
  let [attempt, turn] = [0, 0];
  // When the model was last asked, and when its last reply came.
  let since: number | undefined;
  let replied: number | undefined;
  for (const row of rows) {
    if (row.attempt !== attempt) {
      [attempt, turn] = [row.attempt, 0];
      since = replied = startedAt(row.attempt);
    }
    const isModel = isObject(row.intent) && "model" in row.intent;
    if (isModel || turn === 0) turn++;
    // Calls of one turn run at the same time, each from the reply that asked for it.
    turns.push({ ...rowView(row, isModel), turn, ...tookOf(row, isModel ? since : replied) });
    since = Math.max(since ?? row.at, row.at);
    if (isModel) replied = row.at;
  }
  return turns;
}

function tookOf({ at, outcome }: JournalRow, since: number | undefined): Pick<TurnView, "tookMs"> {
  return since === undefined || !isObject(outcome) || !("value" in outcome) ? {} : { tookMs: Math.max(0, at - since) };
}

function rowView({ attempt, name, intent, outcome }: JournalRow, isModel: boolean): Omit<TurnView, "turn"> {
  const given = isObject(outcome) ? (outcome["value"] ?? null) : null;
  const asked = isObject(intent) ? intent : {};
  if (!isModel) {
    const { tool, args } = asked;
    const called = typeof tool === "string" ? tool : name.replace(/^tool /, "");
    return { attempt, kind: "tool", name: called, asked: args ?? null, answered: callAnswer(given) };
  }
  const { usage, ...reply } = isObject(given) ? given : ({} as JsonObject);
  const used = isObject(usage)
    ? { usage: { input: countIn(usage["inputTokens"]), output: countIn(usage["outputTokens"]) } }
    : {};
  return {
    attempt,
    kind: "model",
    name: textIn(asked["model"], name),
    asked: { call: name },
    answered: reply,
    ...used,
  };
}

/** The output of a call, or its error in words. A call without an outcome has null. */
function callAnswer(given: Json): Json {
  if (!isObject(given)) return given;
  if (given["ok"] === true) return given["output"] ?? null;
  if (given["ok"] !== false && typeof given["code"] !== "string") return given;
  const outcome = outcomeIn(given);
  if (outcome.ok) return outcome.output;
  const { failure, output } = outcome;
  return { error: failure.code, message: failureText(failure), ...(output === undefined ? {} : { output }) };
}

const textIn = (value: Json | undefined, other: string): string => (typeof value === "string" ? value : other);
const countIn = (value: Json | undefined): number | null => (typeof value === "number" ? value : null);
