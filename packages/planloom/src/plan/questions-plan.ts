// Makes a plan of the questions that a planner asked instead of planning. In: the questions, and the run's inputs. Out:
// a draft with one ask step for each. When a person has answered, the planner plans again.
import type { Json, JsonObject } from "./json.js";
import { typeOfValue, typeText } from "./type/type.js";

export function questionsDraft(questions: readonly string[], inputs: { readonly [name: string]: Json }): JsonObject {
  const types = Object.entries(inputs).map(([name, value]) => [name, { type: typeText(typeOfValue(value)) }] as const);
  return {
    ...(types.length > 0 && { inputs: Object.fromEntries(types) }),
    steps: questions.map((question, i) => ({
      id: `question${i + 1}`,
      title: `Question ${i + 1} of the planner`,
      // A reference of the planner is no reference of this plan.
      ask: question.replaceAll("${{", "{{"),
    })),
  };
}
