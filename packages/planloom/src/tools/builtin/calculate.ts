// The tool `calculate`. In: an expression and its variables. Out: a number. The arithmetic itself is in arithmetic.ts.
import { z } from "zod";
import { builtinVersion } from "../../plan/tool-spec.js";
import { tool, type Tool } from "../tool.js";
import { evaluateArithmetic } from "./arithmetic.js";
import { ARITHMETIC_FUNCTIONS } from "./arithmetic-functions.js";

const input = z.strictObject({
  expression: z.string().min(1).describe('For example "salary * 0.3" or "round(sum(prices) / 3, 2)".'),
  variables: z
    .record(z.string(), z.union([z.number(), z.array(z.number())]))
    .optional()
    .describe("Numbers under the names used in the expression; lists only as arguments of functions."),
});

export function calculateTool(): Tool {
  return tool({
    name: "calculate",
    version: builtinVersion(1),
    description:
      "Calculates an arithmetic expression: + - * / % (remainder) ^ (power), parentheses, pi, e, and the functions " +
      `${[...ARITHMETIC_FUNCTIONS.keys()].join(", ")}. Numbers without separators or units.`,
    input,
    output: z.number(),
    effects: "none",
    labels: "pass",
    run: ({ expression, variables }) => evaluateArithmetic(expression, variables),
    summary: (value) => `= ${value}`,
  });
}
