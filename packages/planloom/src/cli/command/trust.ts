// `planloom trust`: the folders whose configuration counts as the user's own. In: a folder. Out: a changed list, or the
// list. Separate because it reads no configuration.
import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ownershipFault } from "../../files/ownership.js";
import { readTrust, trustFolder, untrustFolder } from "../../files/trusted-folders.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { setupNoteText } from "../../words/setup-notes.js";
import { usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { configIn } from "../found-config.js";
import { print, say } from "../output.js";
import { oneLine } from "../style.js";
import { cliSurface } from "../surface.js";

interface TrustFlags {
  readonly list?: boolean;
  readonly remove?: boolean;
}

/** Without a folder: that of the configuration that was found here, else the working folder. */
export async function trustCommand(given: string | undefined, { list, remove }: TrustFlags): Promise<number> {
  if (list === true && (remove === true || given !== undefined))
    throw usageError("--list takes no folder and no other flag.", "Give it alone.");
  if (list === true) return listFolders();
  const cwd = process.cwd();
  const folder = given === undefined ? folderHere(cwd) : resolve(cwd, given);
  return remove === true ? removeFolder(folder) : addFolder(folder);
}

function folderHere(cwd: string): string {
  const file = configIn(cwd);
  return file === undefined ? cwd : dirname(file);
}

function listFolders(): number {
  const { folders, named, notes } = readTrust();
  for (const note of notes) say(`note: ${oneLine(setupNoteText(note, cliSurface), 2_000)}`);
  for (const { path, since } of folders) print(`${oneLine(path, 2_000)}  since ${oneLine(since)}`);
  for (const path of named) print(`${oneLine(path, 2_000)}  by PLANLOOM_TRUST`);
  if (folders.length + named.length === 0) say("You trust no folder.");
  return EXIT.done;
}

/** Throws BAD_FOLDER, TRUST_LIST_FAILED. */
function addFolder(folder: string): number {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true)
    throw new PlanloomError("BAD_FOLDER", { problem: found === undefined ? "missing" : "not-a-folder", folder });
  const { path } = trustFolder(folder, new Date().toISOString());
  say(`You trust ${oneLine(path, 2_000)} now. A configuration in it counts as your own, and its code runs.`);
  say("Folders below it are not trusted by this.");
  const fault = ownershipFault(path);
  if (fault !== undefined)
    say(
      `note: ${fault === "owner" ? "The folder belongs to another user" : "Other users can write to it"}, who can change what runs.`,
    );
  return EXIT.done;
}

function removeFolder(folder: string): number {
  const was = untrustFolder(folder);
  say(was ? `You do not trust ${oneLine(folder, 2_000)} any more.` : `${oneLine(folder, 2_000)} was not in the list.`);
  return EXIT.done;
}
