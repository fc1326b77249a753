#!/usr/bin/env node
// The committed entry of the command line: it exists before anything is built, so that npm can link it.
import { main } from "../dist/cli/main.js";
import { LIMITS } from "../dist/limits.js";

process.exitCode = await main(process.argv.slice(2));
// What a tool has left open (a timer, a connection) must not keep the process: nobody waits for it any more.
const leave = () => (process.stdout.writableLength === 0 ? process.exit() : leaveLater());
const leaveLater = () => void setTimeout(leave, LIMITS.graceMs).unref();
leaveLater();
