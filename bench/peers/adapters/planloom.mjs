// Planloom through its public library, as a user calls it: the plan is checked, run, and its document is made. Outputs are
// handed on by typed references. `sqlite`: one synced commit a step.
import { createLoom, tool } from "../../../packages/planloom/dist/index.js";
import { runTool } from "../plans.mjs";

const RESULT = { type: "object", properties: { id: { type: "string" }, n: { type: "number" } }, required: ["id", "n"] };

export async function build(plan, variant) {
  const steps = new Map(plan.map((step) => [step.id, step]));
  let ran;
  const exec = tool({
    name: "exec",
    description: "Runs a step.",
    effects: "none",
    input: {
      type: "object",
      properties: { id: { type: "string" }, inputs: { type: "object", additionalProperties: RESULT } },
      required: ["id"],
    },
    output: RESULT,
    run: ({ id, inputs = {} }) => runTool(steps.get(id), inputs, ran),
  });
  const loom = await createLoom(
    {
      tools: [exec],
      concurrency: 1_000,
      store: variant === "memory" ? "memory" : process.env["SQLITE_PATH"],
      limits: { steps: 200_000, planBytes: 100_000_000 },
    },
    { env: {} },
  );
  const inputsOf = ({ deps }) =>
    deps.length === 0 ? {} : { inputs: Object.fromEntries(deps.map((id) => [id, `\${{ ${id} }}`])) };
  const document = {
    steps: plan.map((step) => ({ id: step.id, tool: "exec", with: { id: step.id, ...inputsOf(step) } })),
    answer: { value: "done" },
  };
  return async (log) => {
    ran = log;
    const { status, error } = await loom.run("a benchmark", { plan: document });
    if (status !== "completed") throw new Error(error?.message ?? status);
  };
}
