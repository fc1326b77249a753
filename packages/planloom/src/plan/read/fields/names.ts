// The field names of other plan formats. In: a field as written. Out: our name for it. The tables are closed and made
// by rule: each word in singular and plural, with the prefixes of PREFIXES. A name that is in no table stays unchanged,
// and check reports it. Case, `_`, `-` and spaces do not matter.

/** `Depends_On`, `depends-on` and `dependsOn` are the same name. */
export const plainName = (field: string): string =>
  /^[a-z]{1,64}$/.test(field)
    ? field
    : field
        .slice(0, 64)
        .replace(/[\s_-]/g, "")
        .toLowerCase();

/** What planners write before the name of a field: `tool_input`, `step_description`, `api_parameters`. */
const PREFIXES = ["tool", "action", "function", "api", "call", "step", "task"];

const listed = (words: string): readonly string[] => words.split(" ").filter((word) => word !== "");

function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|ch)$/.test(word) ? word : `${word}s`;
}

/** A word in singular and plural, alone and with each prefix. */
function spellingsOf(word: string): readonly string[] {
  const both = [word, pluralOf(word)];
  return [...both, ...PREFIXES.flatMap((prefix) => both.map((one) => prefix + one))].map(plainName);
}

const spelled = (words: string): readonly string[] => listed(words).flatMap(spellingsOf);
const exactly = (words: string): readonly string[] => listed(words).map(plainName);

interface Row {
  /** Words that take a plural and prefixes. */
  readonly words?: string;
  /** Names as they stand. */
  readonly names?: string;
}

/** Names as they stand win over names made by rule, and an earlier row wins over a later one. */
function table(rows: { readonly [name: string]: Row }): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (to: string, names: readonly string[]): void => {
    for (const name of names) if (!found.has(name)) found.set(name, to);
  };
  for (const [to, { names = "" }] of Object.entries(rows)) add(to, [plainName(to), ...exactly(names)]);
  for (const [to, { words = "" }] of Object.entries(rows)) add(to, spelled(words));
  return found;
}

const STEP_ROWS: { readonly [name: string]: Row } = {
  id: {},
  title: { words: "title", names: "step_name task_name" },
  description: { words: "description detail", names: "sub_task objective" },
  tool: {
    names:
      "api tool_name tool_to_use tool_used function_name function_to_call api_name action_name call_name tool_id api_id function_id " +
      "step_tool task_tool action_tool",
  },
  agent: { words: "instruction prompt", names: "agent_instruction agent_instructions agent_prompt" },
  ask: { names: "ask_user ask_human" },
  plan: { names: "sub_goal sub_plan sub_plan_goal" },
  tools: {
    names:
      "suggested_tools allowed_tools available_tools required_tools needed_tools tools_needed tools_to_use tools_used tool_names",
  },
  tool_hints: { names: "tool_hint" },
  with: {},
  fill: {},
  dependsOn: {
    words: "dependency dep prerequisite predecessor",
    names:
      "depends_on depends dependent_on depends_on_step depends_on_steps dependent_task_id dependent_task_ids " +
      "dependent_step_id dependent_step_ids dependent_tasks dependent_steps dependency_id dependency_ids requires " +
      "parent parents parent_id parent_ids need needs blocked_by waits_for wait_for after run_after previous_step " +
      "previous_steps predecessor_ids upstream",
  },
  when: { names: "if condition run_if only_if" },
  forEach: { names: "for_each loop_over iterate_over" },
  as: {},
  maxParallel: {},
  repeat: {},
  output: {},
  expect: {},
  evidence: { names: "expected_evidence required_evidence evidence_needed evidence_required" },
  optional: {},
  retry: {},
  timeout: {},
  onFailure: {},
  approval: {},
  model: {},
  executor: {},
};

/** Fields of a step with one meaning, whatever else the step holds. */
export const STEP_FIELDS = table(STEP_ROWS);

const once = (names: readonly string[]): readonly string[] => [...new Set(names)];

const ARGUMENTS = "argument arg param parameter input kwarg";

/** Fields with the arguments of a tool, in order of preference. */
export const ARGUMENT_FIELDS: readonly string[] = once([
  ...exactly("tool_input action_input params parameters arguments args kwargs input inputs"),
  ...spelled(ARGUMENTS),
]);

const IDS = "id step_id step_number step_no step task_id node_id number";
const ORDERS = "order sequence seq index position";
const OWNERS = "step task node action call";
const NUMBERS = "id number no num index key";

/** Fields with the name of a step, in order of preference. */
export const ID_FIELDS: readonly string[] = once([
  ...exactly(IDS),
  ...listed(OWNERS).flatMap((owner) => listed(NUMBERS).map((name) => owner + name)),
  ...exactly(ORDERS),
]);

/** Names that data has as often as plans. They do not make a list of records a plan. */
const COMMON_NAMES: ReadonlySet<string> = new Set(
  exactly(
    "order sequence seq index position after parent parents parent_id parent_ids condition api need needs upstream plan",
  ),
);

/** Fields with names that a step gives its output. Other steps refer to these names. */
export const OUTPUT_NAME_FIELDS: ReadonlySet<string> = new Set(
  exactly(
    "response responses output_variable output_variables output_var output_vars output_name output_names output_key " +
      "result_variable result_var result_name save_as store_as store_in assign_to result_key",
  ),
);

