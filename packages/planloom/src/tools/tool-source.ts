// A source of tools that are known only after asking for them, such as an MCP server. Types only. The shelf of tools
// opens a source when a plan needs it.
import type { Tool } from "./tool.js";

/** The tools that a source has now, and sentences for the planner about those that it lacks. */
export interface SourceTools {
  readonly tools: readonly Tool[];
  readonly notes?: readonly string[];
}

export interface ToolSource {
  /** The name of each of its tools begins with this name and a dot: `fs.read_text_file`. */
  readonly name: string;
  /**
   * Starts what the source needs, and tells its tools. Called before each plan and before a run is driven, so it is
   * cheap if nothing has changed. Rejects with a PlanloomError if the tools cannot be had.
   */
  tools(signal?: AbortSignal): Promise<SourceTools>;
  /** `changed` is called when the tools are other ones than `tools` told. */
  watch?(changed: () => void): void;
  /** Ends what was started. Later calls of its tools fail. */
  close(): Promise<void>;
}

/** A source after it was asked. `error`: why it could not be opened. */
export interface AskedSource {
  readonly name: string;
  /** The full names of its tools. */
  readonly tools: readonly string[];
  readonly notes: readonly string[];
  readonly error?: unknown;
}
