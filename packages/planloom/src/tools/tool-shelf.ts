// The tools of a loom. In: its own tools, and sources of more. Out: an inventory that grows when sources are opened.
// A source is opened when a plan is to be written or a run that uses its tools is driven, and not before.
import type { Inventory } from "../plan/tool-spec.js";
import { createInventory, type ToolInventory } from "./inventory.js";
import type { Tool } from "./tool.js";
import type { SourceTools, ToolSource } from "./tool-source.js";

export class ToolShelf implements ToolInventory {
  readonly #sources: readonly ToolSource[];
  readonly #opened = new Map<ToolSource, SourceTools>();
  #current: ToolInventory;

  /** Throws PlanloomError DUPLICATE_TOOL if two tools have one name. */
  constructor(
    private readonly own: readonly Tool[],
    private readonly notes: readonly string[],
    sources: readonly ToolSource[],
  ) {
    this.#sources = sources;
    this.#current = createInventory(own, notes);
    for (const source of sources) source.watch?.(() => void this.#again(source));
  }

  get tools(): ReadonlyMap<string, Tool> {
    return this.#current.tools;
  }

  get specs(): ToolInventory["specs"] {
    return this.#current.specs;
  }

  get inventory(): Inventory {
    return this.#current.inventory;
  }

  get hash(): string {
    return this.#current.hash;
  }

  get(name: string): Tool | undefined {
    return this.#current.get(name);
  }

  /** The names of the sources, opened or not. */
  get sources(): readonly string[] {
    return this.#sources.map(({ name }) => name);
  }

  /** Opens the sources of these tools, or all. Rejects if one of them cannot be opened. */
  async open(names: readonly string[] | "all", signal?: AbortSignal): Promise<void> {
    const wanted = this.#sources.filter(
      ({ name }) => names === "all" || names.some((one) => one.startsWith(`${name}.`)),
    );
    if (wanted.length === 0) return;
    const told = await Promise.all(wanted.map(async (source) => [source, await source.tools(signal)] as const));
    for (const [source, tools] of told) this.#opened.set(source, tools);
    this.#arrange();
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#sources.map((source) => source.close()));
  }

  /** A source that has failed keeps its tools: their calls say what is wrong. */
  async #again(source: ToolSource): Promise<void> {
    if (!this.#opened.has(source)) return;
    try {
      this.#opened.set(source, await source.tools());
      this.#arrange();
    } catch {
      // The next plan asks again, and tells the error.
    }
  }

  #arrange(): void {
    const opened = this.#sources.flatMap((source) => this.#opened.get(source) ?? []);
    this.#current = createInventory(
      [...this.own, ...opened.flatMap(({ tools }) => tools)],
      [...this.notes, ...opened.flatMap(({ notes = [] }) => notes)],
    );
  }
}
