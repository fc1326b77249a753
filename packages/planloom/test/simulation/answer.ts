// Typed answers of simulated worlds: schemas, the replies of the synthesizer, and what a log may hold of them. In: a
// scenario; events as they come. Out: texts of a model, or what is wrong with an event.
import { isObject, type Json, type JsonObject } from "../../src/plan/json.js";
import type { RunEvent } from "../../src/run/event.js";
import type { Dice } from "./dice.js";

/** How the synthesizer writes: it corrects itself, it is right after a retry of the run, or it is never right. */
export interface TypedAnswer {
  readonly schema: JsonObject;
  readonly writes: "right" | "wrong once" | "wrong until retried" | "wrong always";
}

const LINE = {
  type: "object",
  properties: { line: { type: "string", minLength: 1 } },
  required: ["line"],
  additionalProperties: false,
};

/** The outputs of the last steps fit if there are several of them. */
const RECORD = { type: "object" };

/** Without a synthesizer the outputs are the answer. */
export function typedOf(d: Dice): { readonly typed?: TypedAnswer; readonly synthesizer?: true } {
  if (!d.chance(0.2)) return {};
  if (d.chance(0.2)) return { typed: { schema: RECORD, writes: "right" } };
  const writes = d.pick(["right", "wrong once", "wrong once", "wrong until retried", "wrong always"] as const);
  return { typed: { schema: LINE, writes }, synthesizer: true };
}

/** Whether this reply of the synthesizer does not fit. The second turn is the correction. */
export function isWrong({ writes }: TypedAnswer, turn: number, retried: boolean): boolean {
  if (writes === "wrong once") return turn === 1;
  return writes === "wrong always" || (writes === "wrong until retried" && !retried);
}

export const rightReply = (line: string): string => JSON.stringify({ answer: { line } });

/** No JSON, no line, an empty line. */
export const wrongReply = (d: Dice): string =>
  d.pick(["Well.", '{ "answer": { "line": 7 } }', '{ "answer": { "line": "" } }']);

/** What a log holds of its answer. Written from the promises: it reads no code of the kernel. */
export class AnswerAudit {
  #schema: JsonObject | undefined;
  #answer: Json | undefined;
  /** The run has ended with an answer of another type. */
  #isInvalid = false;
  /** The input of a retry that writes only the answer. */
  #onlyAnswer: string | undefined;

  /** What is wrong, in words; undefined where nothing is. */
  heed(event: RunEvent): string | undefined {
    switch (event.type) {
      case "run.started":
        this.#schema = event.data.answerSchema;
        return undefined;
      case "answer.written":
        this.#answer = event.data.partial ? undefined : event.data.answer;
        return undefined;
      case "run.completed":
        this.#onlyAnswer = undefined;
        return this.#schema === undefined || fits(this.#answer, this.#schema)
          ? undefined
          : "has an answer of another type";
      case "run.failed":
      case "run.cancelled":
        this.#onlyAnswer = undefined;
        this.#isInvalid = event.type === "run.failed" && event.data.error.code === "ANSWER_INVALID";
        return undefined;
      case "run.reopened":
        if (this.#isInvalid && event.data.from === null && event.data.stage !== "plan")
          this.#onlyAnswer = event.inputId;
        return undefined;
      case "plan.proposed":
      case "goal.changed":
        this.#onlyAnswer = undefined;
        return undefined;
      case "step.expanded":
      case "step.suspended":
      case "step.filling":
      case "step.started":
        return this.#onlyAnswer === undefined ? undefined : "begins, although only the answer is to be written";
      default:
        return undefined;
    }
  }
}

function fits(answer: Json | undefined, { required }: JsonObject): boolean {
  if (!isObject(answer)) return false;
  if (required === undefined) return true;
  const { line, ...more } = answer;
  return typeof line === "string" && line !== "" && Object.keys(more).length === 0;
}
