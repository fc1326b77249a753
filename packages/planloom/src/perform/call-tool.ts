// Calls a tool under a deadline. The call ends in time, even if the tool ignores its signal. In: a call. Out: its
// ending, as data, without secrets. Every tool call goes through here, also inside an agent step.
import { beginning } from "../beginning.js";
import { messageOf } from "../error.js";
import type { Json, JsonObject } from "../plan/json.js";
import { failWith, type Failure } from "../run/failure.js";
import { soundFailure } from "../run/sound-failure.js";
import { isOurCode } from "../words/failures.js";
import { LIMITS } from "../limits.js";
import { rawOutput } from "../tools/raw-output.js";
import type { Clock } from "../clock.js";
import type { ToolQuestion } from "../run/event.js";
import { CallQuestions, type AskingOf } from "../tools/call-questions.js";
import { CallAsks } from "../tools/question.js";
import {
  CallUnsettled,
  checkedCall,
  ToolError,
  UnusableOutput,
  type Tool,
  type ToolContext,
  type ToolModelCall,
} from "../tools/tool.js";
import { mayTryAgain, thrownFacts } from "../tools/thrown.js";
import { secretFilter, type SecretFilter } from "../tools/secret-filter.js";
import { inTime, type Deadline } from "../deadline.js";
import { ToolProgress } from "./tool-progress.js";
import type { CallAsking, CallEnd } from "./call-end.js";
import type { Services } from "./services.js";

type CallServices = Pick<Services, "clock" | "secrets" | "watch">;

/** Calls a tool; never rejects. See endInTime. */
export async function callTool(
  tool: Tool,
  args: { readonly [name: string]: Json },
  context: CallContext,
  timeoutMs: number,
  services: CallServices,
): Promise<CallEnd | CallAsking> {
  const { watch } = services;
  if (watch === undefined) return called(tool, args, context, timeoutMs, services);
  const { name, effects } = tool.spec;
  const seen = { tool: name, effects, args, key: context.key, attempt: context.attempt };
  return watch.tool(seen, () => called(tool, args, context, timeoutMs, services));
}

type CallContext = ToolContext & Pick<AskingOf, "attended" | "answers">;

async function called(
  tool: Tool,
  args: { readonly [name: string]: Json },
  { attended, answers, ...context }: CallContext,
  timeoutMs: number,
  services: CallServices,
): Promise<CallEnd | CallAsking> {
  const filter = secretFilter(services.secrets);
  const progress = new ToolProgress(context.progress, filter, services.clock);
  const asking = new CallQuestions({ tool: tool.spec.name, attended, answers, clean: filter.text });
  const begin = (signal: AbortSignal, hold: Deadline["hold"]) => {
    const modelCall = heldCalls(context.modelCall, hold);
    const call = checkedCall(tool, args, {
      ...context,
      ...asking.context,
      signal,
      modelCall,
      progress: progress.report,
    });
    return orAsked(call, asking, services.clock);
  };
  const end = await endInTime(begin, context.signal, timeoutMs, services, tool.retryable);
  progress.end();
  if (!end.ok) return end;
  if (end.output instanceof CallAsks) {
    const { question } = end.output;
    return {
      ok: false,
      ending: "asked",
      question: filter.value(question as unknown as Json) as unknown as ToolQuestion,
    };
  }
  return { ok: true, output: filter.value(end.output) };
}

/**
 * The output of a call; or CallAsks, if its tool asks a person. A tool that does not end within the grace time after
 * its question ignores it.
 */
async function orAsked(call: Promise<Json>, asking: CallQuestions, clock: Clock): Promise<Json | CallAsks> {
  let [hasEnded, cancel] = [false, (): void => undefined];
  const goesOn = asking.opened.then(
    () =>
      new Promise<{ readonly output?: never }>((resolve) => {
        if (!hasEnded) cancel = clock.setTimer(LIMITS.graceMs, () => resolve({}));
      }),
  );
  const end = await Promise.race([
    call.then(
      (output) => ({ output }),
      (thrown: unknown) => ({ thrown }),
    ),
    goesOn,
  ]);
  hasEnded = true;
  cancel();
  const decided = asking.ended("thrown" in end ? end : {});
  if (decided instanceof CallAsks) return decided;
  if (decided !== undefined) throw decided;
  if ("thrown" in end) throw end.thrown;
  return call;
}

/** A model call that waits for its server uses up no time of its tool. */
function heldCalls(modelCall: ToolContext["modelCall"], hold: Deadline["hold"]): ToolContext["modelCall"] {
  return (most, send) =>
    modelCall(most, (call) => {
      const waits: ToolModelCall["waits"] = (wait) => {
        const [over, goOn] = [call?.waits(wait), hold()];
        return () => (over?.(), goOn());
      };
      return send({ waits });
    });
}

