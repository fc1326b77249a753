// The function of a configuration file. In: a configuration. Out: the same, with its type checked. It loads none of the
// checks, so that importing the library stays cheap.
import type { LoomConfig } from "./config.js";

/** Returns the configuration unchanged, with its type checked: for planloom.config.ts. */
export function defineConfig<C = unknown>(config: LoomConfig<C>): LoomConfig<C> {
  return config;
}
