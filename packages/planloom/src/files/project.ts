// The project around a folder. In: a folder. Out: the folders in which configuration and store are looked for. The
// search stops at the project's root, so that nothing above the project counts.
import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/**
 * The folder and those above it up to the project's root, the nearest first. The root is the nearest folder with
 * `.git`; else the outermost folder with a package.json below the home folder; else the folder itself.
 */
export function projectFolders(folder: string, home: string = homedir()): readonly string[] {
  const above = foldersAbove(resolve(folder));
  const repository = above.findIndex((one) => existsSync(join(one, ".git")));
  if (repository >= 0) return above.slice(0, repository + 1);
  const homes = [home, realPath(home)];
  const belowHome = above.slice(
    0,
    Math.max(
      0,
      above.findIndex((one) => homes.includes(one)),
    ),
  );
  const outermost = belowHome.findLastIndex((one) => existsSync(join(one, "package.json")));
  return above.slice(0, Math.max(0, outermost) + 1);
}

function foldersAbove(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}

/** The path with every link resolved. The end of the path may be missing. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), path.slice(parent.length).replace(/^[/\\]+/, ""));
  }
}

/** Whether a path is the folder or lies in it, with every link resolved. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(realPath(folder), realPath(path));
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
