// Slips in the fields of a plan: other names, fields beside the plan, spellings of tools, values in other types, long
// integers, documents in our own format with something missing. Each has its right reading.
const HERONS = ["search", { query: "herons" }];
const SUM = ["calculate", { expression: "1 + 1" }];
const chain = (...steps) => ({ steps, waits: steps.map((_, i) => (i === 0 ? [] : [i])) });
const loose = (...steps) => ({ steps });
const refused = (code, says) => ({ refused: code, says });
const of = (name, ...rows) =>
  rows.map(([document, right]) => ({
    class: name,
    text: typeof document === "string" ? document : JSON.stringify(document),
    right,
  }));

const search = (more = {}) => ({ id: "a", tool: "search", with: { query: "herons" }, ...more });
const sum = (more = {}) => ({ id: "b", tool: "calculate", with: { expression: "1 + 1" }, ...more });
const say = (more = {}) => ({ id: "c", agent: "Write it up.", ...more });
const SAY = "Write it up.";

export const SLIPS = [
  ...of(
    "names of lists",
    [{ actions: [search(), sum()] }, loose(HERONS, SUM)],
    [{ phases: [{ name: "look", instruction: "Look for herons." }] }, loose("Look for herons.")],
    [{ planned_steps: [search()] }, loose(HERONS)],
    [{ api_calls: [{ api: "search", parameters: { query: "herons" } }] }, loose(HERONS)],
    [{ activities: [{ id: 1, description: "Look for herons." }] }, loose("Look for herons.")],
    [{ nodes: [search(), sum({ needs: ["a"] })] }, chain(HERONS, SUM)],
  ),
  ...of(
    "names of fields",
    [{ steps: [{ id: 1, tool: "search", param: { query: "herons" } }] }, loose(HERONS)],
    [{ steps: [{ id: 1, action_name: "search", action_args: { query: "herons" } }] }, loose(HERONS)],
    [{ steps: [{ call_id: "x", function_name: "search", function_parameter: { query: "herons" } }] }, loose(HERONS)],
    [{ steps: [search(), sum({ blocked_by: ["a"] })] }, chain(HERONS, SUM)],
    [{ steps: [search({ id: 1 }), sum({ id: 2, waits_for: 1 })] }, chain(HERONS, SUM)],
    [{ steps: [search({ id: 1 }), sum({ id: 2, dependent_task_ids: ["1"] })] }, chain(HERONS, SUM)],
    [{ steps: [search({ id: 1 }), sum({ id: 2, step_dependencies: ["step_1"] })] }, chain(HERONS, SUM)],
    [{ steps: [search(), say({ previous_step: "a" })] }, chain(HERONS, SAY)],
    [{ steps: [{ step: 1, title: "Herons", step_instruction: "Look for herons." }] }, loose("Look for herons.")],
    [{ steps: [{ id: 1, step: "Look for herons.", order: 1 }] }, loose("Look for herons.")],
    [{ steps: [search({ colour: "red" })] }, refused("UNKNOWN_FIELD", "The fields are")],
    [{ steps: [search({ wiht: { limit: 3 } })] }, refused("UNKNOWN_FIELD", "Did you mean with?")],
  ),
  ...of(
    "fields beside the plan",
    [{ plan: "Look, then sum up.", ready: true, steps: [search(), sum()] }, loose(HERONS, SUM)],
    [{ title: "Birds", estimated_time: "2 h", risks: ["rain"], steps: [search()] }, loose(HERONS)],
    [
      { command: "create", plan_id: "p7", steps: ["Look for herons.", "Count them."] },
      { steps: ["Look for herons.", "Count them."] },
    ],
    [{ steps: [search({ priority: 1, notes: "short", expected_output: "A list." })] }, loose(HERONS)],
    [{ steps: [say({ task_type: "writing", confidence: 0.9, assignee: "me" })] }, loose(SAY)],
    [{ metadata: { by: "planner" }, total_steps: 1, steps: [search()] }, loose(HERONS)],
    [{ steps: [say({ type: "condition" })] }, refused("UNKNOWN_FIELD", "The fields are")],
    [{ steps: [search({ status: "done" })] }, refused("UNKNOWN_FIELD", "The fields are")],
  ),
  ...of(
    "spellings of tools",
    [{ steps: [search({ tool: "Search" })] }, loose(HERONS)],
    [{ steps: [search({ tool: "functions.search" })] }, loose(HERONS)],
    [{ steps: [search({ tool: "`search()`" })] }, loose(HERONS)],
    [
      { steps: [{ id: "a", tool: "SendEmail", with: { to: "a@b.example", body: "Hi" } }] },
      loose(["send_email", { to: "a@b.example", body: "Hi" }]),
    ],
    [
      { steps: [{ id: "a", tool: "read-page", with: { url: "https://a.example" } }] },
      loose(["read_page", { url: "https://a.example" }]),
    ],
    [{ steps: [search({ tool: "web_search" })] }, refused("UNKNOWN_TOOL", "Did you mean search")],
    [{ steps: [search({ tool: "mail_sender" })] }, refused("UNKNOWN_TOOL", "send_email")],
    [{ steps: [search({ tool: "fly_drone" })] }, refused("UNKNOWN_TOOL", "The tools are")],
    [
      { steps: [{ id: "a", tool: "reserve_room", with: { room: "7" } }] },
      refused("UNKNOWN_TOOL", "Did you mean book_room?"),
    ],
  ),
  ...of(
    "values in other types",
    [
      { steps: [{ id: "a", tool: "search", with: { query: "herons", limit: "3" } }] },
      loose(["search", { query: "herons", limit: 3 }]),
    ],
    [{ steps: [{ id: "a", tool: "search", with: { query: "herons", limit: null } }] }, loose(HERONS)],
    [{ steps: [{ id: "a", tool: "search", with: { query: 2026 } }] }, loose(["search", { query: "2026" }])],
    [
      { steps: [{ id: "a", tool: "search", with: { query: "herons", limit: "three" } }] },
      refused("ARGUMENT_TYPE", "Write a value of type"),
    ],
    [
      { steps: [{ id: "a", tool: "make_table", with: { rows: '["a", "b"]' } }] },
      loose(["make_table", { rows: ["a", "b"] }]),
    ],
    [{ steps: [{ id: "a", tool: "search", with: '{"query": "herons"}' }] }, loose(HERONS)],
    [{ steps: [{ id: "a", tool: "search", with: "herons" }] }, loose(HERONS)],
    [{ steps: [{ id: "a", tool: "search", with: [{ name: "query", value: "herons" }] }] }, loose(HERONS)],
    [{ steps: [search()], answer: "a" }, loose(HERONS)],
    [{ steps: [search()], answer: ["a"] }, loose(HERONS)],
    [{ steps: [search()], answer: "A table of all herons." }, refused("BAD_VALUE", '"answer": { "from": [ids]')],
    [{ steps: [say({ tools: "search" })] }, loose(SAY)],
    [{ steps: [say({ output: "list[str]" })] }, loose(SAY)],
    [{ steps: [say({ output: "a list of names" })] }, loose(SAY)],
  ),
  ...of(
    "long integers",
    [
      '{"steps": [{"id": "a", "tool": "search", "with": {"query": 7412036598810000003}}]}',
      loose(["search", { query: "7412036598810000003" }]),
    ],
    [
      "steps:\n  - id: a\n    tool: search\n    with:\n      query: 7412036598810000003\n",
      loose(["search", { query: "7412036598810000003" }]),
    ],
    [
      '{"steps": [{"id": "a", "tool": "garden.water", "with": {"bed": "x", "litres": 7412036598810000003}}]}',
      refused("LONG_INTEGER", '"7412036598810000003"'),
    ],
    [
      '{"steps": [{"id": "a", "agent": "Say it.", "with": {"order": 7412036598810000003}}]}',
      refused("LONG_INTEGER", '"7412036598810000003"'),
    ],
    [
      '{"steps": [{"id": "a", "tool": "garden.water", "with": {"bed": "x", "litres": 9007199254740991}}]}',
      loose(["garden.water", { bed: "x", litres: 9007199254740991 }]),
    ],
  ),
  ...of(
    "documents in our format",
    [
      { planloom: 1, steps: [{ id: "mail", title: "Mail it", tool: "send_email" }] },
      refused("MISSING_ARGUMENT", "write fill with an instruction"),
    ],
    [
      {
        planloom: 1,
        steps: [{ id: "mail", description: "Mail it.", tool: "send_email", with: { to: "a@b.example" } }],
      },
      refused("MISSING_ARGUMENT", "Add body to with"),
    ],
    [{ planloom: 1, steps: [search({ priority: "high" })] }, loose(HERONS)],
    [{ steps: [search({ id: "constructor" })] }, refused("RESERVED_ID", "Choose another name")],
    ['{"steps": [{"id": "__proto__", "agent": "Look."}]}', refused("BAD_ID", "Write a letter a-z")],
  ),
];
