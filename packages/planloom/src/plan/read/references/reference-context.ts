// The facts that a reader of references needs: the step of the values, the names of all steps, and where changes and
// findings go.
import type { Finding } from "../../finding.js";
import type { ToolSpec } from "../../tool-spec.js";
import type { StepNames } from "../fields/ids.js";
import type { TakeNote } from "../note-params.js";

export interface ReferenceContext {
  readonly names: StepNames;
  /** The step of the values; undefined for the answer. */
  readonly id: string | undefined;
  readonly pointer: string;
  /** The declared dependencies of the step; undefined if it declares none. */
  dependsOn: ReadonlySet<string> | undefined;
  /** The document has references in our notation. Then a form that only looks like another system's is plain text. */
  readonly ours: boolean;
  /** The document is a list of calls. There, `$1` is the notation of references. */
  readonly calls: boolean;
  /** Whether forms of other systems are rewritten. In a document of a person they are findings. */
  readonly rewrites: boolean;
  readonly tool: (name: unknown) => ToolSpec | undefined;
  readonly note: TakeNote;
  readonly find: (finding: Finding) => void;
}

/** The steps whose outputs this step can use, by the order of the document and by its dependencies. */
export function stepsBefore({ names, id, dependsOn }: ReferenceContext): readonly string[] {
  const before = id === undefined ? names.all : names.all.slice(0, Math.max(0, names.placeOf(id)));
  const declared = [...(dependsOn ?? [])].filter((name) => name !== id && names.placeOf(name) !== -1);
  return declared.length > 0 ? declared : before;
}
