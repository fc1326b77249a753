// Realistic parameters of every finding, and its words for them: what is wrong, and what to write instead. Every branch
// of the words has a row.
import type { FindingCode } from "../../src/plan/finding.js";
import type { FindingParams } from "../../src/plan/finding-params.js";

type Row<Params> = readonly [params: Params, message: string, fix: string];

export const FINDING_SAMPLES: { readonly [Code in FindingCode]: readonly Row<FindingParams[Code]>[] } = {
  NO_PLAN: [
    [{ empty: true }, "The text is empty.", "Write a plan with a list of steps."],
    [
      { empty: false },
      "The text holds no plan: neither a document with steps nor a numbered list of them.",
      'Write {"steps": [...]} as JSON or YAML.',
    ],
  ],
  QUESTIONS: [
    [
      { questions: ["Which city do you mean?", "What may it cost?"] },
      "The planner asks questions instead of planning: Which city do you mean? What may it cost?",
      "Answer them in the goal or its inputs. A plan that needs an answer while it runs has an ask step.",
    ],
  ],
  REFUSAL: [
    [{ by: "model" }, "The text declines to plan.", "Change the goal, or ask another model."],
    [{ by: "filter" }, "The provider's content filter withheld the reply.", "Change the wording of the plan."],
  ],
  SEVERAL_PLANS: [
    [
      {},
      "The text holds several plans that differ, and nothing says which one is meant.",
      "Write one plan and nothing else.",
    ],
  ],
  TRUNCATED: [
    [
      { cut: "text" },
      "The text ends in the middle of the document.",
      "Write the whole document. Ask for fewer steps, or allow more tokens.",
    ],
    [
      { cut: "reply" },
      "The reply was cut by the output limit.",
      "Write a shorter plan: fewer steps, shorter descriptions.",
    ],
  ],
  CALL_UNREADABLE: [
    [
      { text: "search(query=herons)", problem: { kind: "bare-text", found: "herons" } },
      'The call "search(query=herons)" cannot be read: "herons" is a text without quotes.',
      'Write each call as {"id": "...", "tool": "...", "with": {"argument": "value"}} in {"steps": [...]}.',
    ],
  ],
  ITEM_IS_NO_CALL: [
    [
      { text: "Write it up" },
      'The list holds calls of tools, and "Write it up" is no call.',
      'Write the call of a tool, or write the plan as JSON: {"steps": [{"id": "...", "tool": "...", "with": {...}}, {"id": "...", "agent": "an instruction"}]}.',
    ],
  ],
  BAD_SYNTAX: [
    [
      { form: "json", problem: { kind: "bare-text", found: "soon" } },
      'The document cannot be parsed: "soon" is a text without quotes.',
      "Write the plan as JSON: texts in double quotes, \\\\ for a backslash, every bracket closed.",
    ],
    [
      { form: "yaml", problem: { kind: "key-twice", key: "goal" } },
      'The document cannot be parsed: the key "goal" is written twice.',
      "Write the plan as JSON, or as plain YAML without tags and with each key once.",
    ],
    [
      { form: "any", problem: { kind: "parser", text: "Unresolved alias" } },
      "The document cannot be parsed: Unresolved alias.",
      "Write the plan as JSON.",
    ],
    [
      { form: "any", problem: { kind: "reader", text: "out of memory" } },
      "The document cannot be read: out of memory.",
      "Write the plan as JSON.",
    ],
  ],
  TOO_LARGE: [
    [
      { of: "draft", bytes: 77, most: 20 },
      "The draft has 77 bytes; at most 20 are allowed.",
      "Write a smaller plan. Keep data in files or inputs.",
    ],
    [
      { of: "text", most: 262144 },
      "The text is larger than 262144 bytes.",
      "Write a smaller plan. Keep data in files or inputs.",
    ],
    [
      { of: "expressions", most: 100_000 },
      "The expressions of the plan take too long to check.",
      "Write fewer or shorter references. A tool can do the rest.",
    ],
    [
      { of: "fields", most: 30_000 },
      "The draft has more than 30000 fields.",
      "Write a smaller plan. Keep data in files or inputs.",
    ],
    [
      { of: "references", most: 2_000 },
      "The plan has more than 2000 references, or they are too long together.",
      "Write fewer or shorter references. A tool can do the rest.",
    ],
    [
      { of: "steps", most: 4000 },
      "The document has more than 4000 steps.",
      "Write fewer, larger steps, or one step with forEach.",
    ],
    [
      { of: "yaml-characters", most: 262144 },
      "The document is YAML of more than 262144 characters.",
      "Write a smaller plan, or write it as JSON.",
    ],
    [
      { of: "yaml-signs", most: 10000 },
      'The document is YAML of more than 10000 signs such as - and ".',
      "Write a smaller plan, or write it as JSON.",
    ],
    [
      { of: "loose-json", most: 1000000 },
      "The document is not strict JSON, and is larger than 1000000 characters.",
      "Write a smaller plan, or write it as strict JSON.",
    ],
  ],
  TOO_DEEP: [
    [{ of: "document", most: 64 }, "The document nests deeper than 64 levels.", "Write flatter data."],
    [{ of: "draft", most: 64 }, "The draft nests deeper than 64 levels.", "Write flatter data."],
    [{ of: "patch", most: 64 }, "The patch nests deeper than 64 levels.", "Write flatter data."],
  ],
  TOO_MANY_ALIASES: [[{ most: 50 }, "The document expands more than 50 aliases.", "Write the repeated parts out."]],
  CHECK_FAILED: [
    [
      { text: "out of memory" },
      "The check itself failed: out of memory.",
      "Report this draft as a defect of Planloom.",
    ],
  ],
  EMPTY_PLAN: [[{}, "The list of steps is empty.", "Add at least one step."]],
  TOO_MANY_STEPS: [
    [
      { steps: 65, most: 64 },
      "The plan has 65 steps; at most 64 are allowed.",
      "Write fewer, larger steps, or one step with forEach for those that are alike.",
    ],
  ],
  BAD_VALUE: [
    [
      { part: "data" },
      "This is not JSON data.",
      "Write texts, finite numbers, booleans, null, lists and plain objects only.",
    ],
    [
      { part: "inputs" },
      "The inputs of the run are not JSON data.",
      "Give texts, finite numbers, booleans, null, lists and plain objects only.",
    ],
    [{ part: "draft" }, "The draft is not an object.", 'Write { "steps": [...] }.'],
    [
      { part: "answer" },
      "The answer is not an object.",
      'Write "answer": { "from": [ids], "instructions": "..." } or { "value": ... }.',
    ],
    [{ part: "steps" }, "steps is not a list.", "Write a list of steps."],
    [{ part: "step" }, "A step must be an object.", 'Write { "id": ..., and one of "tool", "agent" or "ask" }.'],
    [
      { part: "patch" },
      "The patch is not an object.",
      'Write { "operations": [...] } with { "op": "add", "step": {...} }, { "op": "replace", "id": "...", "step": {...} } and { "op": "drop", "id": "..." }. Write "answer" beside it only if the answer changes.',
    ],
    [
      { field: "timeout", found: '"soon"', wanted: "For one attempt. A length of time: 250ms, 1s, 5m, 24h, 2d." },
      'timeout has a value that is not allowed: "soon".',
      "timeout: For one attempt. A length of time: 250ms, 1s, 5m, 24h, 2d.",
    ],
    [
      { field: "goal", found: "7", text: "Invalid input: expected string, received number" },
      "goal has a value that is not allowed: 7.",
      "Invalid input: expected string, received number.",
    ],
    [
      { field: "onFailure", found: '"retry"', form: { kind: "one-of", values: ["fail", "skip"] } },
      'onFailure has a value that is not allowed: "retry".',
      'Write "fail" or "skip".',
    ],
    [
      { field: "dependsOn", found: '"find"', form: { kind: "list" }, wanted: "Steps that must end first." },
      'dependsOn has a value that is not allowed: "find".',
      'Write a list: ["find"]. dependsOn: Steps that must end first.',
    ],
    [
      { field: "retry", found: "3", form: { kind: "object" } },
      "retry has a value that is not allowed: 3.",
      "Write an object, for example { attempts: 4 }.",
    ],
    [
      { field: "topic", found: '"string"', form: { kind: "input" } },
      'topic has a value that is not allowed: "string".',
      'Write { type: "string" }, or { type: "string", default: "a value" }.',
    ],
    [
      { field: "attempts", found: "0", form: { kind: "least", limit: 1 } },
      "attempts has a value that is not allowed: 0.",
      "Write at least 1.",
    ],
    [
      { field: "tools", found: "", text: "Invalid input" },
      "tools has a value that is not allowed: nothing.",
      "Invalid input.",
    ],
    [
      { field: "op", found: '"move"', patch: true, text: "Invalid input" },
      'op has a value that is not allowed: "move".',
      'Write { "operations": [...] } with { "op": "add", "step": {...} }, { "op": "replace", "id": "...", "step": {...} } and { "op": "drop", "id": "..." }. Write "answer" beside it only if the answer changes.',
    ],
  ],
  MISSING_FIELD: [
    [{ part: "steps" }, "The draft has no steps.", 'Add "steps": a list of at least one step.'],
    [
      { field: "id", wanted: "A name: a letter a-z, then letters, digits or _, at most 64." },
      "id is missing.",
      "Add id: A name: a letter a-z, then letters, digits or _, at most 64.",
    ],
    [{ field: "from" }, "from is missing.", "Add from."],
    [
      { field: "step", patch: true },
      "step is missing.",
      'Write { "operations": [...] } with { "op": "add", "step": {...} }, { "op": "replace", "id": "...", "step": {...} } and { "op": "drop", "id": "..." }. Write "answer" beside it only if the answer changes.',
    ],
  ],
  UNKNOWN_FIELD: [
    [
      { field: "max_replans", near: [], fields: ["goal", "steps"], setting: "limits: { replans: 2 }" },
      'There is no field "max_replans" here.',
      "A plan holds no settings: leave it out. In the configuration it is limits: { replans: 2 }.",
    ],
    [
      { field: "max_retries", near: [], fields: ["id", "retry"], instead: "retry: { attempts: 4 }" },
      'There is no field "max_retries" here.',
      "Write retry: { attempts: 4 }.",
    ],
    [
      { field: "pattern", near: [], fields: ["goal", "steps"], setting: "" },
      'There is no field "pattern" here.',
      "Leave it out: it has no meaning here.",
    ],
    [
      { field: "dependOn", near: ["dependsOn"], fields: ["id", "dependsOn"] },
      'There is no field "dependOn" here.',
      "Did you mean dependsOn?",
    ],
    [
      { field: "query", near: [], fields: ["id", "with"], tool: "search" },
      'There is no field "query" here.',
      "It is an argument of search. Write it in with: { query: ... }.",
    ],
    [
      { field: "colour", near: [], fields: ["from", "instructions"] },
      'There is no field "colour" here.',
      "The fields are from, instructions.",
    ],
    [{ field: "tries", near: [], fields: [] }, 'There is no field "tries" here.', "Leave it out."],
    [
      { field: "why", patch: true, near: [], fields: [] },
      'There is no field "why" here.',
      'Write { "operations": [...] } with { "op": "add", "step": {...} }, { "op": "replace", "id": "...", "step": {...} } and { "op": "drop", "id": "..." }. Write "answer" beside it only if the answer changes.',
    ],
  ],
  FORBIDDEN_KEY: [
    [{ key: "constructor" }, "The key constructor is refused everywhere.", "Give the field another name."],
  ],
  WRONG_KIND: [
    [
      { kinds: [] },
      "The step has none of tool, agent and ask.",
      "Write exactly one: tool (a direct call), agent (an instruction) or ask (a question).",
    ],
    [
      { kinds: ["tool", "agent", "ask"] },
      "The step has tool, agent and ask.",
      "Write exactly one: tool (a direct call), agent (an instruction) or ask (a question).",
    ],
  ],
  BAD_ID: [
    [
      { field: "id", name: "yearly salary" },
      '"yearly salary" is not a legal name.',
      "Write a letter a-z, then letters, digits or _, at most 64 in all.",
    ],
    [{ field: "id" }, "id is not a legal name.", "Write a letter a-z, then letters, digits or _, at most 64 in all."],
  ],
  RESERVED_ID: [
    [
      { name: "null_type" },
      "The name null_type is a word of expressions. No step or item can have it.",
      "Choose another name, for example nulltypeStep.",
    ],
  ],
  DUPLICATE_ID: [
    [
      { id: "find", first: 1 },
      'Step 1 already has the id "find".',
      "Give each step an id of its own, and mend the references to it.",
    ],
    [
      { id: "find" },
      'A step with the id "find" is already there.',
      "Give the step an id of its own, or replace the one that is there.",
    ],
  ],
  AS_IS_STEP: [
    [
      { name: "find" },
      "as names the item find, and a step has that id.",
      "Give the item another name, for example the singular of the list.",
    ],
  ],
  UNKNOWN_TOOL: [
    [
      { tool: "serch", near: ["search", "web_search"], tools: ["search"], of: 1 },
      'There is no tool "serch".',
      "Did you mean search or web_search?",
    ],
    [
      { tool: "fly", near: [], tools: ["search", "calculate"], of: 5 },
      'There is no tool "fly".',
      "The tools are search, calculate and 3 more.",
    ],
    [
      { tool: "fly", near: [], tools: ["search", "calculate"], of: 2 },
      'There is no tool "fly".',
      "The tools are search, calculate.",
    ],
    [{ tool: "fly", near: [], tools: ["calculate"], of: 1 }, 'There is no tool "fly".', "The only tool is calculate."],
    [
      { tool: "fs.read", near: [], tools: ["calculate"], of: 1, server: "fs" },
      'There is no tool "fs.read".',
      'The only tool is calculate. If fs is an MCP server, give --mcp fs="COMMAND", or set mcp.fs in the configuration.',
    ],
    [
      { tool: "read_text", near: [], tools: ["calculate"], of: 1, unopened: ["fs", "crm"] },
      'There is no tool "read_text".',
      "The only tool is calculate. Tools of the servers fs and crm have the name of their server in front, as in " +
        "fs.read_text.",
    ],
    [
      { tool: "fly", near: [], tools: [], of: 0 },
      'There is no tool "fly".',
      "No tools are available; write an agent step.",
    ],
  ],
  SERVER_NOT_OPENED: [
    [
      { tool: "fs.read_file", server: "fs" },
      'The server "fs" was not asked for its tools yet, so it is not known whether it has "fs.read_file".',
      "Call `await loom.tools({ plan })` first. It starts the servers that the plan names.",
    ],
  ],
  TOOL_NOT_SET_UP: [
    [
      { tool: "search", meant: "search", setting: "search", near: [] },
      "The tool search is built in, but it is not set up here.",
      "Give --search FOLDER, or set builtins.search to { folder }, { searxng } or { brave }. Or plan without it.",
    ],
    [
      { tool: "web_search", meant: "search", setting: "search", near: ["find_pages"] },
      'There is no tool "web_search". The built-in search does that, but it is not set up here.',
      "Write search, and give --search FOLDER, or set builtins.search to { folder }, { searxng } or { brave }. Or use find_pages, which is there.",
    ],
    [
      { tool: "http_request", meant: "http_get", setting: "http", near: [] },
      'There is no tool "http_request". The built-in http_get does that, but it is not set up here.',
      'Write http_get, and set builtins.http to { hosts: ["api.example.com"] }. Or plan without it.',
    ],
    [
      { tool: "sql_write", meant: "sql_write", setting: "sql.write", near: [] },
      "The tool sql_write is built in, but it is not set up here.",
      "Set builtins.sql to { databases: { NAME: FILE }, write: true }. Or plan without it.",
    ],
    [
      { tool: "read_file", meant: "read_file", setting: "files", near: [] },
      "The tool read_file is built in, but it is not set up here.",
      "Give --files FOLDER, or set builtins.files to { roots: [FOLDER] }. Or plan without it.",
    ],
    [
      { tool: "write_file", meant: "write_file", setting: "files.write", near: [] },
      "The tool write_file is built in, but it is not set up here.",
      "Set builtins.files to { roots: [FOLDER], write: true }. Or plan without it.",
    ],
    [
      { tool: "fetch_url", meant: "fetch_url", setting: "fetch", near: [] },
      "The tool fetch_url is built in, but it is not set up here.",
      "Set builtins.fetch to true. Or plan without it.",
    ],
    [
      { tool: "summarize", meant: "summarize", setting: "models", near: [] },
      "The tool summarize is built in, but it is not set up here.",
      "Name a model with --model NAME or models.default. Or plan without it.",
    ],
  ],
  MISSING_ARGUMENT: [
    [
      { tool: "search", argument: "query", type: "string" },
      "The tool search needs the argument query (string).",
      "Add query to with, or write fill with an instruction from which a model writes it.",
    ],
  ],
  STATE_MISSING: [
    [
      { tool: "read_file", what: 'the file "report.txt"', near: [] },
      'read_file needs the file "report.txt", which does not exist.',
      "Name one that exists, or make it in an earlier step.",
    ],
    [
      { tool: "read_file", what: 'the file "report.txt"', near: ["reports.txt", "old/report.txt"] },
      'read_file needs the file "report.txt", which does not exist.',
      'Did you mean "reports.txt" or "old/report.txt"? Or: Name one that exists, or make it in an earlier step.',
    ],
  ],
  PRECHECK_FAILED: [
    [
      { tool: "query", why: "late", ms: 3_000 },
      "query did not say within 3000 ms whether what the call needs exists.",
      "Nothing has to change: the call itself will show it.",
    ],
    [
      { tool: "query", why: "threw", text: "the database is locked" },
      "query could not say whether what the call needs exists (the database is locked).",
      "Nothing has to change: the call itself will show it.",
    ],
  ],
  UNKNOWN_ARGUMENT: [
    [
      { tool: "search", argument: "qeury", near: ["query"], arguments: ["query", "limit"] },
      'The tool search has no argument "qeury".',
      "Did you mean query?",
    ],
    [
      { tool: "search", argument: "colour", near: [], arguments: ["query", "limit"] },
      'The tool search has no argument "colour".',
      "Its arguments are query, limit.",
    ],
    [
      { tool: "now", argument: "zone", near: [], arguments: [] },
      'The tool now has no argument "zone".',
      "Leave it out.",
    ],
  ],
  ARGUMENT_TYPE: [
    [
      {
        argument: "limit",
        tool: "search",
        found: { kind: "string", value: "3" },
        wanted: "number",
        instead: { kind: "no-quotes", value: 3 },
      },
      'The argument limit of search is the string "3", and must be number.',
      "Write 3 without quotes.",
    ],
    [
      {
        argument: "query",
        tool: "search",
        found: { kind: "number", value: 7 },
        wanted: "string",
        instead: { kind: "quotes", value: "7" },
      },
      "The argument query of search is the number 7, and must be string.",
      'Write "7" in quotes.',
    ],
    [
      { argument: "hits", tool: "rank", path: "/0/url", found: { kind: "nothing" }, wanted: "string" },
      "The argument hits of rank at /0/url is missing, and must be string.",
      "Write a value of type string.",
    ],
    [
      { argument: "n", found: { kind: "list", length: 3 }, wanted: "number" },
      "The argument n is a list of 3, and must be number.",
      "Write a value of type number.",
    ],
    [
      { argument: "n", found: { kind: "record" }, wanted: "number" },
      "The argument n is a record, and must be number.",
      "Write a value of type number.",
    ],
    [
      { argument: "n", found: { kind: "null" }, wanted: "number" },
      "The argument n is null, and must be number.",
      "Write a value of type number.",
    ],
    [
      { argument: "text", tool: "summarize", found: { type: "number[]" }, wanted: "string" },
      "The argument text of summarize is number[], and must be string.",
      "Refer to a value of type string.",
    ],
    [
      {
        argument: "text",
        tool: "summarize",
        found: { type: "unknown" },
        wanted: "string",
        instead: { kind: "null-case", source: "find.age" },
      },
      "The argument text of summarize is unknown, and must be string.",
      "It may be null: write ${{ find.age == null ? ... : find.age }} with a value for that case.",
    ],
    [
      {
        argument: "text",
        tool: "summarize",
        found: { type: "unknown" },
        wanted: "string",
        instead: { kind: "element", source: "find.age" },
      },
      "The argument text of summarize is unknown, and must be string.",
      "Take one element, ${{ find.age[0] }}, or let the step run for each with forEach.",
    ],
    [
      {
        argument: "text",
        tool: "summarize",
        found: { type: "unknown" },
        wanted: "string",
        instead: { kind: "inside-text", source: "find.age" },
      },
      "The argument text of summarize is unknown, and must be string.",
      'Write it inside a longer text, for example "Data: ${{ find.age }}".',
    ],
    [
      {
        argument: "text",
        tool: "summarize",
        found: { type: "unknown" },
        wanted: "string",
        instead: { kind: "list", source: "find.age" },
      },
      "The argument text of summarize is unknown, and must be string.",
      'Write a list: ["${{ find.age }}"].',
    ],
    [
      {
        argument: "text",
        tool: "summarize",
        found: { type: "unknown" },
        wanted: "string",
        instead: { kind: "text", source: "find.age" },
      },
      "The argument text of summarize is unknown, and must be string.",
      "Write it as text: ${{ string(find.age) }}, or inside a longer text.",
    ],
    [
      {
        argument: "text",
        tool: "summarize",
        found: { type: "unknown" },
        wanted: "string",
        instead: { kind: "number", source: "find.age" },
      },
      "The argument text of summarize is unknown, and must be string.",
      "Write ${{ double(find.age) }}, or declare the output of that step as number.",
    ],
    [
      {
        argument: "text",
        tool: "summarize",
        found: { type: "{ title: string }" },
        wanted: "string",
        instead: { kind: "field", source: "find", field: "title" },
      },
      "The argument text of summarize is { title: string }, and must be string.",
      "Did you mean ${{ find.title }}?",
    ],
  ],
  UNKNOWN_REFERENCE: [
    [{ name: "salary", meant: "input" }, 'There is no step "salary".', "Write inputs.salary."],
    [
      { name: "output", meant: "output" },
      'There is no step "output".',
      "output is known in expect only; refer to a step by its id.",
    ],
    [
      { name: "steps", meant: "steps" },
      'There is no step "steps".',
      "A step is named by its id alone: write ${{ find.results }} for steps.find.output.results.",
    ],
    [
      { name: "secrets", meant: "secret" },
      'There is no step "secrets".',
      'A secret is a whole value: { "secret": "NAME" }.',
    ],
    [
      { name: "index", meant: "item" },
      'There is no step "index".',
      "index is known in with and expect of a step with forEach only.",
    ],
    [
      { name: "fnd", near: ["find", "fund"], steps: ["find", "fund"] },
      'There is no step "fnd".',
      "Did you mean find or fund?",
    ],
    [
      { name: "x", near: [], steps: ["find", "read"] },
      'There is no step "x".',
      "The steps are find, read; inputs are inputs.name.",
    ],
    [{ name: "x", near: [], steps: [] }, 'There is no step "x".', "There is nothing to refer to but inputs."],
    [
      { written: "#E3", first: 0, counted: 1 },
      "#E3 refers to a step, and no step has that name. The steps are numbered from 0, and this looks counted from 1.",
      "Write ${{ id }} with the id of the step whose output is meant.",
    ],
    [
      { written: "{{steps.q}}" },
      "{{steps.q}} refers to a step, and no step has that name.",
      "Write ${{ id }} with the id of the step whose output is meant.",
    ],
  ],
  AMBIGUOUS_REFERENCE: [
    [
      { written: "$1", why: "money" },
      "$1 may be an amount of money, or the output of a step.",
      "Write ${{ id }} for the output of a step, or write plain text that is not the name of a step.",
    ],
    [
      { written: "{{1.output}}", why: "quoted" },
      "{{1.output}} stands in quotes inside an expression.",
      "Write ${{ id }} for the output of a step, or write plain text that is not the name of a step.",
    ],
  ],
  LONG_INTEGER: [
    [
      { digits: "7412036598810000003", becomes: "7412036598810000000" },
      "7412036598810000003 has more digits than a number can hold, and would be rounded.",
      'Write "7412036598810000003" in quotes, where a text is accepted. A tool that takes such numbers needs a text argument.',
    ],
    [
      { becomes: "7412036598810000000" },
      "An integer has more digits than a number can hold, and would become 7412036598810000000.",
      "Write its digits in quotes, where a text is accepted. A tool that takes such numbers needs a text argument.",
    ],
  ],
  REFERENCE_LIKE_TEXT: [
    [
      { written: "$find.url", source: "find.url", steps: ["find"] },
      '"$find.url" looks like a reference, and would be used as plain text.',
      'Write ${{ find.url }}. For exactly this text write ${{ "$find.url" }}.',
    ],
    [
      { written: "<the address>", steps: ["find", "pick"] },
      '"<the address>" looks like a reference, and would be used as plain text.',
      'Write the value itself, or ${{ find }} or ${{ pick }} with the field that is meant. For exactly this text write ${{ "<the address>" }}.',
    ],
    [
      { written: "<the address>", steps: [] },
      '"<the address>" looks like a reference, and would be used as plain text.',
      'Write the value itself, or ${{ inputs.name }} for an input. For exactly this text write ${{ "<the address>" }}.',
    ],
  ],
  SELF_REFERENCE: [
    [{ step: "a", in: "dependsOn" }, "The step a depends on itself.", "Leave it out."],
    [{ step: "a", in: "expect" }, "The step a refers to itself.", "Write output for what this step gives."],
    [{ step: "a", in: "reference" }, "The step a refers to itself.", "Refer to an earlier step."],
  ],
  REFERENCE_PLACE: [
    [
      {},
      "A reference stands in a text that is not data.",
      "Put the reference into with, and name that field here. Write $${{ for a literal ${{.",
    ],
  ],
  BAD_EXPRESSION: [
    [
      { problem: { kind: "open-reference" }, near: "${{ find" },
      'The reference cannot be read at "${{ find": ${{ has no closing }}.',
      "Write ${{ step.field }}, or $${{ for a literal ${{.",
    ],
    [
      { problem: { kind: "empty" } },
      "The reference cannot be read: the expression is empty.",
      "Write ${{ step.field }}, or $${{ for a literal ${{.",
    ],
    [
      { problem: { kind: "not-whole" } },
      "This must be one whole expression with nothing around it.",
      "Write ${{ ... }} around all of it.",
    ],
    [
      { problem: { kind: "empty" }, near: "=> r.n", instead: "${{ a.map(r, r.n) }}" },
      'The reference cannot be read at "=> r.n": the expression is empty.',
      "Write ${{ a.map(r, r.n) }}.",
    ],
  ],
  PATH_NOT_IN_TYPE: [
    [
      { field: "length", type: "string[]", near: [], fields: [], list: true, instead: "size(find)" },
      "There is no length in string[].",
      "Write size(find).",
    ],
    [
      { field: "nmae", type: "{ name: string }", near: ["name"], fields: ["name"], list: false },
      "There is no nmae in { name: string }.",
      "Use name.",
    ],
    [
      { field: "x", type: "{ a: number, b: number }", near: [], fields: ["a", "b"], list: false },
      "There is no x in { a: number, b: number }.",
      "It has a, b.",
    ],
    [
      { field: "x", type: "number", near: [], fields: [], list: false },
      "There is no x in number.",
      "Use the value itself.",
    ],
    [
      { field: "url", type: "{ url: string }[]", near: [], fields: [], list: true },
      "There is no url in { url: string }[].",
      "Take one element ([0].url) or all of them (.map(x, x.url)).",
    ],
    [
      { field: "age", source: "person", type: "string" },
      "person may be string, which has no age.",
      "Test which one it is first.",
    ],
  ],
  TYPE_MISMATCH: [
    [
      { kind: "index", type: "string", by: "number" },
      "string cannot be indexed with number.",
      "Index a list with a number and a record with a field name.",
    ],
    [
      { kind: "combine", op: "+", left: "number", right: "string", always: true, text: true },
      "+ cannot combine number and string.",
      "Make text of the other side with string(…).",
    ],
    [
      { kind: "combine", op: "<", left: "number", right: "number | boolean", always: false, text: false },
      "< may be unable to combine number and number | boolean.",
      "Give both sides the same type.",
    ],
    [
      { kind: "need", by: "size", wanted: "string", source: "n", type: "number", always: true },
      "size needs string; n is number.",
      "Give it a string, for example with string(…).",
    ],
    [
      { kind: "need", by: "key", wanted: "string", source: "n", type: "number", always: true },
      "a key of a record needs string; n is number.",
      "Give it a string, for example with string(…).",
    ],
    [
      { kind: "need", by: "condition", wanted: "boolean", source: "n", type: "string", always: false },
      "a condition needs boolean; n may be string.",
      "Give it a boolean.",
    ],
  ],
  CONDITION_NOT_BOOLEAN: [
    [
      { type: "string[]", compare: "list" },
      "The condition is string[], and must be true or false.",
      "Compare it, for example ${{ size(x) > 0 }}.",
    ],
    [
      { type: "boolean | string", compare: "boolean" },
      "The condition is boolean | string, and must be true or false.",
      "Compare it, for example ${{ x == true }}.",
    ],
    [
      { type: "number", compare: "number" },
      "The condition is number, and must be true or false.",
      "Compare it, for example ${{ x > 0 }}.",
    ],
    [
      { type: "string", compare: "other" },
      "The condition is string, and must be true or false.",
      'Compare it, for example ${{ x != "" }}.',
    ],
  ],
  PROSE_NOT_JUDGED: [
    [
      { step: "ask", because: "ask" },
      "A person gives the output of ask, so no model judges it by an expect in prose.",
      "Leave expect out, put it into the question, or write a condition in ${{ }}.",
    ],
    [
      { step: "read", because: "no-model" },
      "The expect of read is prose, and there is no model to judge the output by it.",
      "Write a condition in ${{ }}, or set the model that judges: the executor's, or that of `judge`.",
    ],
  ],
  CRITIQUE_UNUSED: [
    [
      { because: "value" },
      "The answer is computed, so no critic judges it.",
      "Leave critique out, or answer with `from`.",
    ],
    [
      { because: "no-synthesizer" },
      "No model writes the answer, so no critic judges it.",
      "Leave critique out, or set a synthesizer model.",
    ],
  ],
  FOREACH_NOT_A_LIST: [
    [
      { type: "string" },
      "forEach needs a list, and this is string.",
      "Refer to a step whose output is a list, or declare its output as one.",
    ],
    [
      { type: "{ results: string[] }", instead: { kind: "field", source: "find", field: "results" } },
      "forEach needs a list, and this is { results: string[] }.",
      "Did you mean ${{ find.results }}?",
    ],
  ],
  REPEAT_PLACE: [
    [
      { beside: "ask" },
      "A step that asks a person has no rounds.",
      "Leave out repeat. Ask once, and let a step after it repeat.",
    ],
    [
      { beside: "forEach" },
      "A step has repeat or forEach, not both.",
      "Leave out one of them. To repeat for each item, give the work of an item to an agent step.",
    ],
  ],
  UNTIL_NEVER_CHANGES: [
    [
      {},
      "until reads nothing that a round changes, so the rounds end after the first, or only with most.",
      "Let it read the output of the round, for example ${{ output.score >= 8 }}.",
    ],
  ],
  ROUNDS_ALIKE: [
    [
      { step: "poll", tool: "status" },
      "Each round of step poll makes the same call of status.",
      "Give it the output of the round before, ${{ previous }}, which is null in the first round.",
    ],
    [
      { step: "improve" },
      "Each round of step improve asks the model the same, because its data has nothing of the round before.",
      "Give it the output of the round before, ${{ previous }}, which is null in the first round.",
    ],
  ],
  NULL_IN_TEXT: [
    [
      { source: "a.b", always: true },
      "a.b is null, and null has no place inside a text.",
      'Write ${{ a.b == null ? "none" : a.b }} with a text for the missing value.',
    ],
    [
      { source: "a.b", always: false },
      "a.b may be null, and null has no place inside a text.",
      'Write ${{ a.b == null ? "none" : a.b }} with a text for the missing value.',
    ],
  ],
  POSSIBLY_NULL: [
    [
      { source: "person", use: "person.age", field: "age" },
      "person may be null, and null has no age.",
      "Write person == null ? … : person.age, or make sure that it is not null.",
    ],
    [
      { source: "list", use: "list[0]" },
      "list may be null.",
      "Write list == null ? … : list[0], or make sure that it is not null.",
    ],
    [
      { source: "n", by: "condition", wanted: "boolean" },
      "n may be null, and a condition needs boolean.",
      "Write n == null ? … : n, or make sure that it is not null.",
    ],
    [
      { op: "+", left: "number | null", right: "number" },
      "+ may be unable to combine number | null and number.",
      "Test for null first: x == null ? … : ….",
    ],
  ],
  INTEGER_DIVISION: [
    [{ left: "7" }, "Dividing two integers drops the fraction.", "Write double(7) / … if the fraction matters."],
  ],
  MAY_BE_SKIPPED: [
    [
      { skipped: ["find"], step: "read" },
      "find may be skipped, and read would be skipped with it.",
      "To go on without find, write a fallback: ${{ find == null ? ... : find }}.",
    ],
    [
      { skipped: ["find", "page"], step: "read" },
      "find and page may be skipped, and read would be skipped with them.",
      "To go on without find or page, write a fallback: ${{ find == null ? ... : find }}.",
    ],
    [
      { skipped: ["find"] },
      "find may be skipped, and the answer would be without it.",
      "To go on without find, write a fallback: ${{ find == null ? ... : find }}.",
    ],
  ],
  UNKNOWN_DEPENDENCY: [
    [{ name: "fnd", near: ["find"], steps: ["find"] }, 'There is no step "fnd".', "Did you mean find?"],
    [
      { name: "x", near: [], steps: ["find", "read"] },
      'There is no step "x".',
      "Leave it out, or name one of find, read.",
    ],
    [{ name: "x", near: [], steps: [] }, 'There is no step "x".', "Leave it out."],
  ],
  CYCLE: [
    [
      { path: ["a", "b", "a"] },
      "These steps wait for each other: a -> b -> a.",
      "Take one of these references or dependencies out.",
    ],
  ],
  CONTRADICTING_ORDER: [
    [
      { from: "a", to: "b", path: ["a", "b", "a"] },
      "a depends on b, but b takes data that comes from a: a -> b -> a.",
      "Take b out of dependsOn of a.",
    ],
  ],
  UNKNOWN_INPUT: [
    [
      { name: "salery", near: ["salary"], given: true },
      'The run is given an input "salery" that the plan does not declare.',
      "Did you mean salary?",
    ],
    [
      { name: "x", near: [], given: true },
      'The run is given an input "x" that the plan does not declare.',
      "Declare it under inputs if the plan uses it.",
    ],
    [
      { name: "salery", near: ["salary"], inputs: ["salary"] },
      'There is no input "salery".',
      "Did you mean inputs.salary?",
    ],
    [{ name: "x", near: [], inputs: ["salary", "city"] }, 'There is no input "x".', "The inputs are salary, city."],
    [
      { name: "x", near: [], inputs: [] },
      'There is no input "x".',
      'Declare it: "inputs": { "x": { "type": "string" } }.',
    ],
  ],
  MISSING_INPUT: [
    [
      { name: "salary", type: "number", near: [] },
      "The run has no value for the input salary.",
      "Give salary (number), or write a default.",
    ],
    [
      { name: "salary", type: "number", near: ["salery"] },
      "The run has no value for the input salary.",
      "You gave salery; give salary (number), or write a default.",
    ],
  ],
  INPUT_TYPE: [
    [
      { name: "salary", of: "run", found: { kind: "string", value: "much" }, wanted: "number", type: "number" },
      'The input salary is the string "much", and must be number.',
      "Give a value of type number.",
    ],
    [
      {
        name: "open",
        of: "run",
        found: { kind: "string", value: "yes" },
        wanted: "boolean | null",
        type: "boolean | null",
        example: "true or null",
      },
      'The input open is the string "yes", and must be boolean | null.',
      "Give a value of type boolean | null, such as true or null.",
    ],
    [
      {
        name: "id",
        of: "run",
        found: { kind: "string", value: "9007199254740993" },
        wanted: "number",
        type: "number",
        example: "42",
      },
      'The input id is the string "9007199254740993", and must be number.',
      "A number cannot hold these digits. Declare the input as string, and its digits are kept.",
    ],
    [
      {
        name: "to",
        of: "default",
        path: "/0",
        found: { kind: "number", value: 1 },
        wanted: "string",
        type: "string[]",
      },
      "The default of to is the number 1 at /0, and must be string.",
      'Write it in quotes: "1".',
    ],
    [
      {
        name: "zip",
        of: "default",
        found: { kind: "number", value: 12_345 },
        wanted: "string",
        type: "string",
        example: "text",
      },
      "The default of zip is the number 12345, and must be string.",
      'Write it in quotes: default: "12345".',
    ],
    [
      { name: "open", of: "default", found: { kind: "string", value: "yes" }, wanted: "boolean", type: "boolean" },
      'The default of open is the string "yes", and must be boolean.',
      "Give a value of type boolean.",
    ],
  ],
  BAD_TYPE: [
    [
      { of: "input", problem: { kind: "unknown-type", name: "Date" } },
      "The type cannot be read: there is no type Date; use string, number, boolean, null, unknown, T[] or { name: T }.",
      "Write a type such as string, number or { name: string }[].",
    ],
    [
      { of: "output", problem: { kind: "missing", token: "]" } },
      "The type cannot be read: ] is missing.",
      'Write a type such as "string", "number[]" or "{ name: string, revenueUsd: number | null }[]".',
    ],
    [
      { of: "output", type: "never" },
      "No value is of the type never, so the step could never end.",
      "Write the type of what the step gives, for example string or null.",
    ],
    [
      { of: "answer", type: "never" },
      "No value is of the type never, so the run could never end.",
      "Write a type that a value can have, for example string[].",
    ],
  ],
  OUTPUT_DESCRIBED: [
    [
      { words: "list of tickets", tool: "search" },
      '"list of tickets" describes the output and is no type. The output has the type that search declares.',
      "Leave output out.",
    ],
    [
      { words: "list of tickets" },
      '"list of tickets" describes the output and is no type, so the type of the output is unknown. Nothing checks it.',
      'For a checked output write a type, for example "string[]" or "{ name: string, count: number }[]".',
    ],
  ],
  OUTPUT_TYPE: [
    [
      { tool: "calculate", gives: "number", declared: "string" },
      "The tool calculate gives number, which can never be string.",
      "Leave output out on a tool step, or write a type that narrows the tool's.",
    ],
  ],
  ANSWER_TYPE: [
    [
      { by: "run", is: "type", gives: "string", wanted: "number" },
      "The answer has the type string, which can never be number: the run wants that.",
      "Leave answer.type out: the run checks its own type.",
    ],
    [
      { by: "plan", is: "value", gives: "string", wanted: "number" },
      "The value is of the type string, which does not fit the type of the answer: number.",
      "Write a value of that type, or correct answer.type.",
    ],
    [
      { by: "run", is: "value", gives: "string", wanted: "number" },
      "The value is of the type string, which does not fit the type of the answer that the run wants: number.",
      "Write a value of that type.",
    ],
    [
      { by: "run", is: "outputs", gives: "string", wanted: "number" },
      "The outputs are of the type string, which does not fit the type of the answer that the run wants: number. No model writes the answer.",
      "Give answer.value with references that make a value of that type, or set a model for the synthesizer.",
    ],
    [
      {
        by: "run",
        is: "value",
        problem: { path: "", keyword: "minItems", limit: 2, found: { kind: "list", length: 1 } },
      },
      "The value does not fit the type of the answer that the run wants: The value must have at least 2 items, but is a list of 1.",
      "Write a value of that type.",
    ],
  ],
  UNKNOWN_STEP: [[{ name: "fnd", steps: ["find", "read"] }, "There is no step fnd.", "The steps are find, read."]],
  TOOL_NOT_GIVEN: [
    [
      { step: "look", tools: ["web_search", "read_file"] },
      "look names web_search and read_file, and may use no tools.",
      "Write tools: [web_search, read_file], or tools: all. A call by itself is a tool step.",
    ],
    [
      { step: "refund", tools: ["pay_back"], approval: true },
      "refund names pay_back, which a person must approve: an agent step does not get such tools.",
      "Write a tool step for each call: tool: pay_back.",
    ],
  ],
  NO_TEXT: [
    [
      { text: "Step 1" },
      'The text "Step 1" does not say what to do.',
      "Say what to do with which data, and what to give back.",
    ],
  ],
  STEP_MIXES: [
    [
      { step: "work", reads: ["read_mail"], acts: ["send_mail"] },
      "work reads what others wrote with read_mail and acts with send_mail: each call that acts after that waits for a person.",
      "Split it: work_read, an agent step with the tools read_mail and a typed output; then a tool step for each call of send_mail, which refers to that output.",
    ],
    [
      { step: "work", reads: ["read_file"], acts: ["fetch_url"], leaves: true },
      "work reads private data with read_file and sends requests with fetch_url: after it has read untrusted text, each such request waits for a person.",
      "Split it: work_read, an agent step with the tools read_file and a typed output; then a tool step for each call of fetch_url, which refers to that output.",
    ],
  ],
  UNUSED_STEP: [
    [
      { step: "find" },
      "Nobody uses the output of find: no step refers to it, and the answer leaves it out.",
      "Add find to the answer, refer to it, or take the step out.",
    ],
    [
      { step: "find", text: "/steps/1/with/url" },
      "Nobody uses the output of find: no step refers to it, and the answer leaves it out.",
      "Refer to it at /steps/1/with/url, where a text looks like a reference; or take the step out.",
    ],
  ],
  NO_ORDER: [
    [
      { steps: ["load", "count"] },
      "No step waits for another one, and none gets the output of another: load, count.",
      "Name in dependsOn the steps that each step waits for and reads. If they are independent, name all of them in answer.from.",
    ],
  ],
  NO_HANDOFF: [
    [
      { step: "b" },
      "b gets nothing from any step, and no step gets anything from it.",
      "Say what it gets: refer to the steps in with, or name them in dependsOn.",
    ],
  ],
  OVER_DECOMPOSED: [
    [
      { steps: 12, least: 3, most: 10 },
      "The plan has 12 steps; it should have 3 to 10.",
      "Write one step with forEach for those that are alike, and one agent step for those that only make sense together.",
    ],
    [
      { chain: ["notes", "draft", "text"] },
      "notes, draft, text are 3 model calls in a row. Each only hands its text to the next.",
      "Write them as one agent step, or give those that need them tools, an output type or an expect.",
    ],
  ],
  UNDER_DECOMPOSED: [
    [
      { things: 3, steps: 1 },
      "The goal names 3 things to do, and one agent step does all of them.",
      "Write one step for each, so that each can be checked, repeated and run beside the others.",
    ],
    [
      { things: 4, steps: 2 },
      "The goal names 4 things to do, and 2 agent steps do all of them.",
      "Write one step for each, so that each can be checked, repeated and run beside the others.",
    ],
  ],
  TOO_MANY_TURNS: [
    [
      { turns: 20, most: 8 },
      "The step wants 20 turns, and the limit is 8.",
      "Write at most 8, or set limits.turns in the configuration.",
    ],
  ],
  UNKNOWN_EXECUTOR: [
    [
      { executor: "reseacher", near: ["researcher"], executors: ["researcher", "writer"] },
      'There is no executor "reseacher".',
      "Did you mean researcher? Or name it under executors in the configuration.",
    ],
    [
      { executor: "lawyer", near: [], executors: ["researcher", "writer"] },
      'There is no executor "lawyer".',
      "Write researcher or writer, or leave executor out. Or name it under executors in the configuration.",
    ],
    [
      { executor: "lawyer", near: [], executors: [] },
      'There is no executor "lawyer".',
      "Leave executor out: no executors have names. Or name it under executors in the configuration.",
    ],
  ],
  EXECUTOR_TOOLS: [
    [
      { executor: "writer", tools: ["fetch_url"], may: ["read_file", "summarize"] },
      "The executor writer may not use fetch_url.",
      "Write tools: all for the tools of writer (read_file, summarize), or leave executor out.",
    ],
    [
      { executor: "writer", tools: ["fetch_url"], may: [] },
      "The executor writer may not use fetch_url.",
      "Write tools: all for the tools of writer (none), or leave executor out.",
    ],
  ],
  EXECUTOR_AS_TEXT: [
    [
      { executor: "writer" },
      "The instruction of the step is only writer, the name of an executor.",
      "Write executor: writer, and in agent what it has to do.",
    ],
  ],
  EXECUTOR_WITH_MODEL: [
    [
      { executor: "writer", model: "gpt-5" },
      "The step names the model gpt-5 and the executor writer.",
      "Leave model out: writer has its own. Or leave executor out.",
    ],
  ],
  SUBPLAN_DEPTH: [
    [
      { step: "each_part", most: 3 },
      "each_part is a sub-plan, and sub-plans nest 3 levels deep at most.",
      "Write its work as tool and agent steps.",
    ],
  ],
  SUBPLAN_REPEATS: [
    [
      { goal: "Restock the shop", of: "plan" },
      'The sub-goal "Restock the shop" is the goal of this plan.',
      "Write a sub-goal that is a part of the goal, or the steps themselves.",
    ],
    [
      { goal: "Restock the shop", of: "above" },
      'The sub-goal "Restock the shop" is the goal of a run above.',
      "Write a sub-goal that is a part of the goal, or the steps themselves.",
    ],
  ],
  SUBPLAN_BUDGET: [
    [
      { unit: "modelCalls", share: 50, most: 20 },
      "The sub-plan may use 50 model calls, and the budget of the run is 20.",
      "Write at most 20, or leave it out: then it gets half of what is left.",
    ],
    [
      { unit: "costUsd", share: 0 },
      "The sub-plan may use 0 USD, so it could not even be planned.",
      "Write a larger share, or leave it out: then it gets half of what is left.",
    ],
  ],
  UNUSED_FIELD: [
    [
      { field: "executor" },
      "The field executor has no use in this step: it is for agent steps and steps with fill.",
      "Leave executor out, or let an agent or a fill do the step.",
    ],
  ],
  PATCH_EMPTY: [
    [
      { failing: "page" },
      "The patch changes nothing, so the plan would fail again as it did.",
      "Replace page, or what it needs to succeed.",
    ],
  ],
  PATCH_FINISHED: [
    [
      { step: "find" },
      "find has finished, and its output stands.",
      "Leave it as it is and refer to its output, or add a step with an id of its own.",
    ],
  ],
  PATCH_OUTSIDE: [
    [
      { failing: "page", step: "sum", open: ["page", "text"], more: 0 },
      "sum is not the step that failed (page) and does not wait for it.",
      "A patch may change page, text, and add steps.",
    ],
    [
      { failing: "page", steps: ["sum", "mail"] },
      "The patch of page also changes or drops sum, mail.",
      "Change page, what waits for it, and new steps only.",
    ],
  ],
  PATCH_UNKNOWN: [
    [
      { step: "pages", open: ["page", "text"], more: 3 },
      'There is no step "pages".',
      "A patch may change page, text and 3 more, and add steps.",
    ],
  ],
  PATCH_RENAME: [
    [{ step: "page" }, 'The step that replaces "page" has another id.', 'Keep the id "page": other steps refer to it.'],
  ],
  FINISHED_CHANGED: [
    [
      { step: "find", fields: ["with", "when"] },
      "find has finished, and the step of that id in this plan differs in with, when.",
      "Leave find as it was, or give the new step an id of its own.",
    ],
    [
      { step: "read", causes: ["age", "city"] },
      "read has finished, and this plan changes what it waited for: age, city.",
      "Leave age, city as before, or plan the work of read again under a new id.",
    ],
    [
      { steps: ["find"] },
      "find has finished, and the plan changes or drops what was done.",
      "Keep finished steps as they are, and give new work ids of its own.",
    ],
    [
      { steps: ["find", "read"] },
      "find, read have finished, and the plan changes or drops what was done.",
      "Keep finished steps as they are, and give new work ids of its own.",
    ],
  ],
  PLAN_REPEATED: [
    [
      { reason: { code: "ATTEMPTS_USED", of: 4 } },
      "This plan has failed already (all 4 attempts failed). It differs at most in titles, descriptions and order.",
      "Change what the steps do: another tool, other arguments, another instruction, or other steps.",
    ],
    [
      { reason: { code: "REVIEWED" } },
      "This plan has failed already (a review found that it makes no sense any more). It differs at most in titles, descriptions and order.",
      "Change what the steps do: another tool, other arguments, another instruction, or other steps.",
    ],
    [
      { reason: { code: "LEGACY", text: "page: TIMEOUT" } },
      "This plan has failed already (page: TIMEOUT). It differs at most in titles, descriptions and order.",
      "Change what the steps do: another tool, other arguments, another instruction, or other steps.",
    ],
  ],
  ACTED_UNUSABLE: [
    [
      { step: "ship", why: "repeats", tool: "ship_parcel", by: "ship_again" },
      "ship_again makes the call of ship_parcel again that ship has made. It acted, although its output cannot be used.",
      "The effect of ship has happened. Do not order it again. If its result is needed, read it in another way, in a step of its own.",
    ],
    [
      { step: "ship", why: "refers", by: "mail" },
      "mail refers to the output of ship. That step has acted, but its output cannot be used.",
      "The effect of ship has happened. Do not order it again. If its result is needed, read it in another way, in a step of its own.",
    ],
    [
      { step: "ship", why: "refers" },
      "The answer refers to the output of ship. That step has acted, but its output cannot be used.",
      "The effect of ship has happened. Do not order it again. If its result is needed, read it in another way, in a step of its own.",
    ],
    [{ step: "ship", why: "asked" }, "ship has acted, and a person is asked about its output.", "Keep ship as it is."],
  ],
  STEP_UNKNOWN: [
    [
      { step: "send" },
      "The outcome of step send is unknown and would be forgotten.",
      "Keep that step as it is; a person settles it.",
    ],
  ],
};