/** Comments of a planner for itself or for people. Not part of the plan. */
export const SAID_FIELDS: ReadonlySet<string> = new Set(
  spelled("thought thinking reasoning rationale explanation justification analysis"),
);

const DESCRIPTIVE =
  "priority note comment remark estimated_time estimated_duration estimated_cost estimate time_estimate duration effort " +
  "complexity difficulty confidence importance category tag risk assumption purpose reason why owner assignee " +
  "assigned_to role expected_output expected_result expected_outcome outcome deliverable success_criteria " +
  "acceptance_criteria verification";

/** Fields that only describe a step. */
export const BESIDE_STEP: ReadonlySet<string> = new Set([
  ...spelled(DESCRIPTIVE),
  ...exactly("agent_role goal step_goal phase total_steps"),
]);

/** Fields that only describe a plan. */
export const BESIDE_PLAN: ReadonlySet<string> = new Set([
  ...spelled(DESCRIPTIVE),
  ...exactly(
    "ready title plan_title name plan_name plan_id id description plan_description summary plan_summary overview " +
      "objective task query request user_request strategy approach total_steps num_steps number_of_steps step_count " +
      "total_estimated_time version command type status state created_at updated_at author language context message " +
      "metadata meta success ok complete done mode intent total_time thought_process next_step",
  ),
]);

/** Fields with the kind of a step in other systems. */
export const KIND_FIELDS: ReadonlySet<string> = new Set(exactly("type kind step_type task_type action_type"));

/** Kinds of a step that is planned when it is reached. */
export const SUB_PLAN_KINDS: ReadonlySet<string> = new Set(exactly("plan subplan sub_plan sub_goal subgoal"));

/** Kinds that say more than the other fields of a step do. They are never left out. */
export const CONTROL_KINDS: ReadonlySet<string> = new Set([
  ...SUB_PLAN_KINDS,
  ...exactly(
    "human human_input user_input input ask question approval condition conditional branch decision switch if loop for " +
      "for_each foreach map while repeat parallel wait delay workflow",
  ),
]);

/**
 * The progress of a step, which some systems keep in the plan. Ignored if the step has not begun; reported otherwise.
 */
export const STATE_FIELDS: ReadonlySet<string> = new Set(["status", "state", "result", "error"]);
export const NOT_BEGUN: ReadonlySet<unknown> = new Set([
  ...[null, "", "pending", "todo", "to do", "open", "new", "planned", "ready", "not_started", "not started", "waiting"],
]);

const LISTS = "step task subtask todo";
const COMMON_LISTS = "action stage phase call activity node milestone";
const MORE_LISTS = "plan todo task_nodes tool_calls function_calls api_calls action_items sub_tasks sub_steps";

/** Fields of a document that hold its steps. */
export const LIST_FIELDS: ReadonlySet<string> = new Set([
  ...exactly(MORE_LISTS),
  ...listed(`${LISTS} ${COMMON_LISTS}`).flatMap((word) => [
    ...[pluralOf(word), `${word}list`],
    ...["plan", "planned", "execution", "workflow"].map((prefix) => prefix + pluralOf(word)),
  ]),
  ...listed(LISTS),
]);

/** Each word and name of the tables, without those made by rule. */
export const FIELD_WORDS: readonly string[] = once(
  [
    ...Object.values(STEP_ROWS).flatMap(({ words = "", names = "" }) => [words, names]),
    ...[ARGUMENTS, IDS, ORDERS, OWNERS, NUMBERS, LISTS, COMMON_LISTS, MORE_LISTS],
  ].flatMap(exactly),
);

/** Fields of a document that hold the edges between its steps. */
export const EDGE_FIELDS: ReadonlySet<string> = new Set(
  exactly("edges links task_links step_links connections transitions dependencies task_dependencies step_dependencies"),
);

/** Names of lists that data has, too. Such a list holds steps only if one of its records looks like a step. */
export const COMMON_LIST_FIELDS: ReadonlySet<string> = new Set([
  ...listed(COMMON_LISTS).flatMap((word) => [pluralOf(word), `${word}list`]),
  ...listed(LISTS),
  ...exactly("tool_calls function_calls api_calls action_items"),
]);

export const WRAPPERS: ReadonlySet<string> = new Set(
  exactly(
    "plan execution_plan workflow result response output data json final_plan revised_plan updated_plan new_plan task_plan",
  ),
);
export const QUESTION_FIELDS: ReadonlySet<string> = new Set(
  exactly("questions question clarifying_questions clarifications clarification clarification_questions"),
);

const CALLS = ["tool", "function", "action", "task", "name", "label", "toolcall", "functioncall"];

/** Whether a plain name is that of a field that only steps have. */
export const isStepField = (name: string): boolean =>
  !COMMON_NAMES.has(name) &&
  (STEP_FIELDS.has(name) || ID_FIELDS.includes(name) || ARGUMENT_FIELDS.includes(name) || CALLS.includes(name));

/** Whether an object has a field that only steps have. */
export const looksLikeStep = (value: object): boolean => Object.keys(value).some((key) => isStepField(plainName(key)));
