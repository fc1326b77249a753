// The tool `edit_file`: exact replacements in a text file. In: the folders it may reach. Out: the tool, with a diff of
// what a call would change.
import { z } from "zod";
import { LIMITS } from "../../limits.js";
import { builtinVersion } from "../../plan/tool-spec.js";
import { builtinError } from "../builtin-error.js";
import { inTurn } from "../file-turns.js";
import { existing, type FolderPath } from "../folder.js";
import { unifiedDiff } from "../line-diff.js";
import { withEdits, type TextEdit } from "../text-edits.js";
import { readBytes, utf8Text, writeText, type FileState } from "../text-file.js";
import { tool, type Tool } from "../tool.js";
import { missingPath } from "./file-precheck.js";
import { filePath, type FileReach } from "./file-reach.js";

const edit = z.strictObject({
  old: z.string().min(1).describe("Exact text of the file, with its spaces and new lines. It must occur once."),
  new: z.string().describe("What stands there instead."),
  all: z.boolean().optional().describe("true: replaces each occurrence."),
});

export function editFileTool({ roots, reach }: FileReach): Tool {
  const edits = tool({
    name: "edit_file",
    version: builtinVersion(1),
    reach,
    description:
      "Changes parts of a text file by exact replacement, one edit after the other. If one does not fit, nothing is written.",
    input: z.strictObject({ path: filePath, edits: z.array(edit).min(1).max(LIMITS.fileEdits) }),
    output: z.strictObject({ path: z.string(), replaced: z.int(), bytes: z.int() }),
    // A second call does not find the text that the first one has replaced, or replaces a part of the new text.
    effects: "once",
    content: ["edits"],
    async preview({ path, edits }, { signal }) {
      const file = await existing(roots, path);
      const { before, after } = await editedFile(file, edits, signal);
      return { kind: "diff", path: file.shown, text: unifiedDiff(file.shown, before, after) };
    },
    async run({ path, edits }, { signal }) {
      signal.throwIfAborted();
      const file = await existing(roots, path);
      return inTurn(file.real, async () => {
        const { after, replaced, state } = await editedFile(file, edits, signal);
        signal.throwIfAborted();
        return { path: file.shown, replaced, bytes: await writeText(file.real, file.shown, after, state) };
      });
    },
    precheck: ({ path }, { signal }) => missingPath(roots, path, "file", signal),
    summary: ({ path, replaced }) => `Changed ${path}, ${replaced} ${replaced === 1 ? "place" : "places"}`,
  });
  // It makes no file.
  return { ...edits, makes: () => [] };
}

interface EditedFile {
  readonly before: string;
  readonly after: string;
  readonly replaced: number;
  readonly state: FileState;
}

const MARK = "\ufeff";

/** A byte order mark stays, and is no part of the text that is edited. */
async function editedFile(
  { real, shown }: FolderPath,
  edits: readonly TextEdit[],
  signal: AbortSignal,
): Promise<EditedFile> {
  const { bytes, state } = await readBytes(real, shown || ".", signal);
  const before = utf8Text(bytes, shown);
  const edited = withEdits(before, edits);
  if (!edited.ok) throw builtinError("FILE_EDIT", { path: shown, edit: edited.edit, ...edited.fault });
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? MARK : "";
  return { before: mark + before, after: mark + edited.text, replaced: edited.replaced, state };
}
