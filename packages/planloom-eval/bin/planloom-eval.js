#!/usr/bin/env node
// The committed entry of the command: it exists before anything is built, so that npm can link it.
import { main } from "../dist/main.js";

process.exitCode = await main(process.argv.slice(2));
