// Fields that came to an event after its version was first written, and what their absence meant then. In: a recorded event.
// Out: the same event with these fields. A field gets its line here in the commit that adds it; test/fixtures shows that it is
// needed. What is written here never changes: it says how runs were carried out then, not how they are today.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import type { EventType } from "../event.js";
import type { Budget, Settings } from "../settings.js";
import { workOf, type Run } from "../state.js";
import type { RecordedEvent } from "./recorded-event.js";

type Fields = { readonly [field: string]: Json };

/** `data` is what was recorded. `run` is the run before the event, where the reader has it. */
type Later = (data: Fields, run: Run | undefined) => Fields;

const NO_BUDGET = { modelCalls: null, tokens: null, costUsd: null, wallMs: null } satisfies Budget;

/** A run of that time asked no planner again, had no budget, and began nothing before its plan was whole. */
const FIRST_SETTINGS = {
  onFailure: "fail",
  replan: "never",
  replans: 0,
  replanContext: "excerpt",
  replanTokens: null,
  replanCostUsd: null,
  budget: NO_BUDGET,
  prices: {},
  eager: false,
  granularity: "normal",
  critique: false,
} satisfies Partial<Settings>;

/** Settings with the fields that they lack, for a command that waits in an inbox, too. They keep their order: replay compares texts. */
export function completeSettings(settings: JsonObject): JsonObject {
  const lacking = Object.entries(FIRST_SETTINGS).filter(([name]) => !Object.hasOwn(settings, name));
  return lacking.length === 0 ? settings : { ...settings, ...Object.fromEntries(lacking) };
}

const withSettings: Later = ({ settings }) => (isObject(settings) ? { settings: completeSettings(settings) } : {});

/** By version, then by type. */
const LATER: { readonly [version: number]: { readonly [T in EventType]?: Later } } = {
  1: {
    "run.started": withSettings,
    "run.reopened": withSettings,
    // There was one doubt at a time, and it was that one.
    "step.resolved": ({ key, step, item }, run) => {
      if (key !== undefined || run === undefined || typeof step !== "string") return {};
      const doubt = workOf(run, typeof item === "number" ? { step, item } : { step })?.doubt;
      return doubt === undefined ? {} : { key: doubt };
    },
  },
};

/** The event with the fields of its version that it lacks. Fields that nobody knows stay. */
export function withLaterFields(event: RecordedEvent, run: Run | undefined): RecordedEvent {
  const later = LATER[event.v]?.[event.type as EventType];
  return later === undefined ? event : { ...event, data: { ...event.data, ...later(event.data, run) } };
}
