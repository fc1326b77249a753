// The tool `write_file`. In: the folders it may reach. Out: the tool, with a diff of what a call would change.
import { z } from "zod";
import { textFileOf } from "../../files/text-encoding.js";
import { builtinVersion } from "../../plan/tool-spec.js";
import { overNoText } from "../../words/previews.js";
import { inTurn } from "../file-turns.js";
import { creatable, writable, type Root } from "../folder.js";
import { unifiedDiff } from "../line-diff.js";
import type { Preview } from "../preview.js";
import { readBytes, writeText } from "../text-file.js";
import { tool, type Tool } from "../tool.js";
import { madeBy } from "./file-precheck.js";
import { filePath, type FileReach } from "./file-reach.js";

export function writeFileTool({ roots, reach }: FileReach): Tool {
  const writes = tool({
    name: "write_file",
    version: builtinVersion(1),
    reach,
    description: "Writes a text file in UTF-8, in place of one that is there; makes missing folders.",
    input: z.strictObject({ path: filePath, text: z.string() }),
    output: z.strictObject({ path: z.string(), bytes: z.int() }),
    effects: "idempotent",
    content: ["text"],
    preview: ({ path, text }, { signal }) => previewOf(roots, path, text, signal),
    async run(args, { signal }) {
      signal.throwIfAborted();
      const file = await creatable(roots, args.path);
      const bytes = await inTurn(file.real, () => writeText(file.real, file.shown, args.text));
      return { path: file.shown, bytes };
    },
    summary: ({ path, bytes }) => `Wrote ${path}, ${bytes} bytes`,
  });
  return { ...writes, makes: ({ path }) => madeBy(roots, path) };
}

async function previewOf(roots: readonly Root[], path: string, text: string, signal: AbortSignal): Promise<Preview> {
  const { there, file } = await writable(roots, path);
  const { real, shown } = file;
  if (!there) return { kind: "diff", path: shown, text: unifiedDiff(shown, undefined, text) };
  const { bytes } = await readBytes(real, shown, signal);
  const before = textFileOf(bytes);
  if (before === undefined) return { kind: "text", text: overNoText(shown, bytes.length, text) };
  return { kind: "diff", path: shown, text: unifiedDiff(shown, before, text) };
}
