// The configuration of `planloom resume` in crash.test.ts. In: the file of effects, as a variable. Out: a
// configuration.
import { toolsOver } from "./tools.mjs";

export default { tools: toolsOver(process.env["CRASH_EFFECTS"]), guard: "off" };
