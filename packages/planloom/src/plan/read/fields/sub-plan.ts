// Reads a sub-plan in the fields of other formats. In: the fields of a step. Out: `plan` with the sub-goal, if the kind
// of the step says that it is planned later and one field holds the goal. Nothing is taken from other steps.
import { rename, type Fields, type StepContext } from "./fields.js";
import { KIND_FIELDS, plainName, STEP_FIELDS, SUB_PLAN_KINDS } from "./names.js";

/** The text of the sub-goal, the most exact name first. */
const GOALS = ["plan", "goal", "objective", "task", "agent", "description", "title"];

const nameOf = (field: string): string => STEP_FIELDS.get(plainName(field)) ?? plainName(field);

/** `{ "type": "subplan", "goal": "…" }`. A step that names a tool or a question is left for check to report. */
export function readSubPlan(fields: Fields, at: StepContext): void {
  const kind = [...fields.keys()].find((field) => KIND_FIELDS.has(plainName(field)) && saysSubPlan(fields.get(field)));
  if (kind === undefined || at.toolMeant(fields.get(kind)) !== undefined) return;
  const names = [...fields.keys()].map(nameOf);
  if (names.includes("tool") || names.includes("ask")) return;
  const goal = goalField(fields);
  if (goal === undefined) return;
  const before = fields.get(kind);
  fields.delete(kind);
  at.note("LEFT_OUT", { field: kind }, undefined, { before });
  if (goal !== "plan") rename(fields, goal, "plan", at);
}

const saysSubPlan = (value: unknown): boolean => typeof value === "string" && SUB_PLAN_KINDS.has(plainName(value));

function goalField(fields: Fields): string | undefined {
  const isText = (field: string): boolean => {
    const value = fields.get(field);
    return typeof value === "string" && value.trim() !== "";
  };
  for (const name of GOALS) {
    const field = [...fields.keys()].find((one) => (nameOf(one) === name || plainName(one) === name) && isText(one));
    if (field !== undefined) return field;
  }
  return undefined;
}
