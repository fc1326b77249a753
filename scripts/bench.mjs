// `npm run bench`: installs and builds, then measures. See bench/run.mjs for its options.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { build, install, root } from "./install.mjs";

install();
build();
const done = spawnSync(process.execPath, [path.join(root, "bench", "run.mjs"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = done.status ?? 1;
