// The folder of the playbooks of a project. In: a working folder, or the folder that the configuration names. Out: the
// files in it, and their texts. A file that others may have put there is not read. A playbook is data: to read it gives
// nobody a right.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { messageOf } from "../../error.js";
import { isOwn, lookAt, ownershipFault } from "../../files/ownership.js";
import { isInside, projectFolders, realPath } from "../../files/project.js";
import { decodedText } from "../../files/text-encoding.js";
import { writeWholeFile } from "../../files/whole-file.js";
import { LIMITS } from "../../limits.js";
import { isObject } from "../../plan/json.js";
import { nearestNames } from "../../plan/nearest.js";
import { playbookNameFault } from "../../plan/playbook/name.js";
import { readPlan } from "../../plan/read/read.js";
import type { PlaybookFileFault } from "../../words/errors/playbooks.js";
import { PlanloomError } from "../../words/planloom-error.js";

const FOLDER = "playbooks";
const ENDINGS = [".yaml", ".yml", ".json"];

export interface PlaybookPlace {
  readonly folder: string;
  /** The folder that it must lie in. Absent: the configuration names the folder. */
  readonly root?: string;
}

/** `named`: the setting `playbooks`. Without it: the nearest folder `playbooks`, else one in the working folder. */
export function playbookPlace(cwd: string, named: string | undefined): PlaybookPlace {
  if (named !== undefined) return { folder: resolve(cwd, named) };
  const folders = projectFolders(cwd);
  const nearest = folders.find((folder) => lookAt(join(folder, FOLDER)) !== undefined) ?? cwd;
  return { folder: resolve(nearest, FOLDER), root: folders.at(-1) ?? cwd };
}

export interface PlaybookFile {
  readonly name: string;
  readonly file: string;
}

/** The files whose names are names of playbooks, in alphabetical order. A name may stand twice. */
export function playbookFiles({ folder }: PlaybookPlace): readonly PlaybookFile[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((file) => ENDINGS.includes(extname(file)) && playbookNameFault(nameIn(file)) === undefined)
    .sort()
    .map((file) => ({ name: nameIn(file), file: join(folder, file) }));
}

const nameIn = (file: string): string => basename(file, extname(file));

/** The file of a playbook. Throws PLAYBOOK_NAME, PLAYBOOK_UNKNOWN, PLAYBOOK_FILE. */
export function playbookFile(place: PlaybookPlace, name: string): string {
  soundName(name);
  const all = playbookFiles(place);
  const [found, other] = all.filter((one) => one.name === name);
  if (found === undefined) {
    const near = nearestNames(name, [...new Set(all.map((one) => one.name))], 1);
    throw new PlanloomError("PLAYBOOK_UNKNOWN", { name, folder: place.folder, near });
  }
  if (other !== undefined) throw fault(found.file, "twice");
  return found.file;
}

/** Throws PLAYBOOK_NAME. */
export function soundName(given: string): void {
  const wrong = typeof given === "string" ? playbookNameFault(given) : "form";
  if (wrong !== undefined)
    throw new PlanloomError("PLAYBOOK_NAME", { given: String(given).slice(0, 80), fault: wrong });
}

const fault = (file: string, problem: PlaybookFileFault, reason?: string): PlanloomError =>
  new PlanloomError("PLAYBOOK_FILE", { file, problem, ...(reason !== undefined && { reason }) });

/** The text of a playbook. Throws PLAYBOOK_FILE. */
export function playbookText(place: PlaybookPlace, file: string): string {
  checkFolder(place);
  if (!existsSync(file) || !isInside(file, place.folder)) throw fault(file, "link");
  const wrong = ownershipFault(file);
  if (wrong !== undefined) throw fault(file, wrong);
  const found = statSync(file);
  if (!found.isFile()) throw fault(file, "no-file");
  if (found.size > LIMITS.planBytes) throw fault(file, "too-large");
  try {
    const decoded = decodedText(readFileSync(file), false);
    if (decoded.ok) return decoded.text;
  } catch (error) {
    throw fault(file, "unreadable", messageOf(error));
  }
  throw fault(file, "unreadable", "it is not in UTF-8");
}

/** The names of the playbooks with their goals. Files that cannot be used are left out. */
export function playbookGoals(place: PlaybookPlace): readonly { readonly name: string; readonly goal: string }[] {
  return playbookFiles(place)
    .slice(0, MOST_READ)
    .flatMap(({ name, file }) => {
      try {
        const read = readPlan(playbookText(place, file), { author: "person" });
        const goal = read.kind === "plan" && isObject(read.draft) ? read.draft["goal"] : undefined;
        return [{ name, goal: typeof goal === "string" ? goal : "" }];
      } catch {
        return [];
      }
    });
}

/** A choice of a strategy reads no more files than this. */
const MOST_READ = 200;

/** A folder of another user, or a link out of the project, holds no playbooks of this one. Throws PLAYBOOK_FILE. */
function checkFolder({ folder, root }: PlaybookPlace): void {
  if (root !== undefined && !isInside(folder, root)) throw fault(folder, "folder");
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found !== undefined && !isOwn(found.uid)) throw fault(folder, "owner");
}

/** Writes a playbook as a whole. Returns undefined if one with this name is there and `replace` is not set. */
export function writePlaybook(place: PlaybookPlace, name: string, text: string, replace: boolean): string | undefined {
  const before = playbookFiles(place).filter((one) => one.name === name);
  if (before.length > 1) throw fault(before[0]!.file, "twice");
  const [same] = before;
  if (same !== undefined && !replace) return undefined;
  const file = same !== undefined && extname(same.file) !== ".json" ? same.file : join(place.folder, `${name}.yaml`);
  checkFolder(place);
  if (same !== undefined && same.file !== file) throw fault(same.file, "twice");
  try {
    mkdirSync(place.folder, { recursive: true });
    return writeWholeFile(file, text, { replace }) ? file : undefined;
  } catch (cause) {
    throw new PlanloomError("FILE_UNWRITABLE", { file, reason: messageOf(cause) }, { cause });
  }
}

/** The folder with every link resolved: the name of the folder in the list of standing approvals. */
export const realFolder = ({ folder }: PlaybookPlace): string => realPath(folder);
