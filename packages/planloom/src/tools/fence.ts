// The fence inside the folders of the file tools. In: the real path of a file below a root. Out: whether it is closed.
// Closed are files that control programs or hold secrets: whoever may write or read them has more than a folder.
import { realpath } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { globReach, type GlobReach } from "./glob.js";

export interface FenceOptions {
  /** Patterns of paths below a root that are open all the same, with all below them. */
  readonly allow?: readonly string[];
  /**
   * Planloom's own files and folders, wherever they are: no pattern opens them. Files beside them whose names begin
   * with theirs and `-` belong to them.
   */
  readonly own?: readonly string[];
}

export interface Fence {
  /** Whether the file or folder with this real path is closed. `below`: its names below its root. */
  closes(below: readonly string[], real: string): Promise<boolean>;
  /** Whether a walk leaves a folder out: it is closed, and no pattern opens anything below it. */
  hides(below: readonly string[], real: string): Promise<boolean>;
}

export function fenceOf({ allow = [], own = [] }: FenceOptions): Fence {
  const reaches = allow.map(globReach);
  let found: Promise<readonly string[]> | undefined;
  const isOwn = async (real: string): Promise<boolean> => {
    // Asked at the first use: the store does not exist before the loom is open.
    const files = await (found ??= realPaths(own));
    const path = folded(real);
    return files.some((file) => path === file || path.startsWith(`${file}-`) || path.startsWith(file + sep));
  };
  const allowed = (below: readonly string[], wanted: readonly GlobReach[]): boolean =>
    reaches.some((reach) => wanted.includes(reach(below)));
  return {
    async closes(below, real) {
      return (below.some(isClosed) && !allowed(below, ["inside"])) || isOwn(real);
    },
    async hides(below, real) {
      return (below.some(isClosed) && !allowed(below, ["inside", "above"])) || isOwn(real);
    },
  };
}

/** Closed names that do not begin with a dot. Those that do are settings of programs, and all of them are closed. */
const CLOSED: ReadonlySet<string> = new Set([
  "node_modules",
  // Start files of shells, editors and interpreters on systems where they have no dot.
  "_vimrc",
  "_gvimrc",
  "_netrc",
  "profile.ps1",
  "microsoft.powershell_profile.ps1",
  "sitecustomize.py",
  "usercustomize.py",
  "autorun.inf",
  "desktop.ini",
]);

function isClosed(name: string): boolean {
  const plain = plainName(name);
  if (plain.startsWith(".") || CLOSED.has(plain)) return true;
  return plain.startsWith("planloom.config.") || plain.endsWith(".env");
}

/**
 * A name as a file system may read it: without the difference of case and of composed letters, without characters that
 * some systems ignore, and without what Windows cuts off.
 */
function plainName(name: string): string {
  const visible = folded(name).replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  return visible.replace(/:.*$/s, "").replace(/(?<=[^. ])[. ]+$/, "");
}

const folded = (path: string): string => path.normalize("NFKC").toLowerCase();

/** The real paths, and the given ones below a real folder: a link is replaced by a write, its target is not. */
async function realPaths(files: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(files.flatMap((file) => [realOf(file), linkOf(file)]));
  return [...new Set(found.map(folded))];
}

const linkOf = async (file: string): Promise<string> => join(await realOf(dirname(file)), basename(file));

/** The real path. If the path does not exist: below the real path of the nearest folder that exists. */
async function realOf(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    const real = await realpath(folder).catch(() => undefined);
    if (real !== undefined) return join(real, relative(folder, path));
    if (dirname(folder) === folder) return path;
  }
}
