// The library's entry point. In: a configuration. Out: a Loom. Importing it is cheap: the parts that a run needs are
// loaded when it is called.
import type { LoomConfig } from "./config.js";
import type { Loom } from "./loom.js";
import type { LoomPorts } from "./open-loom.js";

/**
 * Opens the store, the tools and the models of a configuration, and calls no model. Throws PlanloomError of kind config
 * or store. Close the loom when done.
 */
export async function createLoom(config: LoomConfig = {}, ports: LoomPorts = {}): Promise<Loom> {
  const { openLoom } = await import("./open-loom.js");
  return openLoom(config, ports);
}
