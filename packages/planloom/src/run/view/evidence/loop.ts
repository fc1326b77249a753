// The check for loops. In: a log, and the calls inside of agent steps. Out: each tool that was called three times or
// more with the same arguments, and each step whose rounds ended before it was good enough. A retry after a failure, a
// continued call and a reused output are no further calls.
import { canonicalJson, type Json } from "../../../plan/json.js";
import { directTool } from "../../../plan/step-kind.js";
import type { RunEvent } from "../../event.js";
import { notChecked, checkResult, type CheckFinding, type FailureCheck, type InnerCall } from "./check.js";
import { addTo, Followed, workName } from "./followed.js";

/** Calls with the same arguments from which on it is a loop. */
const TIMES = 3;

interface FreshCall {
  readonly tool: string;
  readonly args: Json;
  readonly step: string;
  readonly events: readonly number[];
  output: Json | undefined;
}

export function loops(events: readonly RunEvent[], inner: readonly InnerCall[]): FailureCheck {
  const { calls, revisions } = callsOfSteps(events);
  const all = [...calls, ...callsOfAgents(inner, revisions)];
  const unmet = unmetLoops(events);
  if (all.length === 0 && unmet.length === 0) return notChecked("NOTHING_RAN");
  const alike = new Map<string, FreshCall[]>();
  for (const call of all) addTo(alike, `${call.tool} ${canonicalJson(call.args)}`, call);
  return checkResult(
    all.length,
    [...alike.values()]
      .filter(({ length }) => length >= TIMES)
      .map(loopOf)
      .concat(unmet),
  );
}

/** The steps that took their last output without `until`. A step that was begun anew counts as it ended last. */
function unmetLoops(events: readonly RunEvent[]): readonly CheckFinding[] {
  const followed = new Followed();
  const found = new Map<string, CheckFinding>();
  for (const event of events) {
    followed.hear(event);
    if (event.type !== "step.repeated" || event.data.again === true) continue;
    const { step, round: rounds, met } = event.data;
    const { until, otherwise } = followed.specOf(step)?.repeat ?? {};
    found.delete(step);
    if (until !== undefined && otherwise === "last" && !met)
      found.set(step, { code: "UNTIL_NOT_MET", step, rounds, until, events: [event.seq] });
  }
  return [...found.values()];
}

function loopOf(calls: readonly FreshCall[]): CheckFinding {
  const { tool, args } = calls[0]!;
  return {
    code: "SAME_CALL",
    tool,
    args,
    times: calls.length,
    steps: [...new Set(calls.map(({ step }) => step))],
    same: sameOutputs(calls),
    events: [...new Set(calls.flatMap(({ events }) => events))].slice(0, MOST_EVENTS),
  };
}

const MOST_EVENTS = 20;

function sameOutputs(calls: readonly FreshCall[]): boolean | null {
  if (calls.some(({ output }) => output === undefined)) return null;
  return new Set(calls.map(({ output }) => canonicalJson(output))).size === 1;
}

/** The start of an attempt: its event, and the revision under which it began. */
interface Start {
  readonly seq: number;
  readonly revision: number;
}

/** Direct calls. All attempts of a step or item under one plan are one call, also if a person restarted it. */
function callsOfSteps(events: readonly RunEvent[]) {
  const followed = new Followed();
  const calls = new Map<string, FreshCall>();
  const latest = new Map<string, FreshCall>();
  const revisions = new Map<string, Start>();
  for (const event of events) {
    followed.hear(event);
    if (event.type === "step.completed" && event.data.carried === undefined) {
      const call = latest.get(workName(event.data));
      if (call !== undefined) call.output = event.data.output;
    }
    if (event.type !== "step.started") continue;
    const { step, attempt, args } = event.data;
    const name = workName(event.data);
    revisions.set(`${name}/${attempt}`, { seq: event.seq, revision: followed.revision });
    const spec = followed.specOf(step);
    const tool = spec === undefined ? undefined : directTool(spec);
    if (tool === undefined) continue;
    const key = `${followed.revision}/${name}/${canonicalJson(args)}`;
    const call = calls.get(key) ?? { tool, args, step, events: [event.seq], output: undefined };
    calls.set(key, call);
    latest.set(name, call);
  }
  return { calls: [...calls.values()], revisions };
}

/** Calls of agents. An attempt after a failed one repeats its calls, so only the attempt with the most counts. */
function callsOfAgents(inner: readonly InnerCall[], starts: ReadonlyMap<string, Start>): readonly FreshCall[] {
  const groups = new Map<string, Map<number, FreshCall[]>>();
  for (const { tool, args, output, attempt, ...ref } of inner) {
    const start = starts.get(`${workName(ref)}/${attempt}`);
    const key = `${start?.revision ?? 0} ${workName(ref)} ${tool} ${canonicalJson(args)}`;
    const attempts = groups.get(key) ?? new Map<number, FreshCall[]>();
    groups.set(key, attempts);
    const events = start === undefined ? [] : [start.seq];
    attempts.set(attempt, [...(attempts.get(attempt) ?? []), { tool, args, step: ref.step, events, output }]);
  }
  return [...groups.values()].flatMap(
    (attempts) => [...attempts.values()].sort((a, b) => b.length - a.length)[0] ?? [],
  );
}
