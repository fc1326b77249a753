// What the command line needs to know about this example: which documents `search` looks through. Models come from
// flags or variables (--model, PLANLOOM_MODEL, …).
import { defineConfig } from "planloom";

export default defineConfig({ builtins: { search: { folder: "docs" } } });
