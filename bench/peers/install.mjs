// Installs the systems that Planloom is measured beside, from the lock file of this folder. Nothing else needs them.
import { execFileSync } from "node:child_process";

const npm = (...words) => execFileSync("npm", words, { cwd: import.meta.dirname, stdio: "inherit" });
npm("ci", "--ignore-scripts");
// LangGraph's SQLite store compiles its driver.
npm("rebuild", "better-sqlite3");
