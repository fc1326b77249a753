// What the command line needs to know about this example: its tools. No model is configured, for none is asked.
import { defineConfig } from "planloom";
import { tools } from "./tools.mjs";

export default defineConfig({ tools });
