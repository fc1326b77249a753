// The form of a planner's reply in words, with examples. In: whether the reply may ask for tools, and whether steps may be sub-plans. Out: a text for
// servers that decode under the schema, and one for the others. Both show the same plans, each in its own form.
import type { Json, JsonObject } from "../../plan/json.js";
import { sections } from "../prompts.js";

/** A plan as its planner writes it without a schema. */
interface Example {
  readonly goal: string;
  readonly steps: readonly JsonObject[];
  readonly answer: JsonObject;
}

export interface ReplyKind {
  readonly mayAsk: boolean;
  readonly subPlans: boolean;
}

/** The tools are made up. A direct call, an agent for each item, a list of references; then `fill` and `answer.value`. */
const EXAMPLES: readonly Example[] = [
  {
    goal: "What does a flat cost near our northern branches?",
    steps: [
      {
        ...{ id: "cities", title: "List the branches", description: "Read the names of all branch cities." },
        ...{ tool: "branch_list", with: { region: "north" } },
      },
      {
        ...{ id: "rents", title: "Find the rent in each city" },
        description: "Find the median monthly rent of a 60 m2 flat in EUR, and the page it is from.",
        ...{ forEach: "${{ cities.names }}", as: "city" },
        ...{ agent: "Find the median rent in this city.", tools: ["page_lookup"], with: { city: "${{ city }}" } },
        ...{ output: "{ city: string, rentEur: number, source: string }", evidence: ["the rent", "its page"] },
      },
      {
        ...{ id: "average", title: "Average the rents", description: "Mean of all rents." },
        ...{ tool: "mean", with: { numbers: "${{ rents.map(r, r.rentEur) }}" } },
      },
    ],
    answer: { from: ["rents", "average"], instructions: "One sentence, then a table with sources." },
  },
  {
    goal: "Reserve a room for the board on that day and tell me its number.",
    steps: [
      {
        ...{ id: "rooms", title: "List the rooms", description: "Read the rooms that are free on that day." },
        ...{ tool: "room_list", with: { day: "${{ inputs.day }}" } },
      },
      {
        ...{ id: "reserve", title: "Reserve a room", description: "Reserve the smallest room that is large enough." },
        ...{ tool: "room_reserve", fill: "Choose the smallest room with at least 12 seats.", dependsOn: ["rooms"] },
        with: { day: "${{ inputs.day }}" },
      },
    ],
    answer: { value: "Room ${{ reserve.number }} is reserved." },
  },
];

/** What a repair takes depends on the fault, which is known only after the first step. */
const SUB_PLAN_EXAMPLE: Example = {
  goal: "Get everything mended that the last check of our lifts found.",
  steps: [
    {
      ...{ id: "check", title: "Read the check", description: "Read what the last check of the lifts found." },
      ...{ tool: "check_read", with: { of: "lifts" } },
    },
    {
      ...{ id: "repairs", title: "Mend each fault", description: "Get one fault mended, whatever it takes." },
      ...{ forEach: "${{ check.faults }}", as: "fault" },
      ...{ plan: "Get the given fault of a lift mended.", tools: ["part_order", "visit_book"] },
      ...{ with: { fault: "${{ fault }}" }, output: "{ lift: string, doneOn: string }" },
    },
  ],
  answer: { from: ["repairs"], instructions: "A table of the lifts with the day of each repair." },
};

export const examplesOf = (subPlans: boolean): readonly Example[] =>
  subPlans ? [...EXAMPLES, SUB_PLAN_EXAMPLE] : EXAMPLES;

const enforced = (subPlans: boolean): string =>
  "The reply has a schema. Each step begins with the field that makes its kind: tool, fill, agent" +
  (subPlans ? ", ask or plan" : " or ask") +
  ". Fields that " +
  'do not apply are null, and lists that do not apply are []. Where the schema asks for a list of { "name", "value" }, ' +
  'or for { "object": [{ "name", "value" }] }, it stands for an object with these names.';

const TOLD =
  "Reply with the JSON document alone: no words around it, no code fence. Fields that do not apply are left out.";

export interface ReplyText {
  /** For servers that decode under the schema. */
  readonly enforced: string;
  /** For the others. */
  readonly told: string;
}

export function replyText({ mayAsk, subPlans }: ReplyKind): ReplyText {
  const examples = examplesOf(subPlans);
  return {
    enforced: sections(
      enforced(subPlans),
      examplesText(examples, (example) => strictExample(example, mayAsk)),
    ),
    told: sections(
      TOLD,
      examplesText(examples, ({ steps, answer }) => ({ steps, answer })),
    ),
  };
}

const examplesText = (examples: readonly Example[], written: (example: Example) => JsonObject): string =>
  sections(
    `${examples.length === 2 ? "Two" : "Three"} examples with made-up tools.`,
    ...examples.map((example) => `Goal: ${example.goal}\n${documentText(written(example))}`),
  );

/** One line for each step. */
function documentText({ steps, ...fields }: JsonObject): string {
  const lines = (steps as readonly JsonObject[]).map((step) => `  ${JSON.stringify(step)}`).join(",\n");
  const { answer, ...before } = fields;
  const first = Object.entries(before).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`);
  return `{${first.join("")}"steps":[\n${lines}],\n"answer":${JSON.stringify(answer)}}`;
}

/** The example as a decoder under the schema writes it (plan-request-schema.ts). */
export function strictExample({ steps, answer }: Example, mayAsk: boolean): JsonObject {
  const written = "from" in answer ? { from: answer["from"]!, instructions: answer["instructions"] ?? null } : answer;
  return { ...(mayAsk && { needTools: null }), steps: steps.map(strictStep), answer: written };
}

function strictStep(step: JsonObject): JsonObject {
  const field = (name: string, absent: Json = null): Json => step[name] ?? absent;
  const isAgent = field("agent") !== null;
  const isPlan = field("plan") !== null;
  const isCall = !isAgent && !isPlan && field("fill") === null;
  const named = isAgent
    ? { agent: field("agent"), tools: field("tools", []) }
    : { plan: field("plan"), tools: field("tools") };
  const kinds = isAgent || isPlan ? named : { tool: field("tool") };
  const given = field("with", {}) as JsonObject;
  return {
    ...(!isAgent && !isPlan && !isCall && { fill: field("fill") }),
    ...kinds,
    ...{ id: field("id"), title: field("title"), description: field("description"), dependsOn: field("dependsOn", []) },
    ...{ when: null, forEach: field("forEach"), as: field("as") },
    with: isCall ? given : Object.entries(given).map(([name, value]) => ({ name, value })),
    ...(isCall ? {} : { output: field("output") }),
    ...(isAgent ? { repeat: field("repeat"), evidence: field("evidence", []) } : {}),
    ...{ expect: null, optional: null },
  };
}
