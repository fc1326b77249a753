// What the command line needs to know about this example: the tools that the plans name. Models come from flags or
// variables.
import { defineConfig } from "planloom";
import { tools } from "./tools.mjs";

export default defineConfig({ tools });
