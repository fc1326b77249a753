#!/usr/bin/env node
// The committed entry of the command line: it exists before anything is built, so that npm can link it.
import { main } from "../dist/cli/main.js";

await main(process.argv.slice(2));
