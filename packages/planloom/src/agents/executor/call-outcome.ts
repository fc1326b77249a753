// The ending of a tool call inside an agent step. In: what a tool gave, what a journal holds, or what a person says. Out:
// the outcome as data, and its text for the model.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import type { Json, JsonObject } from "../../plan/json.js";
import type { Usage } from "../../plan/usage.js";
import { typeFromSchema } from "../../plan/type/schema.js";
import { typeText } from "../../plan/type/type.js";
import type { Tool } from "../../tools/tool.js";
import { failWith, type Failure } from "../../run/failure.js";
import { soundFailure } from "../../run/sound-failure.js";
import { failureText as wordsOf } from "../../words/failures.js";
import { dataBlock } from "../preview.js";
import { actedText, toolFailure } from "../prompts.js";

/**
 * The ending of a call, as the journal keeps it. `uncertain`: it may have acted (idempotent tools only). `acted`: a
 * tool with effects acted, and its output cannot be used; `output` is what it returned, as far as it can be kept.
 * `own`: the guard refused the call, and the tool was not called.
 */
export type CallOutcome =
  | { readonly ok: true; readonly output: Json; readonly usage?: Usage }
  | {
      readonly ok: false;
      /** Its words are written when the model is told. */
      readonly failure: JournalFailure;
      readonly uncertain?: true;
      readonly acted?: true;
      readonly own?: true;
      readonly output?: Json;
      readonly partial?: true;
      readonly usage?: Usage;
    };

/** The fields of a failure. An interface is no JSON value for the compiler. */
type JournalFailure = { readonly [Field in keyof Failure]: Failure[Field] };

/** The outcome in a row. An earlier build wrote a code and a message, which held words of Planloom, too. */
export function outcomeIn(recorded: Json): CallOutcome {
  const { code, message, ...outcome } = recorded as JsonObject;
  if (typeof code !== "string") return recorded as CallOutcome;
  return { ...outcome, ok: false, failure: soundFailure({ code, text: message, retryable: false }, "TOOL_FAILED") };
}

/**
 * The outcome of an inner call in doubt, from a person's answer. It is written as the outcome of the intent's row;
 * otherwise every further attempt would meet the same doubt. With "not-happened", the model reads that, and may call
 * again under a new key.
 */
export function settledOutcome(verdict: "happened" | "not-happened", output: Json = null): CallOutcome {
  if (verdict === "happened") return { ok: true, output };
  return { ok: false, failure: failWith("NOT_HAPPENED", {}) };
}

/** The text of a failed call. */
export function outcomeText(outcome: CallOutcome & { readonly ok: false }, tool: Tool): string {
  const { failure, acted, output } = outcome;
  const { code } = failure;
  const message = wordsOf(failure);
  if (outcome.own === true) return toolFailure(code, message);
  const said = beginning(message, LIMITS.previewChars);
  if (acted === true) {
    const { name } = tool.spec;
    const returned = beginning(JSON.stringify(output ?? null), LIMITS.previewChars);
    return (
      `${actedText(name, code, false)} The reason and the output are ` +
      `data:\n${dataBlock(name, said)}\n${dataBlock(`${name} output`, returned)}`
    );
  }
  const hint = code === "BAD_ARGUMENTS" ? argumentsHint(tool) : "";
  return toolFailure(code, tool.spec.trusted === true ? said : dataBlock(tool.spec.name, said), hint);
}

export function argumentsHint(tool: Tool): string {
  return ` The arguments of ${tool.spec.name} are ${typeText(typeFromSchema(tool.spec.input))}.`;
}
