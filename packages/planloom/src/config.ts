// The public name of the configuration file (planloom/config): finds and loads planloom.config.*, as the command line
// does. Not in index.ts, because the loader gives index.ts to the configuration file.
export { findConfig as loadConfig, type ConfigSearch, type FoundConfig } from "./cli/found-config.js";
export { setupNoteText } from "./words/setup-notes.js";
