// The model behind the emulated servers. It makes no mistakes, so every fault is one of the server. In: the body of a
// request. Out: `{ text }` or `{ calls: [{ name, args }] }`. It knows the step of a request by marks that its own plan
// carries, never by the wording of a prompt.

export const GOAL = "Describe the tide at Brest.";
export const LEVEL = { place: "Brest", metres: 4.25 };
export const NOTE = "The sea is high at Brest today.";
export const ANSWER = "4.25 metres. The sea is high at Brest today.";

/** Requests of a run in which nothing is refused. */
export const LEAST = 8;

const PLAN = {
  steps: [
    {
      ...{ id: "grade", title: "Grade the place", tool: "grade", with: { place: "Brest" } },
      fill: "Write the mark 3. [step grade]",
    },
    {
      ...{ id: "level", title: "Find the level", agent: "Find the level with the tools. [step level]" },
      ...{ tools: ["gauge", "tide"], output: "{ place: string, metres: number }", dependsOn: ["grade"] },
    },
    {
      ...{ id: "note", title: "Write a note", agent: "Look at the tide, then write a note. [step note]" },
      ...{ tools: ["tide"], dependsOn: ["grade"] },
    },
  ],
  answer: { from: ["level", "note"], instructions: "The level, then the note. [step answer]" },
};

const text = ({ content }) =>
  typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("");

const heard = (body) =>
  body.messages
    .filter(({ role }) => role !== "assistant")
    .map(text)
    .join("\n");

/** The part of the run that a request is for. */
export function partOf(body) {
  const all = heard(body);
  return ["answer", "note", "level", "grade"].find((step) => all.includes(`[step ${step}]`)) ?? "plan";
}

export const inSteps = (body) => ["level", "note"].includes(partOf(body));
export const hasTools = (body) => (body.tools ?? []).length > 0;
export const hasSchema = (body) => body.response_format?.type === "json_schema";

/** What a model says that does all right. */
export function said(body) {
  switch (partOf(body)) {
    case "plan":
      return document(body, PLAN);
    case "grade":
      return document(body, { place: "Brest", mark: 3 });
    case "answer":
      return { text: heard(body).includes("4.25") && heard(body).includes(NOTE) ? ANSWER : "Outputs are missing." };
    case "level":
      return step(body, { gauge: "out of order", tide: "4.25" }, JSON.stringify(LEVEL));
    case "note":
      return step(body, { tide: "4.25" }, NOTE);
  }
}

/** A value as JSON, or as the input of the one tool that must be called. */
function document(body, value) {
  const must = body.tool_choice === "required" || typeof body.tool_choice === "object";
  return must ? { calls: [{ name: body.tools[0].function.name, args: value }] } : { text: JSON.stringify(value) };
}

/** Calls each tool until its result is in the conversation, then gives the result. */
function step(body, results, result) {
  const names = (body.tools ?? []).map((tool) => tool.function.name);
  const all = heard(body);
  const spoken = /Mark of this turn: (\w+)\s*$/.exec(text(body.messages.at(-1)))?.[1];
  const offered = spoken === undefined ? names : Object.keys(results);
  const next =
    body.tool_choice === "none"
      ? undefined
      : Object.keys(results).find((name) => offered.includes(name) && !all.includes(results[name]));
  const args = { place: "Brest" };
  if (next !== undefined && spoken !== undefined)
    return { text: JSON.stringify({ name: next, arguments: args, mark: spoken }) };
  if (next !== undefined) return { calls: [{ name: next, args }] };
  const finish = names.find((name) => !["gauge", "tide", "grade", "read_result"].includes(name));
  if (body.tool_choice === "required" && finish !== undefined) return { calls: [{ name: finish, args: { result } }] };
  return { text: result };
}
