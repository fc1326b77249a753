// Fields that came to an event after its version was first written, and what their absence meant then. In: a recorded event.
// Out: the same event with these fields. A field gets its line here in the commit that adds it; test/fixtures shows that it is
// needed. What is written here never changes: it says how runs were carried out then, not how they are today.
import { isObject, type Json } from "../../plan/json.js";
import type { EventType } from "../event.js";
import { findWork } from "../lookup.js";
import { completeSettings } from "../settings.js";
import { type Run } from "../state.js";
import type { RecordedEvent } from "./recorded-event.js";

type Fields = { readonly [field: string]: Json };

/** `data` is what was recorded. `run` is the run before the event, where the reader has it. */
type Later = (data: Fields, run: Run | undefined) => Fields;

const withSettings: Later = ({ settings }) => (isObject(settings) ? { settings: completeSettings(settings) } : {});

const EVERY = { "run.started": withSettings, "run.reopened": withSettings };

/** By version, then by type. */
const LATER: { readonly [version: number]: { readonly [T in EventType]?: Later } } = {
  1: {
    ...EVERY,
    // There was one doubt at a time, and it was that one.
    "step.resolved": ({ key, step, item }, run) => {
      if (key !== undefined || run === undefined || typeof step !== "string") return {};
      const doubt = findWork(run, typeof item === "number" ? { step, item } : { step })?.doubt;
      return doubt === undefined ? {} : { key: doubt };
    },
  },
  2: EVERY,
};

/** The event with the fields of its version that it lacks. Fields that nobody knows stay. */
export function withLaterFields(event: RecordedEvent, run: Run | undefined): RecordedEvent {
  const later = LATER[event.v]?.[event.type as EventType];
  return later === undefined ? event : { ...event, data: { ...event.data, ...later(event.data, run) } };
}
