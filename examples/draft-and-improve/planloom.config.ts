// The configuration of this example for the command line. It has no tools of its own. The model comes from flags or
// variables (--model, PLANLOOM_MODEL, …).
import { defineConfig } from "planloom";

export default defineConfig({});
