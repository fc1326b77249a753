// Checks the evidence of an output when its call has returned. In: the step, its output, the tools of this process. Out:
// what was found, for the log. Files are looked for in the folders that the tools can reach, and nowhere else.
import { realpathSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { evidenceIn, type EvidenceFound } from "../plan/evidence.js";
import type { Json } from "../plan/json.js";
import type { Step } from "../plan/plan.js";
import type { Services } from "./services.js";

/** The evidence that the output of a call carries, as a field of its outcome. Empty if the step wants none. */
export function evidenceOf(
  { inventory }: Services,
  { evidence }: Step,
  output: Json,
): { readonly evidence?: readonly EvidenceFound[] } {
  if (evidence === undefined) return {};
  const roots = [...new Set(inventory.specs.flatMap(({ reach }) => reach?.roots ?? []))];
  return { evidence: evidenceIn(evidence, output, (name) => (roots.length === 0 ? null : isFile(roots, name))) };
}

const isFile = (roots: readonly string[], name: string): boolean => roots.some((root) => isFileBelow(root, name));

/** With several folders, a tool names a file by the name of its folder and the path below it. */
function isFileBelow(root: string, name: string): boolean {
  const below = name.split("/").slice(1).join("/");
  return [name, below].filter(Boolean).some((path) => {
    try {
      if (!isInside(root, resolve(root, path))) return false;
      // A link on the way may lead out of the folder.
      const real = realpathSync(resolve(root, path));
      return isInside(realpathSync(root), real) && statSync(real).isFile();
    } catch {
      return false;
    }
  });
}

function isInside(root: string, at: string): boolean {
  const below = relative(root, at);
  return below !== "" && below !== ".." && !below.startsWith(`..${sep}`) && !isAbsolute(below);
}
