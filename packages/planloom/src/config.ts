// The public name of the configuration file (planloom/config): it finds and loads planloom.config.*, as the command line does.
// Separate from index.ts, which the loader hands to the file.
export { findConfig as loadConfig, type FoundConfig } from "./cli/config-file.js";
