// The titles of rows that are no steps, and the labels of items. In: data. Out: a few words.
import { isObject, type Json } from "../plan/json.js";
import type { EventData } from "../run/event.js";
import { cutLine } from "./row-lines.js";

/** answers: a person has answered the questions of the planner. */
type Cause = EventData["plan.proposed"]["cause"] | "answers";

const PLANS: { readonly [cause in Cause]: string } = {
  given: "The plan as given",
  strategy: "One step for the whole goal",
  fork: "The plan of the fork",
  goal: "Write the plan",
  questions: "Ask the questions of the planner",
  answers: "Plan with the answers",
  rejection: "Write another plan",
  edit: "The plan as edited",
  patch: "Mend the plan",
  replan: "Plan the rest again",
  "goal-change": "Plan for the new goal",
};

/** `cause` is absent while the plan is being written. */
export const planTitle = (cause: Cause | undefined, revision: number): string =>
  cause === undefined ? (revision === 1 ? PLANS.goal : "Plan again") : PLANS[cause];

export const ANSWER_TITLE = "Write the answer";
export const REVIEW_TITLE = "Review the rest of the plan";

/** The fields that name a record, best first. */
const NAMES = ["name", "title", "label", "id", "key", "company", "file", "path", "url", "email", "subject"];

/** What people call an item: its text, or the first field that names it. `index` is from 0. */
export function itemLabel(value: Json, index: number): string {
  if (typeof value === "string" && value.trim() !== "") return cutLine(value, 80);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const named = isObject(value) ? NAMES.map((name) => value[name]).find(isName) : undefined;
  const first = isObject(value) ? Object.values(value).find(isName) : undefined;
  const text = named ?? first;
  return text === undefined ? `item ${index + 1}` : cutLine(String(text), 80);
}

/** `index` is from 0. */
export const roundLabel = (index: number): string => `round ${index + 1}`;

const isName = (value: Json | undefined): value is string | number =>
  (typeof value === "string" && value.trim() !== "") || typeof value === "number";
