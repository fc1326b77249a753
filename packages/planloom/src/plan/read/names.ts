// The field names that plans are written with. In: a field as written. Out: what it is called here. One table, and no guess: a
// name that is not in it stays as it is, and check speaks about it. Case, `_`, `-` and spaces do not matter.

/** `Depends_On`, `depends-on` and `dependsOn` are one name. */
export const plainName = (field: string): string =>
  /^[a-z]{1,64}$/.test(field)
    ? field
    : field
        .slice(0, 64)
        .replace(/[\s_-]/g, "")
        .toLowerCase();

function table(rows: { readonly [name: string]: string }): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(rows).flatMap(([name, others]) => [name, ...others.split(" ")].map((one) => [plainName(one), name])),
  );
}

/** Fields of a step that mean the same whatever else it holds. */
export const STEP_FIELDS = table({
  id: "",
  title: "step_title step_name task_name",
  description: "details detail step_description task_description action_description sub_task objective",
  tool: "tool_name tool_to_use function_name api_name",
  agent: "instruction instructions prompt",
  ask: "ask_user ask_human",
  tools: "suggested_tools allowed_tools",
  tool_hints: "",
  with: "",
  fill: "",
  dependsOn: "depends_on dependencies dependency deps dep requires prerequisites predecessors parents",
  when: "if",
  forEach: "for_each loop_over",
  as: "",
  maxParallel: "",
  output: "",
  expect: "",
  optional: "",
  retry: "",
  timeout: "",
  onFailure: "",
  approval: "",
  model: "",
  executor: "",
});

/** Fields that hold what a tool is called with, in order of preference. */
export const ARGUMENT_FIELDS: readonly string[] = [
  ...["tool_input", "action_input", "params", "parameters", "arguments", "args", "kwargs", "input", "inputs"],
  ...["tool_args", "tool_arguments", "tool_params", "tool_parameters", "function_args", "function_arguments"],
].map(plainName);

/** Fields that name a step, in order of preference. */
export const ID_FIELDS: readonly string[] = [
  "id",
  "step_id",
  "step_number",
  "step_no",
  "step",
  "task_id",
  "node_id",
  "number",
].map(plainName);

/** What a planner says to itself or to people, and no part of the plan. */
export const SAID_FIELDS: ReadonlySet<string> = new Set(
  ["thought", "thoughts", "thinking", "reasoning", "rationale", "explanation", "justification", "analysis"].map(
    plainName,
  ),
);

/** How far a step is, in the words of systems that keep this in the plan: said only where it has not begun. */
export const STATE_FIELDS: ReadonlySet<string> = new Set(["status", "state", "result", "error"]);
export const NOT_BEGUN: ReadonlySet<unknown> = new Set([null, "", "pending", "todo", "not_started", "not started"]);

/** Fields of a document that hold its steps, and those that hold the document. */
export const LIST_FIELDS: ReadonlySet<string> = new Set(
  ["steps", "plan", "tasks", "subtasks", "plan_steps", "step_list", "task_list", "todo", "todos"].map(plainName),
);
export const WRAPPERS: ReadonlySet<string> = new Set(
  ["plan", "execution_plan", "workflow", "result", "response", "output", "data", "json", "final_plan"].map(plainName),
);
export const QUESTION_FIELDS: ReadonlySet<string> = new Set(
  ["questions", "question", "clarifying_questions", "clarifications", "clarification", "clarification_questions"].map(
    plainName,
  ),
);

const CALLS = ["tool", "function", "action", "task", "name", "label", "toolcall", "functioncall"];

/** Whether an object has a field that only a step would have. */
export function looksLikeStep(value: object): boolean {
  return Object.keys(value).some((key) => {
    const name = plainName(key);
    return STEP_FIELDS.has(name) || ID_FIELDS.includes(name) || ARGUMENT_FIELDS.includes(name) || CALLS.includes(name);
  });
}
