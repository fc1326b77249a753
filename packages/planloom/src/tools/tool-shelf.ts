// The tools of a loom. In: its own tools, and sources of more. Out: an inventory that grows when sources are opened.
// A source is opened when a plan is to be written or a run that uses its tools is driven, and not before.
import { specialistList, type Specialists } from "../plan/specialist.js";
import type { Inventory } from "../plan/tool-spec.js";
import { createInventory, type ToolInventory } from "./inventory.js";
import type { Tool } from "./tool.js";
import type { AskedSource, SourceTools, ToolSource } from "./tool-source.js";

export class ToolShelf implements ToolInventory {
  readonly #sources: readonly ToolSource[];
  readonly #opened = new Map<ToolSource, SourceTools>();
  /** Sources that are asked because they changed; true: they have changed again since. */
  readonly #asking = new Map<ToolSource, boolean>();
  #current: ToolInventory;

  /** Throws PlanloomError DUPLICATE_TOOL if two tools have one name. */
  constructor(
    private readonly own: readonly Tool[],
    private readonly notes: readonly string[],
    sources: readonly ToolSource[],
    private readonly executors?: Specialists,
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
    const unopened = this.#sources.filter((source) => !this.#opened.has(source)).map(({ name }) => name);
    const executors = this.executors && { executors: specialistList(this.executors) };
    return { ...this.#current.inventory, ...(unopened.length === 0 ? {} : { unopened }), ...executors };
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

  /** Opens every source that can be opened. Never rejects: a source that cannot be opened has its error. */
  async ask(signal?: AbortSignal): Promise<readonly AskedSource[]> {
    const asked = await Promise.all(
      this.#sources.map(async (source): Promise<readonly [ToolSource, SourceTools | { readonly error: unknown }]> => {
        const told = await source.tools(signal).catch((error: unknown) => ({ error }));
        return [source, told];
      }),
    );
    for (const [source, told] of asked) if ("tools" in told) this.#opened.set(source, told);
    this.#arrange();
    return asked.map(([{ name }, told]) =>
      "error" in told
        ? { name, tools: [], notes: [], error: told.error }
        : { name, tools: told.tools.map(({ spec }) => spec.name), notes: told.notes ?? [] },
    );
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#sources.map((source) => source.close()));
  }

  /** A source that has failed keeps its tools: their calls say what is wrong. */
  async #again(source: ToolSource): Promise<void> {
    if (!this.#opened.has(source)) return;
    // A source that is asked already is asked once more, however often it changes meanwhile.
    const asking = this.#asking.has(source);
    this.#asking.set(source, asking);
    if (asking) return;
    try {
      this.#opened.set(source, await source.tools());
      this.#arrange();
    } catch {
      // The next plan asks again, and tells the error.
    }
    const changed = this.#asking.get(source) === true;
    this.#asking.delete(source);
    if (changed) await this.#again(source);
  }

  #arrange(): void {
    const opened = this.#sources.flatMap((source) => this.#opened.get(source) ?? []);
    this.#current = createInventory(
      [...this.own, ...opened.flatMap(({ tools }) => tools)],
      [...this.notes, ...opened.flatMap(({ notes = [] }) => notes)],
    );
  }
}
