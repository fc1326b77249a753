// The library's first call, light to import: what a run needs is loaded when it is called. In: a configuration. Out: a Loom.
// Separate because importing planloom must stay cheap for programs that seldom run a plan.
import type { LoomConfig } from "./config.js";
import type { Loom } from "./loom.js";
import type { LoomPorts } from "./open-loom.js";

/**
 * Opens the store, the tools and the models of a configuration; no model is called. Throws PlanloomError of kind config or
 * store. Close the loom when done.
 */
export async function createLoom(config: LoomConfig = {}, ports: LoomPorts = {}): Promise<Loom> {
  const { openLoom } = await import("./open-loom.js");
  return openLoom(config, ports);
}
