// The events of a log that are about one step or item. In: the log, and where the step begins and ends in it. Out: the
// events as data.
import type { Json } from "../../plan/json.js";
import { isObject } from "../../plan/json.js";
import type { RunEvent, StepRef } from "../../run/event.js";
import type { StepEventView } from "./run-view.js";

/** Events after `from` and up to `to`, by their seq. For a fan-out as a whole: without those of its items. */
export const eventsAbout = (
  log: readonly RunEvent[],
  ref: StepRef,
  { from, to }: { readonly from: number; readonly to: number },
): readonly StepEventView[] => eventsWhere(log, (event) => event.seq > from && event.seq <= to && isAbout(event, ref));

/** `revision`: that of the last plan before the event. */
export function eventsWhere(
  log: readonly RunEvent[],
  isWanted: (event: RunEvent, revision: number) => boolean,
): readonly StepEventView[] {
  const startedAt = log[0]?.at ?? 0;
  let revision = 0;
  return log.flatMap((event) => {
    const { seq, at, type, data } = event;
    const wanted = isWanted(event, revision);
    if (type === "plan.proposed") revision = data.revision;
    return wanted ? [{ seq, afterMs: at - startedAt, type, data: data as unknown as Json }] : [];
  });
}

function isAbout({ type, data }: RunEvent, { step, item }: StepRef): boolean {
  if (type === "plan.stepDrafted") return item === undefined && isObject(data.step) && data.step["id"] === step;
  const subject = "subject" in data ? data.subject : data;
  if (!isRef(subject)) return false;
  return subject.step === step && (subject.item ?? undefined) === item;
}

const isRef = (value: unknown): value is StepRef => isObject(value) && typeof value["step"] === "string";
