// Reads the name of a specialist where other formats write it: `agent_name`, `assigned_to`, or `agent` beside the task. In:
// the fields of a step. Out: the same fields with `executor`. A name that is no specialist's stays as it was written.
import { isFilledText, rename, type Fields, type StepContext } from "./fields.js";
import { plainName, STEP_FIELDS } from "./names.js";

/** Fields that name who does a step. In documents the last ones may also name a person or a team. */
const BY = new Set(
  ["agent_name", "assigned_agent", "executor_name", "assigned_to", "assignee", "owner", "agent_role", "role"].map(
    plainName,
  ),
);

/** Fields that say what a step does. */
const TASKS = new Set(["description", "task", "instruction", "title", "action", "name", "goal"]);

export function readExecutor(fields: Fields, at: StepContext): void {
  if (fields.has("executor") || (fields.has("tool") && !fields.has("fill"))) return;
  const named = [...fields.keys()].flatMap((field) => {
    const executor = isBy(field, fields) ? at.specialist(fields.get(field)) : undefined;
    return executor === undefined ? [] : [{ field, executor }];
  });
  const [first] = named;
  // Two names contradict each other.
  if (first === undefined || named.some(({ executor }) => executor !== first.executor)) return;
  for (const { field } of named) {
    if (field === first.field) continue;
    at.note("LEFT_OUT", { field }, undefined, { before: fields.get(field) });
    fields.delete(field);
  }
  fields.set(first.field, first.executor);
  rename(fields, first.field, "executor", at);
}

/** `agent` holds the instruction of our own steps. It is a name only where another field says what to do. */
function isBy(field: string, fields: Fields): boolean {
  const name = plainName(field);
  if (name !== "agent") return BY.has(name);
  return [...fields].some(([other, value]) => {
    const known = plainName(other);
    const task = STEP_FIELDS.get(known) ?? known;
    return other !== field && (TASKS.has(task) || task === "agent") && isFilledText(value);
  });
}
