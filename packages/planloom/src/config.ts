// The public name of the configuration file (planloom/config): finds and loads planloom.config.*, as the command line
// does. Not in index.ts, because the loader gives index.ts to the configuration file.
export { findConfig as loadConfig, type FoundConfig } from "./cli/config-file.js";
