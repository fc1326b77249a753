// `npm run bench`: installs and builds, then measures. See bench/run.mjs for its options. In: `--file NAME` as the first
// option names another file of bench/ (`npm run bench:strategies`); all other options go to that file.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { build, install, root } from "./install.mjs";

install();
build();
const given = process.argv.slice(2);
const [file, options] = given[0] === "--file" ? [given[1], given.slice(2)] : ["run.mjs", given];
const done = spawnSync(process.execPath, [path.join(root, "bench", file), ...options], { stdio: "inherit" });
process.exitCode = done.status ?? 1;
