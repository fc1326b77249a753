// What tests of files share: folders, modes, and other owners. In: nothing. Out: a folder that goes when the test ends.
import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

export function newFolder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "planloom-files-")));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Writes a file, with the folders above it. */
export function put(path: string, text = ""): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** The mode as people write it: 600. */
export const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

export const hasModes = process.platform !== "win32";

/** Only root can give a file to another user. */
export const isRoot = process.geteuid?.() === 0;

/** A user who is neither root nor this one. */
export const STRANGER = 65_534;

export const giveAway = (...paths: readonly string[]): void =>
  paths.forEach((path) => chownSync(path, STRANGER, STRANGER));
