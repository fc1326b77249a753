// Checks what goes into a tool and what comes out of it. In: schemas, and values that may come from JavaScript. Out: the
// values as JSON, or the error that the call ends with. A check that throws or does not end is an ending, too.
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import { failWith, type ValueProblem } from "../run/failure.js";
import { asJson } from "./output.js";
import type { Checked, ReadSchema } from "./schema.js";
import { isProgramError } from "./thrown.js";
import { toolErrorOf, UnusableOutput } from "./tool-error.js";

/** The service's answer about a call that ended without a known outcome. */
export type Reconciled = { readonly happened: true; readonly output: Json } | { readonly happened: false } | "unknown";

/** Throws ToolError BAD_ARGUMENTS. */
export async function checkedArguments(
  name: string,
  input: ReadSchema,
  args: { readonly [name: string]: Json },
  signal: AbortSignal,
): Promise<unknown> {
  const refused = (problem: ValueProblem, options: { readonly retryable?: boolean } = {}, cause?: unknown) =>
    toolErrorOf(failWith("BAD_ARGUMENTS", { tool: name, problem }, options), cause);
  // They were gathered from other outputs, each of which has its own limit.
  const copy = jsonOf(args, LIMITS.gatheredBytes);
  if (!copy.ok) throw refused(copy.problem);
  let checked: Checked;
  try {
    checked = await whileWanted(input.check(copy.value), signal, "arguments");
  } catch (thrown) {
    // Nothing has run, so this is a known failure. A check that asks a service may succeed later.
    throw refused({ code: "SCHEMA_REFUSES", text: messageOf(thrown) }, { retryable: !isProgramError(thrown) }, thrown);
  }
  if (checked.ok) return checked.value;
  throw refused(checked.problem);
}

type CheckedOutput =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: ValueProblem };

function jsonOf(value: unknown, most?: number): CheckedOutput {
  const copy = asJson(value, most);
  return copy.ok ? copy : { ok: false, problem: { code: "NOT_JSON", ...copy.problem } };
}

/** Whatever goes wrong here, also inside the schema, goes wrong after the tool has run. */
export async function usableOutput(
  name: string,
  output: ReadSchema | undefined,
  returned: unknown,
  signal: AbortSignal,
): Promise<Json> {
  const unusable = (problem: ValueProblem, cause?: unknown) =>
    new UnusableOutput(failWith("BAD_OUTPUT", { tool: name, problem }), returned, cause);
  let checked: CheckedOutput;
  try {
    checked = await whileWanted(checkedOutput(output, returned), signal, "output");
  } catch (thrown) {
    throw unusable({ code: "SCHEMA_REFUSES", text: messageOf(thrown) }, thrown);
  }
  if (checked.ok) return checked.value;
  throw unusable(checked.problem);
}

/** Rejects if the signal is aborted meanwhile. After an abort before, the work has the grace time of the call. */
async function whileWanted<T>(work: Promise<T>, signal: AbortSignal, of: "arguments" | "output"): Promise<T> {
  if (signal.aborted) return work;
  let stop!: () => void;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new Error(`the check of the ${of} did not end in time`));
  });
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function checkedOutput(output: ReadSchema | undefined, returned: unknown): Promise<CheckedOutput> {
  // The schema gets the returned value and not its copy: it may turn a Date or a Map into JSON.
  const value = returned === undefined ? null : returned;
  const fits = output === undefined ? ({ ok: true, value } as const) : await output.check(value);
  return fits.ok ? jsonOf(fits.value) : fits;
}

/** Checks an answer of `reconcile`, which may come from JavaScript. Its output is checked like that of a call. */
export async function checkedAnswer(
  name: string,
  output: ReadSchema | undefined,
  answer: unknown,
): Promise<Reconciled> {
  if (answer === "unknown") return answer;
  const { happened, output: given } = (answer ?? {}) as { readonly happened?: unknown; readonly output?: unknown };
  if (happened === false) return { happened };
  const unclear = { ok: false, problem: { code: "UNCLEAR_ANSWER" } } as const;
  const checked = happened === true ? await checkedOutput(output, given) : unclear;
  if (checked.ok) return { happened: true, output: checked.value };
  throw toolErrorOf(failWith("BAD_OUTPUT", { tool: name, problem: checked.problem }));
}