/**
 * Does a tool's work within a deadline; never rejects. On timeout or abort its signal is aborted, and the work gets
 * LIMITS.graceMs to end: an output, a ToolError or an UnusableOutput that arrives within that time counts. Anything
 * else ends as timeout or abort. The error holds no secrets.
 */
export async function endInTime<T>(
  begin: (signal: AbortSignal, hold: Deadline["hold"]) => Promise<T>,
  outer: AbortSignal,
  timeoutMs: number,
  { clock, secrets }: CallServices,
  retryable?: (thrown: unknown) => boolean,
): Promise<CallEnd<T>> {
  const { end, why } = await inTime((signal, _alive, hold) => begin(signal, hold), outer, timeoutMs, clock);
  const filter = secretFilter(secrets);
  if (end !== undefined && "value" in end) return { ok: true, output: end.value };
  if (end?.thrown instanceof UnusableOutput) {
    const { failure, returned } = end.thrown;
    // Before anything is cut: a part of a secret would not be found any more.
    const { output, ...rest } = rawOutput(returned, filter.text);
    const raw = { ...rest, output: filter.value(output) };
    return { ok: false, ending: "unusable", error: cleanFailure(failure, filter), raw };
  }
  if (end?.thrown instanceof ToolError) return { ok: false, ending: "tool-error", error: toldBy(end.thrown, filter) };
  if (end?.thrown instanceof CallUnsettled && why === undefined)
    return { ok: false, ending: "thrown", error: cleanFailure(end.thrown.failure, filter) };
  // Any other error of a tool after its signal was aborted only repeats the abort.
  if (end === undefined || why !== undefined) return endOf(why, timeoutMs);
  if (end.thrown instanceof CallUnsettled)
    return { ok: false, ending: "thrown", error: cleanFailure(end.thrown.failure, filter) };
  return { ok: false, ending: "thrown", error: threw(end.thrown, filter, retryable) };
}

/** The text of what was thrown, or what it is; and what is known of it. */
function threw(thrown: unknown, filter: SecretFilter, says: ((thrown: unknown) => boolean) | undefined): Failure {
  const text = textOf(thrown, filter);
  const retryable = mayTryAgain(thrown, says);
  if (text !== undefined) return withFacts(failWith("TOOL_THREW", {}, { text, retryable }), thrown, filter);
  const threw = { is: isError(thrown) ? "error" : "value", shown: shownOf(thrown, filter) } as const;
  return withFacts(failWith("TOOL_THREW", { threw }, { retryable }), thrown, filter);
}

const shownOf = (thrown: unknown, filter: SecretFilter): string =>
  beginning(messageOf(thrown, filter.text), LIMITS.previewChars);

/** A revoked proxy throws at the question. */
function isError(thrown: unknown): boolean {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}

function withFacts(failure: Failure, thrown: unknown, filter: SecretFilter): Failure {
  const facts = thrownFacts(thrown, filter.text);
  return facts === undefined ? failure : { ...failure, thrown: facts };
}

/** The text of an error, also of one from another realm or program. Never throws. */
function textOf(thrown: unknown, filter: SecretFilter): string | undefined {
  try {
    const text: unknown =
      typeof thrown === "object" && thrown !== null && "message" in thrown ? thrown.message : thrown;
    return typeof text === "string" && text.trim() !== "" ? messageOf(text, filter.text) : undefined;
  } catch {
    return undefined;
  }
}

/** A tool's failure in its own words. The error may come from JavaScript. */
function toldBy(thrown: ToolError, filter: SecretFilter): Failure {
  const { failure: known, message, retryable, retryAfterMs } = thrown;
  if (isOurs(known)) return cleanFailure(known, filter);
  const [code, text] = [messageOf(thrown.code, filter.text), messageOf(message, filter.text)];
  const told = soundFailure({ code, text, retryable, retryAfterMs }, "TOOL_FAILED");
  // Its message says what happened. Its causes are for the trace.
  return withFacts(isOurCode(told.code) ? { ...told, foreign: true } : told, thrown, filter);
}

/** Words of the catalogue need its parameters. Anything else is told by the message. */
function isOurs(failure: Failure | undefined): failure is Failure {
  try {
    return failure !== undefined && isOurCode(failure.code);
  } catch {
    return false;
  }
}

const cleanFailure = (failure: Failure, filter: SecretFilter): Failure =>
  filter.value(failure as unknown as JsonObject) as unknown as Failure;

function endOf(why: "timeout" | "abort" | undefined, timeoutMs: number): CallEnd & { readonly ok: false } {
  if (why === "abort") {
    return { ok: false, ending: "abort", error: failWith("ABORTED", { how: "stopped" }, { retryable: true }) };
  }
  const error = failWith("TIMEOUT", { of: "call", ms: timeoutMs }, { retryable: true });
  return { ok: false, ending: "timeout", error };
}
