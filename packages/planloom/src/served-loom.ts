// The createLoom that is published: its looms can also answer HTTP requests. In: a configuration. Out: a Loom. Separate,
// because loom/ knows no server; the server is loaded with the first handler.
import type { LoomConfig } from "./loom/config.js";
import { createLoom as openedLoom } from "./loom/create-loom.js";
import type { HandlerOptions } from "./loom/handler-options.js";
import type { Loom } from "./loom/loom.js";
import type { LoomPorts } from "./loom/open-loom.js";

/**
 * Opens the store, the tools and the models of a configuration, and calls no model. Throws PlanloomError of kind config
 * or store. Close the loom when done. `C` is the type of the context of runs; tools that declare it give it.
 */
async function createLoom<C = unknown>(config: LoomConfig<C> = {}, ports: LoomPorts = {}): Promise<Loom<C>> {
  return openedLoom<C>(config, { handlerOf, ...ports });
}

const handlerOf = async (loom: Loom, options: HandlerOptions) =>
  (await import("./server/mounted.js")).serverHandler(loom, options);

export { createLoom };
