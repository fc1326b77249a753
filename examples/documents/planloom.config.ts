// The configuration of this example for the command line: the tools that the plans name. Models come from flags or
// variables.
import { defineConfig } from "planloom";
import { tools } from "./tools.mjs";

export default defineConfig({ tools });
