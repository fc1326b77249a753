// The trace of a run: one entry for each step over all plans that keep it, and what an ended process interrupted.
import { expect, test } from "vitest";
import { historyOf } from "../../src/cli/render/history.js";
import { traceLines } from "../../src/cli/render/trace.js";
import { readLog } from "../../src/engine/log.js";
import { traceOf } from "../../src/loom/trace.js";
import { LOGS, logIn, storeOf } from "../fixtures/logs.js";
import { eventsOf } from "../engine/parts.js";
import type { RunEvent } from "../../src/run/event.js";

async function recorded(name: string): Promise<readonly RunEvent[]> {
  const { store, runId } = await storeOf(logIn(name));
  return readLog(store, runId);
}

const named = (part: string) => LOGS.filter((name) => name.includes(part));

test.each(named("/eager"))("%s: a step that began while the plan was being written has one entry", async (name) => {
  const log = await recorded(name);
  const adopted = eventsOf(log, "plan.proposed").find(({ data }) => data.adopts === true);
  expect(adopted?.data.kept).not.toEqual([]);
  const trace = traceOf(log, []);
  const refs = trace.map(({ step, item }) => `${step}/${item ?? ""}`);
  expect(refs).toEqual([...new Set(refs)]);
  expect(trace.filter(({ status }) => status === "running")).toEqual([]);
  for (const { step } of adopted!.data.kept!) {
    const entry = trace.find((one) => one.step === step && one.item === undefined);
    expect(entry).toMatchObject({ revision: adopted!.data.revision });
  }
});

/** Starts of an attempt after the answer to a question of its tool. */
function begunAgain(log: Awaited<ReturnType<typeof recorded>>): number {
  const asked = new Set<string>();
  let again = 0;
  for (const { type, data } of log) {
    if (type === "step.asked") asked.add(`${data.step}/${data.item}`);
    if (type === "step.started" && asked.delete(`${data.step}/${data.item}`)) again++;
  }
  return again;
}

test.each(LOGS)("%s: an entry is not repeated under a plan that keeps it, and no attempt is lost", async (name) => {
  const log = await recorded(name);
  const trace = traceOf(log, []);
  // A held step starts again as the same attempt, as does one whose inner call waited for approval or whose tool asked.
  const waits = eventsOf(log, "approval.requested").filter(({ data }) => data.call !== undefined).length;
  const starts = eventsOf(log, "step.started").length - eventsOf(log, "step.held").length - waits - begunAgain(log);
  expect(trace.flatMap(({ attempts }) => attempts)).toHaveLength(starts);
  for (const { data } of eventsOf(log, "plan.proposed")) {
    const near = trace.filter(({ revision }) => revision === data.revision || revision === data.revision - 1);
    for (const { step, item } of data.kept ?? [])
      expect(near.filter((entry) => entry.step === step && entry.item === item).length).toBeLessThanOrEqual(1);
  }
});

test.each(named("/interrupted"))("%s: the history and the attempt show the interruption", async (name) => {
  const log = await recorded(name);
  const [resumed] = eventsOf(log, "run.resumed");
  const at = log.indexOf(resumed!);
  // The run stood still for an hour.
  const late = log.map((event, index) => (index < at ? event : { ...event, at: event.at + 3_600_000 }));
  const point = historyOf(late).find(({ type }) => type === "run.resumed");
  expect(point?.text).toMatch(/^resumed.* after 1 ?h.* without an event: the previous process (ended|had released)/);
  const trace = traceOf(late, []);
  const text = traceLines(trace, late).join("\n");
  expect(text).toContain(point!.text);
  const cut = trace.flatMap(({ attempts }) => attempts).filter(({ interrupted }) => interrupted !== undefined);
  expect(cut.length).toBeGreaterThan(0);
  const [start, before] = [late[0]!.at, late[at - 1]!.at];
  expect(cut[0]!.interrupted).toEqual([{ lastEventAfter: before - start, resumedAfter: late[at]!.at - start }]);
  expect(text).toMatch(/interrupted: no event from .* until the run was resumed at 1/);
  for (const { took } of trace.flatMap(({ attempts }) =>
    attempts.filter(({ interrupted }) => interrupted === undefined),
  ))
    expect(took ?? 0).toBeLessThan(3_600_000);
});
