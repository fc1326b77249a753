// The answers of the API as JSON Schema, for its description. In: nothing. Out: schemas by name. They name the fields that
// programs need; an answer may have more.
import { STATUS_FILTERS } from "../../store/listing.js";
import type { JsonObject } from "../../plan/json.js";
import { EFFECT_CLASSES } from "../../plan/tool-spec.js";

const text = (description?: string): JsonObject => ({ type: "string", ...(description && { description }) });
const whole = (description?: string): JsonObject => ({ type: "integer", ...(description && { description }) });
const list = (items: JsonObject, description?: string): JsonObject => ({
  type: "array",
  items,
  ...(description && { description }),
});
const value = (description: string): JsonObject => ({ description });
const object = (description: string): JsonObject => ({ type: "object", description });
const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const orNull = (type: string, description?: string): JsonObject => ({
  type: [type, "null"],
  ...(description && { description }),
});

/** `optional` names the fields that may be absent. */
const record = (properties: JsonObject, optional: readonly string[] = [], description?: string): JsonObject => ({
  type: "object",
  ...(description && { description }),
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const RUN_STATUSES = STATUS_FILTERS.filter((status) => status !== "waiting" && status !== "unreadable");
const status: JsonObject = { type: "string", enum: RUN_STATUSES };
const stepIds = (description: string): JsonObject => list(text(), description);

const problem = record(
  {
    type: text(),
    title: text(),
    status: whole(),
    code: text("The code of the error, for programs."),
    detail: text("What happened, and to what."),
    next: record({ text: text("What to do next."), action: text("The next action, as a word.") }, ["action"]),
    findings: list(ref("Finding"), "Of a plan that cannot run."),
    faults: list(object("A field of the request that does not fit.")),
    params: object("Of a refused command: the facts of its code."),
    diff: ref("Diff"),
    retryAfterMs: whole("How long a server asked to wait."),
  },
  ["findings", "faults", "params", "diff", "retryAfterMs"],
  "RFC 9457.",
);

const finding = record({
  code: text(),
  severity: { type: "string", enum: ["error", "warning"] },
  where: object("A JSON pointer into the plan, and the line of its text."),
  message: text("What is wrong."),
  fix: text("What to write instead."),
});

const plan = record(
  {
    revision: whole(),
    hash: text("What a person approves."),
    cause: text(),
    goal: text(),
    steps: list(record({ id: text(), title: text() }, ["title"])),
  },
  ["goal"],
);

const run = record(
  {
    runId: text(),
    status,
    success: { type: "boolean" },
    goal: text(),
    strategy: text("How the run gets its plan: plan, react or tools; auto until one of them is chosen."),
    choice: object("Why the strategy was chosen: `wanted`, `rule`, `reason` and `features`."),
    simulated: { type: "boolean", description: "Tools with effects are not called: their outputs are made up." },
    tags: list(text()),
    answer: value("null if there is none."),
    report: object("Of a run that failed or was cancelled: what is done, what is not, why, and the next step."),
    error: object("`code`, `message`, `next` and `retryable` of the failure."),
    waiting: record(
      {
        approvals: list(object("`hash`, `subject`, `reason` and `args` of what waits for approval.")),
        questions: list(
          object(
            "`step`, `item`, `question`, `type` and `data`; for a tool that asks `tool`, `asked`, `declines` and `expiresAt`.",
          ),
        ),
        unknown: list(object("Calls in doubt: `step`, `tool`, `args` and `key`.")),
        unusable: list(object("Calls that acted, with an output that cannot be used.")),
        children: list(
          record({ step: text(), runId: text("The run that takes the answer."), waits: text() }),
          "Child runs that wait for a person: each is a run of its own.",
        ),
      },
      ["children"],
      "What waits for a person. Absent: nothing.",
    ),
    scouted: object("`calls`, `tools` and `turns` of the planner before its first plan. Absent: it looked nothing up."),
    plan: { anyOf: [ref("PlanRevision"), { type: "null" }] },
    plans: list(ref("PlanRevision")),
    within: object("Of a child run: `runId` and `step` of the run above, `root` and `depth`."),
    steps: list(
      object(
        "`id`, `title`, `status`, `attempts`, `input`, `output` and `error` of a step; of a sub-plan `child`, with `runId`, `status` and `waits`.",
      ),
    ),
    stepsTotal: whole(),
    stepsCompleted: whole(),
    replanCount: whole(),
    usage: object("Calls and tokens by role."),
    executors: object("`calls`, `tokens` and `costUsd` by named executor. Absent: none called a model."),
    startedAt: text("ISO 8601."),
    finishedAt: orNull("string", "ISO 8601. null before the end."),
  },
  ["choice", "simulated", "report", "error", "waiting", "within", "executors", "scouted"],
);

const listed = record(
  {
    runId: text(),
    goal: text(),
    status: { type: "string", enum: [...RUN_STATUSES, "unreadable"] },
    startedAt: whole("ms since 1970."),
    updatedAt: whole("ms since 1970."),
    lastSeq: whole(),
    lastType: text(),
    waiting: object("How much waits for a person. Absent: nothing."),
    within: object(
      "Of a child run: the `step` that it is, the run of that step (`runId`), the topmost run, the depth.",
    ),
    totals: object("Steps, replans, calls, tokens and cost."),
    unreadable: object("Why the run cannot be read."),
  },
  ["waiting", "within", "totals", "unreadable"],
);

const event = record({
  runId: text(),
  seq: whole("From 1, without gaps."),
  at: whole("ms since 1970."),
  type: text("See docs/events.md."),
  data: object("The facts of the event."),
  by: text("`engine`, or the author of the command."),
  inputId: text(),
});

const preview = record({
  ok: { const: true },
  stage: text(),
  reused: stepIds("Their outputs are reused."),
  runs: stepIds("They will run."),
  restarted: stepIds("Those of `runs` that begin anew."),
  actAgain: stepIds("Those of `runs` that may act a second time."),
  unknown: stepIds("Their outcome is unknown: a person is asked."),
  unusable: stepIds("They acted with an unusable output: a person is asked."),
  calls: list(object("Calls with effects that agent steps have made.")),
});

const check = record(
  {
    ok: { type: "boolean", description: "Whether the plan can run." },
    findings: list(ref("Finding")),
    notes: list(object("What the reader of the plan rewrote.")),
    quality: object("Three answers about the plan, and the next thing to fix."),
    plan: object("The plan in its canonical form. Absent if it cannot run."),
    hash: text(),
    inputs: object("The inputs with the defaults of the plan."),
  },
  ["plan", "hash", "inputs"],
);

const made = record(
  {
    plan: object("The document of the plan: give it to `POST /v1/runs` as `plan`."),
    hash: text(),
    inputs: object("The inputs with the defaults of the plan."),
    findings: list(ref("Finding")),
    estimate: ref("Estimate"),
    afterUntrusted: object("The planner read untrusted text: look at the plan before you run it."),
  },
  ["afterUntrusted"],
);

const tool = record(
  {
    name: text(),
    description: text(),
    input: object("JSON Schema of the arguments."),
    output: object("JSON Schema of the output. Absent: unknown."),
    effects: { type: "string", enum: [...EFFECT_CLASSES] },
    approval: { const: "required" },
    control: list(text(), "Arguments that choose what a call does, and to whom."),
  },
  ["output", "approval"],
);

export const ANSWERS = {
  Problem: problem,
  Finding: finding,
  Run: run,
  RunList: record({
    runs: list(listed),
    cursor: orNull("string", "Where the next part begins. null: this is the end."),
  }),
  PlanRevision: plan,
  Events: record({
    events: list(event),
    hasMore: { type: "boolean", description: "Whether the run has later events." },
  }),
  Journal: record({ rows: list(object("One turn of a model, or one call of a tool.")) }),
  Context: object("`references`, `context` and `arguments` of the step when it last started."),
  View: record({
    runId: text(),
    status,
    seq: whole("The last event of this view."),
    rows: list(record({ kind: text(), key: text(), title: text(), status: text(), line: text() })),
    axis: object("The end of the run in ms, and its idle gaps."),
    facts: object("What failed first, what was slowest, what cost most, and the replans."),
    waits: list(object("What waits for a person or for a time, in words.")),
  }),
  StepView: record({
    row: record({ kind: text(), key: text(), title: text(), status: text(), line: text() }),
    args: list(object("An argument, with its origin.")),
    labels: object("Whether the output is trusted and public, and its sources."),
    attempts: list(object("One attempt, with its times, its error and what followed.")),
    turns: list(object("One reply of a model, or one call of a tool.")),
    events: list(object("One event of the log.")),
  }),
  Prompts: record({
    runId: text(),
    step: text(),
    rebuilt: text("That it is rebuilt and no record, and whether another version sent it."),
    kernel: object("The version of the decisions then, and now."),
    prompts: list(object("One request: attempt, turn, system text, and the messages that were added.")),
    gaps: list(object("An attempt whose requests cannot be rebuilt, and why.")),
  }),
  Evidence: record({
    runId: text(),
    goal: text(),
    revisions: list(object("A revision of the plan.")),
    trace: list(object("What one step did.")),
    changes: list(object("What one action changed.")),
    checks: list(object("A failure check, and what it found.")),
  }),
  Export: object("The events, the journal and the large values of the run."),
  Opened: record({
    id: text("Stands for the run's id in the routes that read a run."),
    runId: text("The id of the run where it was exported."),
    goal: text(),
    replaced: { type: ["object", "null"], description: "The secrets whose values were replaced. null: none." },
    until: text("When the server gives it up."),
  }),
  Review: object(
    "A plan or one call, in sentences. While it waits, `preview` of the call, and of the steps of the plan whose arguments are known, says what the call would change: `kind` (`diff`, `text`, `failed`), `path`, `text`, `note`.",
  ),
  Waiting: record({ waits: list(object("One thing that waits, in words.")), cursor: orNull("string") }),
  Preview: preview,
  Check: check,
  MadePlan: made,
  Estimate: object("Calls, tokens, US dollars and time; and what is not known."),
  Tools: record({
    tools: list(tool),
    notes: list(text(), "What the planner is told about missing tools."),
    servers: list(object("An MCP server: its name, the names of its tools, and the error if it does not start.")),
  }),
  Diff: object("The steps and fields in which two plans differ."),
  Session: record({ name: text(), right: { type: "string", enum: ["read", "approve", "all"] } }),
  Ok: record({ ok: { const: true } }),
} as const;

export type AnswerName = keyof typeof ANSWERS;
