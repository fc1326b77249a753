// What the command line needs to know about this example: its tools, over a database in the folder for temporary files. The planner
// that mends the plan comes from flags or variables (--model, PLANLOOM_MODEL, …).
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "planloom";
import { openDatabase } from "./database.mjs";
import { pipelineTools } from "./tools.mjs";

const file = process.env["PIPELINE_DATABASE"] ?? path.join(tmpdir(), "planloom-pipeline.db");

export default defineConfig({
  tools: pipelineTools(await openDatabase(file), fileURLToPath(new URL("data", import.meta.url))),
});
