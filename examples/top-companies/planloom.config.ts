// The configuration of this example for the command line: its tool, and the documents that `search` and `read_file`
// reach. Models come from flags or variables (--model, PLANLOOM_MODEL, …).
import { defineConfig } from "planloom";
import { tools } from "./tools.mjs";

export default defineConfig({ tools, builtins: { search: { folder: "docs" } } });
