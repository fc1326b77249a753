// Where configuration and store are looked for: from a folder up to the root of its project.
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isInside, projectFolders, realPath } from "../../src/files/project.js";
import { newFolder, put } from "./places.js";

function tree() {
  const home = newFolder();
  const app = join(home, "work", "app");
  const deep = join(app, "packages", "one", "src");
  mkdirSync(deep, { recursive: true });
  return { home, app, deep };
}

describe("the folders of a project", () => {
  test("end at the nearest .git, which may be a file", () => {
    const { home, app, deep } = tree();
    put(join(home, "package.json"));
    put(join(home, "work", ".git"), "gitdir: elsewhere");
    mkdirSync(join(app, ".git"));
    expect(projectFolders(deep, home)).toEqual([deep, join(app, "packages", "one"), join(app, "packages"), app]);
    expect(projectFolders(app, home)).toEqual([app]);
    expect(projectFolders(join(home, "work"), home)).toEqual([join(home, "work")]);
  });

  test("end at the outermost package.json below the home folder if there is no .git", () => {
    const { home, app, deep } = tree();
    put(join(home, "package.json"));
    put(join(app, "package.json"));
    put(join(app, "packages", "one", "package.json"));
    expect(projectFolders(deep, home).at(-1)).toBe(app);
    expect(projectFolders(join(home, "work"), home)).toEqual([join(home, "work")]);
  });

  test("are the folder alone if nothing marks a root, at home, and outside of the home folder", () => {
    const { home, app, deep } = tree();
    expect(projectFolders(deep, home)).toEqual([deep]);
    expect(projectFolders(home, home)).toEqual([home]);
    put(join(app, "package.json"));
    expect(projectFolders(deep, newFolder())).toEqual([deep]);
  });

  test("are found where the home folder is a link", () => {
    const { home, app, deep } = tree();
    put(join(app, "package.json"));
    const link = join(newFolder(), "home");
    symlinkSync(home, link);
    expect(projectFolders(deep, link).at(-1)).toBe(app);
  });
});

describe("a path", () => {
  test("is inside of a folder by its real path, whether or not it exists", () => {
    const { home, app } = tree();
    symlinkSync(home, join(app, "out"));
    symlinkSync(join(app, "packages"), join(app, "in"));
    expect(isInside(app, app)).toBe(true);
    expect(isInside(join(app, "new", "file"), app)).toBe(true);
    expect(isInside(join(app, "in", "file"), app)).toBe(true);
    expect(isInside(join(app, "..dots"), app)).toBe(true);
    expect(isInside(join(app, "out", "file"), app)).toBe(false);
    expect(isInside(join(app, "..", "app2"), app)).toBe(false);
    expect(isInside(home, app)).toBe(false);
    expect(realPath(join(app, "out", "none", "file"))).toBe(join(home, "none", "file"));
  });
});
