// The questions that a tool asks a person during one call. In: what the tool asks, and the answers so far. Out: an
// answer, or the open question, with which the call ends for now.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { canonicalJson, sizeOf, type Json, type JsonObject } from "../plan/json.js";
import { typeOf } from "../plan/type/schema.js";
import type { ToolQuestion } from "../run/event.js";
import { failWith, type Failure, type FailureParams } from "../run/failure.js";
import type { AnsweredQuestion } from "../run/work.js";
import { asJson } from "./output.js";
import { CallAsks, type AskingContext, type Question } from "./question.js";
import { CallUnsettled, ToolError, toolErrorOf } from "./tool.js";

/** What is known of a call before it asks. */
export interface AskingOf {
  readonly tool: string;
  /** A person attends the run. */
  readonly attended: boolean;
  /** Removes secrets from the text of the tool. */
  readonly clean: (text: string) => string;
  readonly answers: readonly AnsweredQuestion[];
}

/** The questions of one performance of a call. */
export class CallQuestions {
  #asked = 0;
  #busy = false;
  #open: ToolQuestion | undefined;
  #fault: Failure | undefined;
  #opened!: () => void;
  /** Resolves when the tool has asked something that nobody has answered yet. */
  readonly opened = new Promise<void>((resolve) => (this.#opened = resolve));

  constructor(private readonly of: AskingOf) {}

  readonly context: AskingContext = {
    ask: async (given) => this.#ask(given),
    answered: () => {
      this.#asked = this.of.answers.length;
      return this.of.answers.map(({ number: _number, tool: _tool, by: _by, at: _at, ...rest }) => rest);
    },
  };

  /**
   * How the call has ended, if its questions decide that: the open question, or a fault of the tool. `thrown`: what the
   * tool threw; absent if it returned or goes on.
   */
  ended(end: { readonly thrown?: unknown }): CallAsks | ToolError | CallUnsettled | undefined {
    const hasThrown = "thrown" in end;
    const open = this.#open;
    const isIgnored = open !== undefined && !hasThrown;
    const fault = this.#fault ?? (isIgnored ? failWith("ASK_IGNORED", { tool: this.of.tool }) : undefined);
    if (fault === undefined) return open === undefined ? undefined : new CallAsks(open);
    const isPassed = end.thrown instanceof CallAsks || end.thrown instanceof ToolError;
    // A tool that went on may have acted.
    return isPassed ? toolErrorOf(fault) : new CallUnsettled(fault);
  }

  async #ask(given: Question): Promise<Json> {
    const { tool, attended, answers } = this.of;
    if (!attended) throw toolErrorOf(failWith("ASK_UNATTENDED", { tool }));
    if (this.#busy || this.#open !== undefined) throw toolErrorOf((this.#fault = failWith("ASK_AT_ONCE", { tool })));
    const asked = this.#question(given, this.#asked + 1);
    const before = answers[this.#asked];
    if (before === undefined) {
      this.#open = asked;
      this.#opened();
      throw new CallAsks(asked);
    }
    if (!isSame(before, asked)) {
      const { number } = asked;
      throw toolErrorOf((this.#fault = failWith("ASK_CHANGED", { tool, number, answered: before.question })));
    }
    this.#asked++;
    this.#busy = true;
    // A second question in the same moment is one at once.
    await Promise.resolve();
    this.#busy = false;
    return before.answer;
  }

  #question(given: Question, number: number): ToolQuestion {
    const { question, type, declines, state } = (given ?? {}) as Partial<Question>;
    const text = typeof question === "string" ? shown(this.of.clean(question)) : "";
    if (text === "") throw this.#invalid("no-text");
    if (number > LIMITS.asksPerCall) throw this.#invalid("too-many", LIMITS.asksPerCall);
    const kept = state === undefined ? undefined : asJson(state);
    if (kept?.ok === false || sizeOf(kept?.value ?? null, LIMITS.askBytes) > LIMITS.askBytes)
      throw this.#invalid("bad-state", LIMITS.askBytes);
    return {
      number,
      question: text,
      ...(type === undefined ? {} : { type: this.#type(type) }),
      ...(declines === true ? { declines } : {}),
      ...(kept === undefined ? {} : { state: kept.value }),
    };
  }

  /** A copy: the tool may change its object later. */
  #type(type: unknown): string | JsonObject {
    const copy = asJson(type);
    const value = copy.ok && (typeof copy.value === "string" || isRecord(copy.value)) ? copy.value : undefined;
    const fits = value !== undefined && sizeOf(value, LIMITS.askBytes) <= LIMITS.askBytes && typeOf(value).ok;
    if (!fits) throw this.#invalid("bad-type", LIMITS.askBytes);
    return value;
  }

  #invalid(because: FailureParams["ASK_INVALID"]["because"], limit?: number): ToolError {
    return toolErrorOf(
      failWith("ASK_INVALID", { tool: this.of.tool, because, ...(limit === undefined ? {} : { limit }) }),
    );
  }
}

const isRecord = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSame = (before: ToolQuestion, now: ToolQuestion): boolean =>
  before.question === now.question && canonicalJson(before.type ?? null) === canonicalJson(now.type ?? null);

/** Text of a tool for people: without control characters, and cut. */
const shown = (text: string): string => beginning(text.replace(/(?![\n\t])\p{Control}/gu, ""), LIMITS.askChars).trim();

/** The context of a call whose questions are not known here. */
export const NOT_ASKING: AskingContext = new CallQuestions({
  tool: "",
  attended: false,
  answers: [],
  clean: (text) => text,
}).context;
