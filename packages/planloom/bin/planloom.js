#!/usr/bin/env node
// The committed entry of the command line: it exists before anything is built, so that npm can link it.
import { main } from "../dist/cli/main.js";
import { LIMITS } from "../dist/limits.js";

process.exitCode = await main(process.argv.slice(2));
// A timer or a connection that a tool left open must not keep the process alive.
const leave = () => (process.stdout.writableLength === 0 ? process.exit() : leaveLater());
const leaveLater = () => void setTimeout(leave, LIMITS.graceMs).unref();
leaveLater();
