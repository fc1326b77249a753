// Asks tools whether the state that a plan needs is there, before anybody is asked to approve it. In: a checked plan.
// Out: findings. Only calls with literal arguments are asked about. An answer that is not certain is no finding.
import { beginning } from "../beginning.js";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { findingOf, isError, type Finding } from "../plan/finding.js";
import type { FindingParams } from "../plan/finding-params.js";
import { pointerTo } from "../plan/json.js";
import { literalCalls, type CallsOf, type EarlierCall, type LiteralCall } from "../plan/literal-calls.js";
import { inTime } from "../deadline.js";
import type { MissingState } from "../tools/missing-state.js";
import { secretFilter } from "../tools/secret-filter.js";
import type { Services } from "./services.js";

export interface PrecheckOptions {
  /** Only the call of this step is asked about. */
  readonly only?: string;
  /** Steps that already have an output. */
  readonly done?: ReadonlySet<string>;
  /** Gives the context of the run. Absent: it has none. */
  readonly context?: () => Promise<unknown>;
  /** Tools that send their arguments away are not asked: the plan may have been written after reading data of others. */
  readonly local?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * The findings of the prechecks of a plan: the error STATE_MISSING, and the warning PRECHECK_FAILED for a precheck that
 * throws or takes too long. Never rejects, and has no effects.
 */
export type Precheck = (checked: CallsOf, options?: PrecheckOptions) => Promise<readonly Finding[]>;

type PrecheckServices = Pick<Services, "inventory" | "clock" | "secrets">;

const NONE: ReadonlySet<string> = new Set();
const NEVER = new AbortController().signal;

export function precheckIn(services: PrecheckServices): Precheck {
  return async (checked, { only, done = NONE, context, local = false, signal = NEVER } = {}) => {
    const isAsked = (step: string, name: string) => {
      const tool = services.inventory.get(name);
      const isWanted = only === undefined || step === only;
      return isWanted && tool?.precheck !== undefined && !(local && tool.spec.egress === true);
    };
    const calls = literalCalls(checked, { done, isAsked, most: LIMITS.prechecks });
    const found = await Promise.all(calls.map((call) => findingOn(services, call, context, signal)));
    return found.filter((finding) => finding !== undefined).sort((a, b) => Number(isError(b)) - Number(isError(a)));
  };
}

async function findingOn(
  { inventory, clock, secrets }: PrecheckServices,
  call: LiteralCall,
  context: PrecheckOptions["context"],
  outer: AbortSignal,
): Promise<Finding | undefined> {
  const precheck = inventory.get(call.tool)!.precheck!;
  const ask = async (signal: AbortSignal) => precheck(call.args, { signal, context: await context?.() });
  const { end, why } = await inTime(ask, outer, LIMITS.precheckMs, clock);
  const filter = secretFilter(secrets);
  const pointer = `/steps/${call.at}/with`;
  if (end !== undefined && "value" in end) {
    const missing = end.value;
    if (missing === undefined || call.earlier.some((earlier) => mayMake(earlier, missing, inventory))) return undefined;
    const { argument, what, nearest = [] } = missing;
    const params = { tool: call.tool, what: filter.text(what), near: nearest.map(filter.text) };
    const place = argument !== undefined && Object.hasOwn(call.args, argument) ? pointerTo(pointer, argument) : pointer;
    return findingOf("STATE_MISSING", { pointer: place }, params);
  }
  if (outer.aborted) return undefined;
  const late = end === undefined || why !== undefined;
  const text = late ? "" : filter.text(messageOf(end.thrown));
  const params: FindingParams["PRECHECK_FAILED"] = late
    ? { tool: call.tool, why: "late", ms: LIMITS.precheckMs }
    : { tool: call.tool, why: "threw", text: beginning(text, LIMITS.missingChars) };
  return findingOf("PRECHECK_FAILED", { pointer }, params, "warning");
}

/** Whether an earlier call may make what is missing. Only a tool that says what it makes can be ruled out. */
function mayMake(
  { tool, args }: EarlierCall,
  { state }: MissingState,
  inventory: PrecheckServices["inventory"],
): boolean {
  const makes = inventory.get(tool)?.makes;
  if (makes === undefined || args === undefined || state === undefined) return true;
  try {
    return makes(args).includes(state);
  } catch {
    return true;
  }
}
