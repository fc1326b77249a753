// What the demo's scripted planner does with a person's feedback on a plan that was followed. In: a chat request. Out: the
// plan as it was, one step that says what the script knows, and an answer that says that the script cannot do more.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import type { ChatBody } from "../../testing/fake-reply.js";
import { requestText } from "./request.js";

export const NOTE =
  "The model of this demo is scripted, and its script has no other plan: what should be different has changed nothing. A model of your own plans again with your words.";

/** undefined if the request has no feedback on a plan that was followed. */
export function anotherPlan(body: ChatBody): Json | undefined {
  const text = requestText(body);
  const before = planIn(text);
  if (before === undefined || !text.includes("Finished steps stay as they are.")) return undefined;
  const steps = before.steps.filter(isObject);
  const kept = /(?:^|\. )([\w, -]+) stay in the plan by themselves/mu.exec(text)?.[1]?.split(", ") ?? [];
  const ids = steps.map(({ id }) => id);
  const id = freeId(ids);
  const rest = steps.filter((step) => typeof step["id"] === "string" && !kept.includes(step["id"]));
  return { steps: [...rest, knownStep(id)], answer: answerWith(before.answer, id) };
}

const knownStep = (id: string): JsonObject => ({
  id,
  title: "Say what the script can do",
  description: "The script has no other plan for this goal. It lists the goals that it knows.",
  tool: "demo_goals",
  with: {},
});

/** Each feedback has a step of its own: the same plan again would be refused. */
function freeId(ids: readonly unknown[]): string {
  for (let at = 1; ; at++) {
    const id = at === 1 ? "script" : `script_${at}`;
    if (!ids.includes(id)) return id;
  }
}

function answerWith(answer: JsonObject, id: string): JsonObject {
  const { value, from, instructions } = answer;
  const note = `${NOTE} It knows: \${{ ${id} }}.`;
  if (typeof value === "string") return { value: `${value.split(`\n\n${NOTE}`)[0]}\n\n${note}` };
  if (value !== undefined) return { value: note };
  const names = Array.isArray(from) ? (from as readonly Json[]) : [];
  const told = typeof instructions === "string" ? instructions.split(` ${NOTE}`)[0] : "The result.";
  return { from: [...names, id], instructions: `${told} ${NOTE}` };
}

function planIn(text: string): { readonly steps: readonly Json[]; readonly answer: JsonObject } | undefined {
  const line = /^The plan until now:\n(.*)$/mu.exec(text)?.[1];
  if (line === undefined) return undefined;
  const { steps, answer } = JSON.parse(line) as JsonObject;
  return Array.isArray(steps) && isObject(answer) ? { steps, answer } : undefined;
}
