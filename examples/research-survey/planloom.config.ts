// The configuration of this example for the command line: which documents `search` looks through, and `read_file` opens.
// Models come from flags or variables (--model, PLANLOOM_MODEL, …).
import { defineConfig } from "planloom";

export default defineConfig({ builtins: { search: { folder: "docs" } } });
