// The configuration of this example for the command line: its tools. No model is configured, for none is asked.
import { defineConfig } from "planloom";
import { tools } from "./tools.mjs";

export default defineConfig({ tools });
