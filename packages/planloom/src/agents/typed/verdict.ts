// Asks a model for a verdict. In: a request, the reading of its reply, and the text of a correction. Out: what was read.
// Reviewer, judge and critic use it: one request, and one correction of a reply that cannot be read.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import type { Model, ModelMessage, ModelReply } from "../../model/port.js";
import { isObject, type JsonObject } from "../../plan/json.js";
import { addUsage, NO_USAGE, type Usage } from "../../plan/usage.js";
import type { Failure, ReplyProblem } from "../../run/failure.js";
import { problemText } from "../../words/reply-problems.js";
import { askModel } from "../ask-model.js";
import type { AgentContext } from "../checkpoint.js";
import { failureOf, StepFailure } from "../step-failure.js";
import { jsonReadings } from "./json-reply.js";

export interface VerdictRequest<T extends object> {
  /** Names the calls in the journal. */
  readonly name: string;
  readonly system: string;
  readonly text: string;
  readonly schema: JsonObject;
  /** undefined: the record holds none of the verdicts. */
  read(record: JsonObject): T | undefined;
  correction(problem: string): string;
  /** The failure if there is no verdict after the correction. */
  failure(problem: ReplyProblem): Failure;
}

/** Throws StepFailure: the failure of the request, or the codes of the provider. */
export async function askVerdict<T extends object>(
  asked: VerdictRequest<T>,
  model: Model,
  context: AgentContext,
): Promise<T & { readonly usage: Usage }> {
  const { name, system, schema } = asked;
  const messages: ModelMessage[] = [{ role: "user", text: asked.text }];
  let usage = NO_USAGE;
  let problem: ReplyProblem = { code: "EMPTY" };
  try {
    for (const call of [name, `${name} correction`]) {
      const request = { system, messages: [...messages], output: { name, schema } };
      const reply = await askModel(call, request, model, context);
      usage = addUsage(usage, reply.usage);
      const read = verdictIn(reply, asked);
      if (!("problem" in read)) return { ...read.verdict, usage };
      ({ problem } = read);
      const said = beginning(reply.text, LIMITS.previewChars) || "(empty)";
      messages.push({ role: "assistant", text: said }, { role: "user", text: asked.correction(problemText(problem)) });
    }
  } catch (thrown) {
    throw failureOf(thrown, context.signal, usage);
  }
  throw new StepFailure(asked.failure(problem), usage);
}

function verdictIn<T extends object>(
  { text, finish }: ModelReply,
  asked: VerdictRequest<T>,
): { readonly verdict: T } | { readonly problem: ReplyProblem } {
  if (finish === "content-filter") return { problem: { code: "WITHHELD" } };
  const record = jsonReadings(text.trim()).find(isObject);
  if (record === undefined) return { problem: { code: "NOT_AN_OBJECT" } };
  const verdict = asked.read(record);
  return verdict === undefined ? { problem: { code: "NO_VERDICT" } } : { verdict };
}

/** One of these words, in any case and with any mark between them: a doubtful answer is none. */
export function choiceIn<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  if (typeof value !== "string") return undefined;
  const plain = (text: string): string => text.trim().toLowerCase().replace(/[_-]/g, " ");
  return choices.find((choice) => plain(choice) === plain(value));
}
