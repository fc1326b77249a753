// The field names of other plan formats. In: a field as written. Out: our name for it. One table, and no guesses: a
// name that is not in it stays unchanged, and check reports it. Case, `_`, `-` and spaces do not matter.

/** `Depends_On`, `depends-on` and `dependsOn` are the same name. */
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

/** Fields of a step with one meaning, whatever else the step holds. */
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

/** Fields with the arguments of a tool, in order of preference. */
export const ARGUMENT_FIELDS: readonly string[] = [
  ...["tool_input", "action_input", "params", "parameters", "arguments", "args", "kwargs", "input", "inputs"],
  ...["tool_args", "tool_arguments", "tool_params", "tool_parameters", "function_args", "function_arguments"],
].map(plainName);

/** Fields with the name of a step, in order of preference. */
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

/** Comments of a planner for itself or for people. Not part of the plan. */
export const SAID_FIELDS: ReadonlySet<string> = new Set(
  ["thought", "thoughts", "thinking", "reasoning", "rationale", "explanation", "justification", "analysis"].map(
    plainName,
  ),
);

/**
 * The progress of a step, which some systems keep in the plan. Ignored if the step has not begun; reported otherwise.
 */
export const STATE_FIELDS: ReadonlySet<string> = new Set(["status", "state", "result", "error"]);
export const NOT_BEGUN: ReadonlySet<unknown> = new Set([null, "", "pending", "todo", "not_started", "not started"]);

/** Fields of a document that hold its steps, and fields that hold the document. */
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

/** Whether an object has a field that only steps have. */
export function looksLikeStep(value: object): boolean {
  return Object.keys(value).some((key) => {
    const name = plainName(key);
    return STEP_FIELDS.has(name) || ID_FIELDS.includes(name) || ARGUMENT_FIELDS.includes(name) || CALLS.includes(name);
  });
}
