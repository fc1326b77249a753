// Files that only this user may read, and files that others could have changed.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { ownershipFault } from "../../src/files/ownership.js";
import {
  makePrivate,
  makePrivateFile,
  makePrivateFolder,
  replacePrivateFile,
  writeNamedFile,
  writePrivateFile,
} from "../../src/files/private.js";
import { giveAway, hasModes, isRoot, modeOf, newFolder, put, STRANGER } from "./places.js";

/** A child process cannot import TypeScript. */
const PRIVATE = new URL("../../dist/files/private.js", import.meta.url).href;

describe.runIf(hasModes)("under any umask", () => {
  let before = 0;
  afterEach(() => void process.umask(before));

  describe.each([0o000, 0o022, 0o277])("umask %o", (mask) => {
    beforeEach(() => void (before = process.umask(mask)));

    test("folders and files are for this user alone", async () => {
      const top = newFolder();
      const folder = join(top, "a", "b");
      makePrivateFolder(folder);
      makePrivateFile(join(folder, "made"));
      replacePrivateFile(join(folder, "replaced"), "text");
      await writePrivateFile(join(folder, "written"), "text");
      expect([join(top, "a"), folder].map(modeOf)).toEqual(["700", "700"]);
      expect(["made", "replaced", "written"].map((name) => modeOf(join(folder, name)))).toEqual(["600", "600", "600"]);
    });
  });
});

describe.runIf(hasModes)("what is there already", () => {
  test("loses the rights of others and keeps those of its owner", () => {
    const file = put(join(newFolder(), "file"));
    chmodSync(file, 0o644);
    expect([makePrivate(file), makePrivate(file)]).toEqual([true, false]);
    expect(modeOf(file)).toBe("600");
    chmodSync(file, 0o444);
    expect(makePrivate(file)).toBe(true);
    expect(modeOf(file)).toBe("400");
    expect(makePrivate(join(file, "missing"))).toBe(false);
  });

  test("keeps its mode as a folder that is not ours to change", () => {
    const folder = newFolder();
    chmodSync(folder, 0o755);
    makePrivateFolder(folder);
    expect(modeOf(folder)).toBe("755");
  });

  test("becomes private when it is written again, and nothing of it stays", async () => {
    const file = put(join(newFolder(), "file"), "a longer text than the next");
    chmodSync(file, 0o666);
    await writePrivateFile(file, "short");
    expect([readFileSync(file, "utf8"), modeOf(file)]).toEqual(["short", "600"]);
  });

  test("is not followed if it is a link", async () => {
    const folder = newFolder();
    const outside = put(join(newFolder(), "outside"), "kept");
    chmodSync(outside, 0o644);
    for (const [name, target] of [
      ["link", outside],
      ["dangling", join(folder, "none")],
    ] as const) {
      symlinkSync(target, join(folder, name));
      await expect(writePrivateFile(join(folder, name), "text")).rejects.toMatchObject({ because: "link" });
      await expect(writeNamedFile(join(folder, name), "text")).rejects.toMatchObject({ because: "link" });
      expect(makePrivate(join(folder, name))).toBe(false);
    }
    replacePrivateFile(join(folder, "link"), "text");
    expect([readFileSync(outside, "utf8"), modeOf(outside)]).toEqual(["kept", "644"]);
    expect(readFileSync(join(folder, "link"), "utf8")).toBe("text");
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  test("is written as it is if it is a device or the output of this process", async () => {
    await writePrivateFile("/dev/null", "text");
    await writeNamedFile("/dev/null", "text");
    expect(modeOf("/dev/null")).toBe("666");
    const folder = newFolder();
    const script = `const { writePrivateFile } = await import(${JSON.stringify(PRIVATE)}); await writePrivateFile("/dev/stdout", "text");`;
    const into = openSync(join(folder, "out"), "w");
    spawnSync(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", into, "inherit"] });
    closeSync(into);
    expect(readFileSync(join(folder, "out"), "utf8")).toBe("text");
  });

  test.runIf(existsSync("/dev/shm"))("is not followed if it is a link in a folder of /dev", async () => {
    const outside = put(join(newFolder(), "outside"), "kept");
    const link = join("/dev/shm", `planloom-${process.pid}`);
    symlinkSync(outside, link);
    onTestFinished(() => rmSync(link));
    await expect(writePrivateFile(link, "text")).rejects.toMatchObject({ because: "link" });
    expect(readFileSync(outside, "utf8")).toBe("kept");
  });

  test("keeps its mode as a file that others may read", async () => {
    const file = put(join(newFolder(), "file"), "a longer text than the next");
    chmodSync(file, 0o640);
    await writeNamedFile(file, "short");
    expect([readFileSync(file, "utf8"), modeOf(file)]).toEqual(["short", "640"]);
  });

  test.runIf(isRoot)("is not written if it belongs to another user", async () => {
    const file = put(join(newFolder(), "file"), "kept");
    chownSync(file, STRANGER, STRANGER);
    await expect(writePrivateFile(file, "text")).rejects.toMatchObject({ because: "owner" });
    expect(readFileSync(file, "utf8")).toBe("kept");
  });
});

describe.runIf(hasModes)("a place that others could have changed", () => {
  test.each([
    [0o600, undefined],
    [0o644, undefined],
    [0o664, undefined],
    [0o646, "writable"],
  ] as const)("a file of mode %o: %s", (mode, fault) => {
    const file = put(join(newFolder(), "file"));
    chmodSync(file, mode);
    expect(ownershipFault(file)).toBe(fault);
  });

  test.each([
    [0o755, undefined],
    [0o777, "writable"],
    [0o1777, undefined],
  ] as const)("a folder of mode %o: %s", (mode, fault) => {
    const folder = join(newFolder(), "folder");
    mkdirSync(folder);
    chmodSync(folder, mode);
    expect(ownershipFault(folder)).toBe(fault);
  });

  test.runIf(isRoot)("a file and a folder that a group may write to, which is not the user's own", () => {
    const folder = newFolder();
    const file = put(join(folder, "file"));
    for (const path of [file, folder]) {
      chmodSync(path, 0o775);
      expect(ownershipFault(path)).toBe(undefined);
      chownSync(path, 0, STRANGER);
      expect(ownershipFault(path)).toBe("writable");
      chmodSync(path, 0o755);
      expect(ownershipFault(path)).toBe(undefined);
    }
  });

  test.runIf(isRoot)("a file and a folder of another user", () => {
    const folder = newFolder();
    const file = put(join(folder, "file"));
    chmodSync(file, 0o600);
    giveAway(folder, file);
    expect([ownershipFault(file), ownershipFault(folder)]).toEqual(["owner", "owner"]);
    chmodSync(file, 0o644);
    expect(makePrivate(file)).toBe(false);
  });
});

test("a file is replaced as a whole, and a failure leaves no part of it", () => {
  const folder = newFolder();
  const file = join(folder, "file");
  replacePrivateFile(file, "one");
  replacePrivateFile(file, "two");
  expect(readFileSync(file, "utf8")).toBe("two");
  mkdirSync(join(folder, "taken"));
  writeFileSync(join(folder, "taken", "inside"), "");
  expect(() => replacePrivateFile(join(folder, "taken"), "text")).toThrow();
  expect(existsSync(join(folder, "taken", "inside"))).toBe(true);
});
