// Progress of a run, which is never stored. In: one message of the server. Out: a piece of the answer, or a step's note.

interface Told {
  readonly type?: unknown;
  readonly delta?: unknown;
  readonly step?: unknown;
  readonly item?: unknown;
  readonly value?: unknown;
  readonly text?: unknown;
}

const fieldsOf = (told: unknown): Told => (typeof told === "object" && told !== null ? told : {});

/** undefined: it is no piece of the answer. */
export function answerPiece(told: unknown): string | undefined {
  const { type, delta } = fieldsOf(told);
  return type === "answer" && typeof delta === "string" ? delta : undefined;
}

/** The planner tells progress while it scouts, and that is before the first plan. */
const PLANNER = "#planner";
const FIRST_PLAN = "#plan";

/** The key of a step or item, and its last word. A number from 0 to 1 is a share. */
export function stepNote(told: unknown): readonly [key: string, note: string] | undefined {
  const { type, step, item, value, text } = fieldsOf(told);
  if (type !== "step" || typeof step !== "string") return undefined;
  const key = noteKey(step === PLANNER ? FIRST_PLAN : step, typeof item === "number" ? item : undefined);
  if (typeof value === "number") {
    const share = value >= 0 && value <= 1 ? `${Math.round(value * 100)} %` : String(value);
    return [key, typeof text === "string" ? `${share}, ${text}` : share];
  }
  return typeof value === "string" ? [key, value] : undefined;
}

export const noteKey = (step: string, item?: number): string => (item === undefined ? step : `${step}[${item}]`);
