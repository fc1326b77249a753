// What the file tools have in common: the folders that they reach, and the argument that names a file.
import { z } from "zod";
import type { ToolReach } from "../../plan/tool-spec.js";
import type { Root } from "../folder.js";

export interface FileReach {
  readonly roots: readonly Root[];
  /** The same, as the definition of a tool records it. */
  readonly reach: ToolReach;
}

export const filePath = z.string().max(4_096).describe("Relative to the folder, with /; no .. in it.");
