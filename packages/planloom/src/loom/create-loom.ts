// The library's entry point. In: a configuration. Out: a Loom. Importing it is cheap: the parts that a run needs are
// loaded when it is called.
import type { LoomConfig } from "./config.js";
import type { Loom } from "./loom.js";
import type { LoomPorts } from "./open-loom.js";

/**
 * Opens the store, the tools and the models of a configuration, and calls no model. Throws PlanloomError of kind config
 * or store. Close the loom when done. `C` is the type of the context of runs; tools that declare it give it.
 */
export async function createLoom<C = unknown>(config: LoomConfig<C> = {}, ports: LoomPorts = {}): Promise<Loom<C>> {
  const { openLoom } = await import("./open-loom.js");
  // Inside, the type of the context is not known.
  return openLoom(config as LoomConfig, ports);
}
