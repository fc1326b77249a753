// Whether other users of this machine can change a file or folder. In: a path. Out: the fault, or undefined.
// On Windows nothing is checked: owners and modes do not say this there.
import { lstatSync, statSync, type Stats } from "node:fs";
import { userInfo } from "node:os";

/** owner: it belongs to neither this user nor root. writable: others may write to it. */
export type OwnershipFault = "owner" | "writable";

/**
 * A folder with the sticky bit may be writable by others: they cannot replace files of this user in it. The user's own
 * primary group may write. Throws the system's error if the path does not exist.
 */
export function ownershipFault(path: string): OwnershipFault | undefined {
  const found = statSync(path);
  if (!isOwn(found.uid)) return "owner";
  if (process.geteuid === undefined || (found.isDirectory() && (found.mode & 0o1000) !== 0)) return undefined;
  if ((found.mode & 0o002) !== 0) return "writable";
  return (found.mode & 0o020) !== 0 && found.gid !== primaryGroup() ? "writable" : undefined;
}

/** What is at a path. A link is not followed. undefined if nothing can be reached there. */
export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

/** Whether the owner is this user or root. */
export function isOwn(uid: number): boolean {
  const me = process.geteuid?.();
  return me === undefined || uid === me || uid === 0;
}

function primaryGroup(): number | undefined {
  try {
    return userInfo().gid;
  } catch {
    // A user without an entry in the system's list, as in some containers.
    return process.getegid?.();
  }
}
