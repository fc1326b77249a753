// The configuration of this example for the command line: its tool, the folder of the articles, and the answers beside
// them. Models come from flags or variables (--model, PLANLOOM_MODEL, …).
import { defineConfig } from "planloom";
import { tools } from "./tools.mjs";

export default defineConfig({
  tools,
  builtins: { search: { folder: "articles" }, files: { roots: ["."], write: true } },
});
