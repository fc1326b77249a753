// The files of a store: private under any umask, no links, no other owners; and which store is found.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createLoom } from "../../src/index.js";
import { findStore, storePath } from "../../src/store/locate.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { tightenStore } from "../../src/store/store-file.js";
import { giveAway, hasModes, isRoot, modeOf, newFolder, put } from "../files/places.js";

const made = (folder: string): string => join(folder, ".planloom", "planloom.db");

describe.runIf(hasModes)("the modes of a store", () => {
  let before = process.umask();
  afterEach(() => void process.umask(before));

  test.each([0o000, 0o022, 0o077])("are private under the umask %i, in every file of an open store", async (mask) => {
    before = process.umask(mask);
    const folder = newFolder();
    const store = await openSqliteStore({ path: made(folder) });
    await store.claim("r", 0, "me", 0);
    const files = readdirSync(join(folder, ".planloom"));
    expect(files.sort()).toEqual(["planloom.db", "planloom.db-shm", "planloom.db-wal"]);
    expect(files.map((name) => modeOf(join(folder, ".planloom", name)))).toEqual(["600", "600", "600"]);
    expect(modeOf(join(folder, ".planloom"))).toBe("700");
    await store.close();
  });

  test("become private when an older store is opened; a folder that holds other files keeps its mode", async () => {
    const folder = newFolder();
    chmodSync(folder, 0o755);
    for (const path of [made(folder), join(folder, "runs.db")]) {
      await (await openSqliteStore({ path })).close();
      chmodSync(path, 0o644);
    }
    chmodSync(join(folder, ".planloom"), 0o755);
    await (await openSqliteStore({ path: made(folder) })).close();
    await (await openSqliteStore({ path: join(folder, "runs.db") })).close();
    expect([made(folder), join(folder, "runs.db")].map(modeOf)).toEqual(["600", "600"]);
    expect([join(folder, ".planloom"), folder].map(modeOf)).toEqual(["700", "755"]);
    expect(tightenStore(made(folder))).toBe(false);
  });

  test("are private in the library too", async () => {
    const folder = newFolder();
    const loom = await createLoom({}, { cwd: folder, env: {} });
    await loom.close();
    expect([join(folder, ".planloom"), made(folder)].map(modeOf)).toEqual(["700", "600"]);
  });
});

describe("a link", () => {
  test.each(["", "-wal", "-shm"])(
    "in the place of planloom.db%s is not followed, wherever it leads",
    async (ending) => {
      const [folder, outside] = [newFolder(), newFolder()];
      mkdirSync(join(folder, ".planloom"));
      symlinkSync(join(outside, "new"), `${made(folder)}${ending}`);
      await expect(openSqliteStore({ path: made(folder) })).rejects.toMatchObject({
        code: "STORE_FAILED",
        params: { problem: "link", of: `${made(folder)}${ending}` },
      });
      expect(readdirSync(outside)).toEqual([]);
    },
  );

  test("in the place of .planloom may lead to a place in the same folder only", async () => {
    const [folder, outside] = [newFolder(), newFolder()];
    mkdirSync(join(folder, "data"));
    symlinkSync(join(folder, "data"), join(folder, ".planloom"));
    expect(storePath(folder, {})).toBe(made(folder));
    for (const target of [outside, join(outside, "missing")]) {
      const other = newFolder();
      symlinkSync(target, join(other, ".planloom"));
      expect(() => storePath(other, {})).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
      await expect(createLoom({}, { cwd: other, env: {} })).rejects.toMatchObject({ params: { problem: "link" } });
    }
    expect(readdirSync(outside)).toEqual([]);
  });

  test("further up is left out, and a note says so", () => {
    const [top, outside] = [newFolder(), newFolder()];
    const cwd = join(top, "below");
    mkdirSync(join(top, ".git"));
    mkdirSync(join(top, ".planloom"));
    mkdirSync(cwd);
    symlinkSync(put(join(outside, "their.db")), made(top));
    expect(findStore(cwd)).toEqual({
      path: made(cwd),
      notes: [{ note: "store-not-used", path: made(top), why: "link", of: made(top) }],
    });
  });
});

test.runIf(hasModes)("a pipe in the place of a file is refused, and not waited for", async () => {
  for (const ending of ["", "-wal"]) {
    const folder = newFolder();
    mkdirSync(join(folder, ".planloom"));
    spawnSync("mkfifo", [`${made(folder)}${ending}`]);
    await expect(openSqliteStore({ path: made(folder) })).rejects.toMatchObject({ params: { problem: "no-file" } });
  }
});

test("a file in the place of the folder is refused", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, ".planloom"), "");
  await expect(openSqliteStore({ path: storePath(folder, {}) })).rejects.toMatchObject({ code: "STORE_FAILED" });
});

describe.runIf(isRoot)("a store of another user", () => {
  async function theirs() {
    const top = newFolder();
    mkdirSync(join(top, ".git"));
    await (await openSqliteStore({ path: made(top) })).close();
    return top;
  }

  test.each([
    ["the folder", (top: string) => giveAway(join(top, ".planloom"))],
    ["the file", (top: string) => giveAway(made(top))],
    ["the log", (top: string) => giveAway(put(`${made(top)}-wal`))],
  ])("is left out further up if %s is theirs, and refused in the working folder", async (_what, give) => {
    const top = await theirs();
    const cwd = join(top, "mine");
    mkdirSync(cwd);
    give(top);
    const found = findStore(cwd);
    expect([found.path, found.notes]).toEqual([made(cwd), [expect.objectContaining({ why: "owner" })]]);
    expect(() => findStore(top)).toThrow(
      expect.objectContaining({
        code: "STORE_FAILED",
        params: expect.objectContaining({ problem: "owner" }) as object,
      }),
    );
    expect(existsSync(join(cwd, ".planloom"))).toBe(false);
  });

  test("can be named by root", async () => {
    const top = await theirs();
    giveAway(join(top, ".planloom"), made(top));
    await (await openSqliteStore({ path: made(top) })).close();
  });

  test("cannot be named by anyone else", () => {
    const folder = newFolder();
    chmodSync(folder, 0o777);
    const path = put(join(folder, "runs.db"));
    chmodSync(path, 0o666);
    const { href } = new URL("../../dist/store/store-file.js", import.meta.url);
    // The program is read as the owner of the checkout: nobody else may be allowed to.
    const program = `const { checkStoreFile } = await import(${JSON.stringify(href)});
      process.setegid(65534); process.seteuid(65534);
      try { checkStoreFile(${JSON.stringify(path)}); console.log("accepted") } catch (error) { console.log(error.code, error.params.problem) }`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    // Files of root are accepted: root can do everything in any case.
    expect(stdout).toBe("accepted\n");
    giveAway(path);
    const other = program.replaceAll("65534", "65533");
    const ended = spawnSync(process.execPath, ["--input-type=module", "-e", other], { encoding: "utf8" });
    expect(ended.stdout).toBe("STORE_FAILED owner\n");
  });
});
