// The configuration of this example for the command line: its tools, over a database in the folder for temporary files.
// Without a model in the variables, the scripted planner writes and mends the plan, and says so.
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "planloom";
import { openDatabase } from "./database.mjs";
import { scriptedPlanner } from "./scripted.mjs";
import { pipelineTools } from "./tools.mjs";

const { PLANLOOM_MODEL, PLANLOOM_PLANNER_MODEL, PIPELINE_DATABASE } = process.env;
const hasModel = (PLANLOOM_PLANNER_MODEL ?? PLANLOOM_MODEL ?? "") !== "";
const file = PIPELINE_DATABASE ?? path.join(tmpdir(), "planloom-pipeline.db");

export default defineConfig({
  tools: pipelineTools(await openDatabase(file), fileURLToPath(new URL("data", import.meta.url))),
  ...(hasModel ? {} : { models: { planner: scriptedPlanner } }),
});
