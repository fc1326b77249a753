// Fields that were added to an event after its version was first written, with the meaning of their absence then. In: a
// recorded event. Out: the same event with these fields. The commit that adds a field adds its line here. A line never
// changes: it records how runs worked then, not how they work today. test/fixtures shows that each line is needed.
import { isObject, type Json } from "../../plan/json.js";
import { programHash } from "../../plan/plan-hash.js";
import type { Plan } from "../../plan/plan.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import type { EventType } from "../event.js";
import { findWork } from "../lookup.js";
import { completeSettings } from "../settings.js";
import { type Run } from "../state.js";
import type { RecordedEvent } from "./recorded-event.js";

type Fields = { readonly [field: string]: Json };

/** `data` is the recorded data. `run` is the run before the event, if the reader has it. */
type Later = (data: Fields, run: Run | undefined) => Fields;

const withSettings: Later = ({ settings }) => (isObject(settings) ? { settings: completeSettings(settings) } : {});

/** One hash covered the plan, its tools and the inputs. Definitions of tools had fewer fields. */
const withHashes: Later = ({ hashVersion, plan, tools }) =>
  hashVersion === undefined
    ? { hashVersion: 1, program: programHash(plan as unknown as Plan, tools as unknown as readonly ToolSpec[]) }
    : {};

const EVERY = { "run.started": withSettings, "run.reopened": withSettings, "plan.proposed": withHashes };

/** Keyed by version, then by type. */
const LATER: { readonly [version: number]: { readonly [T in EventType]?: Later } } = {
  1: {
    ...EVERY,
    // A step had one doubt at a time, so the answer was about the latest.
    "step.resolved": ({ key, step, item }, run) => {
      if (key !== undefined || run === undefined || typeof step !== "string") return {};
      const doubt = findWork(run, typeof item === "number" ? { step, item } : { step })?.doubt?.key;
      return doubt === undefined ? {} : { key: doubt };
    },
  },
  2: EVERY,
  3: {
    ...EVERY,
    // A time to ask the tool was written only if the tool could be asked.
    "step.unknown": ({ reconcileAt }) => (reconcileAt === undefined ? {} : { reconciles: true }),
  },
  4: EVERY,
};

/** The event with the fields of its version that it lacks. Unknown fields stay. */
export function withLaterFields(event: RecordedEvent, run: Run | undefined): RecordedEvent {
  const later = LATER[event.v]?.[event.type as EventType];
  return later === undefined ? event : { ...event, data: { ...event.data, ...later(event.data, run) } };
}
