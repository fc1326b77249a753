// `npm start`: installs, builds, and runs the demo. With arguments (`npm start -- run "goal"`) it runs the command
// line.
import { spawn } from "node:child_process";
import path from "node:path";
import { build, install, root } from "./install.mjs";

install();
build();
const args = process.argv.slice(2);
const cli = path.join(root, "packages", "planloom", "bin", "planloom.js");
const child = spawn(process.execPath, [cli, ...(args.length === 0 ? ["demo"] : args)], {
  stdio: "inherit",
  cwd: process.cwd(),
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
});
