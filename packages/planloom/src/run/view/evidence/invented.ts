// The check for invented steps. In: a log, and the calls inside of agent steps. Out: each executed step or tool that
// the plan that was followed, or the recorded tools, do not name.
import { directTool, usesTool } from "../../../plan/step-kind.js";
import type { RunEvent, StepRef } from "../../event.js";
import { notChecked, checkResult, type CheckFinding, type FailureCheck, type InnerCall } from "./check.js";
import { Followed, isBegin, refOfBegin, workName, type BeginEvent } from "./followed.js";

export function inventedSteps(events: readonly RunEvent[], calls: readonly InnerCall[]): FailureCheck {
  const followed = new Followed();
  const findings: CheckFinding[] = [];
  const starts = new Map<string, number>();
  let looked = 0;
  for (const event of events) {
    followed.hear(event);
    if (!isBegin(event)) continue;
    looked++;
    if (event.type === "step.started") starts.set(`${workName(event.data)}/${event.data.attempt}`, event.seq);
    findings.push(...ofBegin(event, followed));
  }
  const inner = calls.flatMap((call) => {
    const seq = starts.get(`${workName(call)}/${call.attempt}`);
    return ofCall(call, followed, seq === undefined ? [] : [seq]);
  });
  if (looked + calls.length === 0) return notChecked("NOTHING_RAN");
  return checkResult(looked + calls.length, onePerFact([...findings, ...inner]));
}

function ofBegin(event: BeginEvent, followed: Followed): readonly CheckFinding[] {
  const ref = refOf(refOfBegin(event));
  const spec = followed.specOf(ref.step);
  const events = followed.planSeq === 0 ? [event.seq] : [followed.planSeq, event.seq];
  if (spec === undefined) return [{ code: "STEP_NOT_IN_PLAN", ...ref, revision: followed.revision, events }];
  if (followed.planWaits && !followed.isDrafted(ref.step))
    return [{ code: "STEP_NOT_APPROVED", ...ref, revision: followed.revision, events }];
  const tool = directTool(spec);
  return tool === undefined || followed.tools.has(tool) ? [] : [{ code: "TOOL_NOT_RECORDED", ...ref, tool, events }];
}

/** A step of this id may have had several definitions. The journal does not say which one its call had. */
function ofCall(call: InnerCall, { specs, tools }: Followed, events: readonly number[]): readonly CheckFinding[] {
  const { tool } = call;
  const ref = refOf(call);
  const known = specs.get(call.step) ?? [];
  if (!known.some((spec) => usesTool(spec, tool))) return [{ code: "TOOL_NOT_IN_STEP", ...ref, tool, events }];
  return tools.has(tool) ? [] : [{ code: "TOOL_NOT_RECORDED", ...ref, tool, events }];
}

const refOf = ({ step, item }: StepRef): StepRef => (item === undefined ? { step } : { step, item });

/** One finding for each step and tool, with all events that show it. */
function onePerFact(findings: readonly CheckFinding[]): readonly CheckFinding[] {
  const byFact = new Map<string, CheckFinding>();
  for (const finding of findings) {
    const { events, ...fact } = finding;
    const key = JSON.stringify(fact);
    const known = byFact.get(key);
    const all = known === undefined ? events : [...new Set([...known.events, ...events])];
    byFact.set(key, { ...finding, events: all.slice(0, MOST_EVENTS) });
  }
  return [...byFact.values()];
}

const MOST_EVENTS = 20;
