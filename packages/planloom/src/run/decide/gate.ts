// Checks the output of a call: it must have the promised type, and `expect` must hold. In: an output. Out: facts.
// No later step reads an output that did not pass.
import type { EvidenceFound } from "../../plan/evidence.js";
import { resolveValue } from "../../plan/expression/reference.js";
import { kindOf, type Json } from "../../plan/json.js";
import { mismatch, STRING, UNKNOWN, type Type } from "../../plan/type/type.js";
import { typeFromSchema, typeOf } from "../../plan/type/schema.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import type { Usage } from "../../plan/usage.js";
import type { Origin } from "../../plan/origin.js";
import { fact, type Fact, type AgentProgress, type StepRef } from "../event.js";
import { mayBeTriedAgain } from "../acted-calls.js";
import { failWith, type Failure } from "../failure.js";
import type { StepState, Work } from "../work.js";
import { unusable } from "./ending.js";
import { closeFanOut, failed, refOf } from "./failure.js";
import { judging } from "./judging.js";
import { callsOf, progressOf } from "../progress.js";
import { reviewAfter } from "./policy.js";
import { scopeOf } from "../step-scope.js";
import type { Run } from "../state.js";
import { givesText, proseOf } from "../../plan/step-kind.js";

export interface Returned extends AgentProgress {
  readonly output: Json;
  readonly tools: readonly string[];
  /** Where the arguments came from, if they differ from those that the work was started with. */
  readonly steps?: readonly string[];
  readonly usage: Usage;
  readonly summary?: string;
  readonly evidence?: readonly EvidenceFound[];
  /** The run whose call gave the output; see the event step.completed. */
  readonly carried?: string;
  /** The call as it stands in the log, if it was made before and is not made now. */
  readonly earlier?: {
    readonly key: string;
    readonly earlier: StepRef;
    readonly args: { readonly [name: string]: Json };
    readonly from: Origin;
  };
}

/** Facts after a call returned: completed if the output passes; otherwise failed, or unusable if the call acted. */
export function completed(run: Run, work: Work, returned: Returned, at: number): Fact[] {
  const { usage, output, tools, summary } = returned;
  const misfit = typeProblem(work, output);
  if (misfit !== undefined && work.effects !== "none") {
    return unusable(run, work, { error: misfit, output, usage, ...returned.earlier }, at);
  }
  const prose = proseOf(work.step.spec);
  const problem = misfit ?? (prose === undefined ? expectProblem(run, work, returned) : undefined);
  if (problem !== undefined) {
    const said = { usage, output, tools, ...(summary === undefined ? {} : { summary }) };
    return failed(run, work, problem, at, { ...said, ...progressOf(returned) });
  }
  const from = { steps: returned.steps ?? work.from.steps, tools };
  if (prose !== undefined) return judging(run, work, { ...returned, from }, prose, at);
  return passed(run, work, { ...returned, from });
}

type Passed = Pick<Returned, "output" | "usage" | "summary" | "evidence" | "carried" | "calls"> & {
  readonly from: Origin;
};

/** Facts after an output passed all checks. */
export function passed(run: Run, work: Work, returned: Passed): Fact[] {
  const { from } = returned;
  return [
    fact("step.completed", {
      ...refOf(work),
      output: returned.output,
      from,
      usage: returned.usage,
      ...(returned.summary === undefined ? {} : { summary: returned.summary }),
      ...(returned.evidence === undefined ? {} : { evidence: returned.evidence }),
      ...(returned.carried === undefined ? reviewAfter(run, work) : { carried: returned.carried }),
      ...callsOf(returned),
    }),
    ...closeFanOut(run, work, { how: "completed", output: returned.output, from }),
  ];
}

/** Why a value does not have the type of this step; undefined if it does. */
export function typeProblem(work: Work, output: Json): Failure | undefined {
  return mismatchOf(output, outputType(work.step));
}

function mismatchOf(output: Json, type: Type): Failure | undefined {
  const wrong = mismatch(output, type);
  return wrong && failWith("OUTPUT_MISMATCH", wrong);
}

/** The same for the output type of a tool. A call checks this itself; an answer about a call in doubt does not. */
export function toolProblem(tool: ToolSpec | undefined, output: Json): Failure | undefined {
  const schema = tool?.output;
  return schema === undefined ? undefined : mismatchOf(output, typeFromSchema(schema));
}

/**
 * Why a value cannot take the place of an unusable output. Later steps were checked against the step's type, else the
 * tool's.
 */
export function replacementProblem(work: Work, value: Json): Failure | undefined {
  return work.step.spec.output === undefined ? toolProblem(work.step.tool, value) : typeProblem(work, value);
}

const outputTypes = new WeakMap<StepState, Type>();

function outputType(state: StepState): Type {
  let type = outputTypes.get(state);
  if (type === undefined) outputTypes.set(state, (type = declaredType(state)));
  return type;
}

function declaredType({ spec }: StepState): Type {
  if (spec.output === undefined) return givesText(spec) ? STRING : UNKNOWN;
  const parsed = typeOf(spec.output);
  return parsed.ok ? parsed.type : UNKNOWN;
}

function expectProblem(run: Run, work: Work, returned: Returned): Failure | undefined {
  const { expect } = work.step.spec;
  if (expect === undefined) return undefined;
  const output = { value: returned.output, from: { steps: [work.step.spec.id], tools: returned.tools } };
  const resolved = resolveValue(expect, scopeOf(run, work, output));
  if (resolved.ok && resolved.value === true) return undefined;
  const found = resolved.ok
    ? { got: resolved.value === false ? (false as const) : kindOf(resolved.value) }
    : { problem: resolved.problem };
  // A repeated call may give a better output. A call that acted must not be repeated for that.
  return failWith("EXPECT_FAILED", { expect, ...found }, { retryable: mayBeTriedAgain(run, work) });
}
