// Finds the tool that a written name means. In: the tools, and a name as written. Out: the tool with exactly this name,
// or the only tool whose name differs in case, separators or call marks. Two such tools give none: check reports it.
import type { Inventory, ToolSpec } from "../tool-spec.js";

export type FindTool = (name: unknown) => ToolSpec | undefined;

export interface ToolNames {
  readonly exact: FindTool;
  /** Also over case, spaces, `_`, `-`, `functions.` before the name and `()` behind it. */
  readonly meant: FindTool;
  /** The exact name of the tool that a name means. */
  readonly named: (name: string) => string | undefined;
  /** No inventory is known. Then any name may be that of a tool. */
  readonly isOpen: boolean;
}

export function offeredTools(inventory: Inventory | undefined): ToolNames {
  const exact = new Map<unknown, ToolSpec>((inventory?.tools ?? []).map((tool) => [tool.name, tool]));
  let alike: Map<string, ToolSpec | undefined> | undefined;
  const byLetters = (): ReadonlyMap<string, ToolSpec | undefined> => {
    if (alike !== undefined) return alike;
    alike = new Map();
    for (const tool of exact.values()) {
      const letters = lettersOf(tool.name);
      alike.set(letters, alike.has(letters) ? undefined : tool);
    }
    return alike;
  };
  const meant: FindTool = (name) =>
    exact.get(name) ?? (typeof name === "string" ? byLetters().get(lettersOf(bare(name))) : undefined);
  return {
    exact: (name) => exact.get(name),
    meant,
    named: (name) => meant(name)?.name,
    isOpen: inventory === undefined,
  };
}

const NAME_CHARS = 200;
const AROUND = /^[\s*`"'([<]+|[\s*`"')\]>]+$/g;
const SPACE = /^(?:functions?|tools?|api|default_api|multi_tool_use)[.:/]/i;

/** The name without marks around it, without the namespace of an interface, and without the brackets of a call. */
function bare(name: string): string {
  const plain = name.slice(0, NAME_CHARS).replace(AROUND, "").replace(SPACE, "");
  return plain.replace(/\($|:\d{1,4}$/, "");
}

const lettersOf = (name: string): string =>
  name
    .slice(0, NAME_CHARS)
    .toLowerCase()
    .replace(/[\s_.-]/g, "");

/** Finds the specialist that a written name means: over case and separators, if only one has it. */
export function namedSpecialist({
  executors = [],
}: Pick<Inventory, "executors">): (name: unknown) => string | undefined {
  return (name) => {
    if (typeof name !== "string" || executors.length === 0) return undefined;
    const alike = executors.filter((one) => lettersOf(one.name) === lettersOf(name.trim()));
    return alike.length === 1 ? alike[0]!.name : undefined;
  };
}
