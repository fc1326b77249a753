// The inventory: the tools of a run by name. In: tools made by tool(), and notes for the planner. Out: the callables
// for the engine, and the same tools as data (with a hash) for check and the log.
import { PlanloomError } from "../words/planloom-error.js";
import { hashOf } from "../plan/hash.js";
import type { Inventory, ToolSpec } from "../plan/tool-spec.js";
import type { Tool } from "./tool.js";
import type { AskedSource } from "./tool-source.js";

export interface ToolInventory {
  readonly tools: ReadonlyMap<string, Tool>;
  /** In the order given. */
  readonly specs: readonly ToolSpec[];
  get(name: string): Tool | undefined;
  /** The tools and limits that a draft is checked against. */
  readonly inventory: Inventory;
  /** SHA-256 of the definitions. Their order and the notes do not change it. */
  readonly hash: string;
  /** The names of the sources, opened or not. Absent: there is none. */
  readonly sources?: readonly string[];
  /** Opens the sources of these tools, or all sources. Absent: all tools are there. */
  open?(names: readonly string[] | "all", signal?: AbortSignal): Promise<void>;
  /** Opens every source that can be opened, and says which could not. Absent: there is none. */
  ask?(signal?: AbortSignal): Promise<readonly AskedSource[]>;
  /** Ends the opened sources. */
  close?(): Promise<void>;
}

/** Throws PlanloomError DUPLICATE_TOOL (kind config) if two tools have the same name. */
export function createInventory(given: readonly Tool[], notes: readonly string[] = []): ToolInventory {
  const tools = new Map<string, Tool>();
  for (const tool of given) {
    const { name } = tool.spec;
    if (tools.has(name)) throw new PlanloomError("DUPLICATE_TOOL", { tool: name });
    tools.set(name, tool);
  }
  const specs = given.map((tool) => tool.spec);
  const sorted = [...specs].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    tools,
    specs,
    get: (name) => tools.get(name),
    inventory: { tools: specs, ...(notes.length === 0 ? {} : { notes }) },
    hash: hashOf(sorted),
  };
}
