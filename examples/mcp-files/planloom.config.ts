// The configuration of this example for the command line: the filesystem server of MCP over a copy of the notes. NOTES
// names the folder of the copy. Without a model in the variables, the scripted planner writes the plan, and says so.
import { cpSync, existsSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "planloom";
import { scriptedPlanner } from "./scripted.mjs";
import { filesServer } from "./server.mjs";

const { PLANLOOM_MODEL, PLANLOOM_PLANNER_MODEL, NOTES } = process.env;
const hasModel = (PLANLOOM_PLANNER_MODEL ?? PLANLOOM_MODEL ?? "") !== "";
const notes = NOTES ?? path.join(tmpdir(), "planloom-notes");
if (!existsSync(notes)) cpSync(fileURLToPath(new URL("notes", import.meta.url)), notes, { recursive: true });

export default defineConfig({
  mcp: { fs: filesServer(realpathSync(notes)) },
  ...(hasModel ? {} : { models: { planner: scriptedPlanner((text) => console.error(text)) } }),
});
