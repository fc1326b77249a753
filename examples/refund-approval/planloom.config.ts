// The configuration of this example for the command line: its tools, and that every plan waits for a person, for 24
// hours. Without a model in the variables, the scripted planner writes the plan, and says so.
import { tmpdir } from "node:os";
import path from "node:path";
import { defineConfig } from "planloom";
import { scriptedPlanner } from "./scripted.mjs";
import { refundTools } from "./tools.mjs";

const { PLANLOOM_MODEL, PLANLOOM_PLANNER_MODEL, REFUND_BOOKS } = process.env;
const hasModel = (PLANLOOM_PLANNER_MODEL ?? PLANLOOM_MODEL ?? "") !== "";

export default defineConfig({
  tools: refundTools(REFUND_BOOKS ?? path.join(tmpdir(), "planloom-refunds")),
  approval: "always",
  limits: { approvalMs: 24 * 60 * 60_000 },
  ...(hasModel ? {} : { models: { planner: scriptedPlanner } }),
});
