// The configuration of this example for the command line: its tools. The planner comes from flags or variables
// (--planner-model, PLANLOOM_MODEL, …).
import { defineConfig } from "planloom";
import { tools } from "./tools.mjs";

export default defineConfig({ tools });
