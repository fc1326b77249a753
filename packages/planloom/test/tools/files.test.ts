// The file tools on real folders: what they read and write, and that nothing outside the roots can be reached.
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, truncate, writeFile, chmod } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../../src/plan/json.js";
import { fileTools } from "../../src/tools/builtin/files.js";
import type { Tool } from "../../src/tools/tool.js";
import { called, errorOf } from "./tool-context.js";

let base: string;
let root: string;
let tools: ReadonlyMap<string, Tool>;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "planloom-files-"));
  root = join(base, "root");
  await mkdir(join(root, "notes", "deep"), { recursive: true });
  await mkdir(join(base, "outside"));
  await writeFile(join(base, "outside", "secret.txt"), "secret");
  await writeFile(join(root, "a.md"), "# A\nñ");
  await writeFile(join(root, "notes", "b.txt"), "b");
  await writeFile(join(root, "notes", "deep", "c.md"), "c");
  tools = toolsOf({ roots: [root], write: true });
});
afterEach(() => rm(base, { recursive: true, force: true }));

function toolsOf(options: Parameters<typeof fileTools>[0]): ReadonlyMap<string, Tool> {
  return new Map(fileTools(options).map((tool) => [tool.spec.name, tool]));
}
const call = (name: string, args: { readonly [name: string]: Json }) => called(tools.get(name)!, args);
const read = (path: string) => call("read_file", { path });
const write = (path: string, text: string) => call("write_file", { path, text });

describe("read_file", () => {
  it("gives the text and the path relative to the root", async () => {
    expect(await read("a.md")).toEqual({ path: "a.md", text: "# A\nñ", from: 1, to: 2, of: 2, unit: "lines" });
    expect(await read("./notes//deep/c.md")).toMatchObject({ path: "notes/deep/c.md", text: "c" });
    expect(tools.get("read_file")!.spec).toMatchObject({ effects: "none" });
  });

  it.each([
    "../outside/secret.txt",
    "notes/../../outside/secret.txt",
    "notes/../a.md",
    "..",
    "/etc/passwd",
    "C:\\x",
    "\\x",
    "a.md\0.txt",
  ])("refuses %j", async (path) => {
    expect(await errorOf(read(path))).toMatchObject({ code: "FILE_OUTSIDE", retryable: false });
  });

  it("refuses links that lead outside, at every place of the path", async () => {
    await symlink(join(base, "outside"), join(root, "door"));
    await symlink(join(base, "outside", "secret.txt"), join(root, "window.txt"));
    await symlink("../outside/secret.txt", join(root, "relative.txt"));
    await symlink(join(root, "door"), join(root, "twice"));
    for (const path of ["door/secret.txt", "window.txt", "relative.txt", "twice/secret.txt"]) {
      const error = await errorOf(read(path));
      expect(error.code).toBe("FILE_OUTSIDE");
      expect(error.message).not.toContain(base);
    }
  });

  it("is not fooled by a folder whose name begins like the root", async () => {
    await mkdir(join(base, "root-2"));
    await writeFile(join(base, "root-2", "x.txt"), "x");
    await symlink(join(base, "root-2"), join(root, "near"));
    expect((await errorOf(read("near/x.txt"))).code).toBe("FILE_OUTSIDE");
  });

  it("follows links that stay inside", async () => {
    await symlink(join(root, "notes"), join(root, "same"));
    expect(await read("same/b.txt")).toMatchObject({ path: "same/b.txt", text: "b" });
  });

  it("says what is wrong with what it cannot read", async () => {
    await writeFile(join(root, "nul.txt"), "a\0b");
    await writeFile(join(root, "latin.txt"), Buffer.from([0x61, 0xe9, 0x62]));
    await writeFile(join(root, "large.txt"), "");
    await truncate(join(root, "large.txt"), 4 * 1024 * 1024 + 1);
    await symlink(join(root, "loop"), join(root, "loop"));
    expect((await errorOf(read("nul.txt"))).code).toBe("FILE_BINARY");
    expect((await errorOf(read("latin.txt"))).code).toBe("FILE_BINARY");
    expect((await errorOf(read("large.txt"))).code).toBe("FILE_TOO_LARGE");
    expect((await errorOf(read("loop"))).code).toBe("FILE_OUTSIDE");
    expect((await errorOf(read("notes"))).code).toBe("FILE_NOT_A_FILE");
    expect((await errorOf(read("a.md/b"))).code).toBe("FILE_NOT_A_FILE");
    expect((await errorOf(read("x".repeat(300)))).code).toBe("FILE_NAME");
    const missing = await errorOf(read("notes/none.txt"));
    expect(missing).toMatchObject({ code: "FILE_NOT_FOUND", retryable: false });
    expect(missing.message).not.toContain(base);
  });

  it.skipIf(process.platform === "win32")("does not wait at a pipe", async () => {
    execFileSync("mkfifo", [join(root, "pipe")]);
    expect((await errorOf(read("pipe"))).code).toBe("FILE_NOT_A_FILE");
  });

  it("gives back the reason of an abort", async () => {
    const reason = new Error("cancelled");
    await expect(called(tools.get("read_file")!, { path: "a.md" }, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe("write_file", () => {
  it("writes, overwrites and makes folders", async () => {
    expect(await write("new/deep/d.txt", "ñ")).toEqual({ path: "new/deep/d.txt", bytes: 2 });
    expect(await readFile(join(root, "new/deep/d.txt"), "utf8")).toBe("ñ");
    expect(await write("a.md", "")).toEqual({ path: "a.md", bytes: 0 });
    expect(await read("a.md")).toMatchObject({ path: "a.md", text: "" });
    expect(tools.get("write_file")).toMatchObject({ spec: { effects: "idempotent", content: ["text"] } });
  });

  it("leaves nothing beside the file, and keeps its permissions", async () => {
    await chmod(join(root, "a.md"), 0o640);
    await write("a.md", "x");
    expect((await stat(join(root, "a.md"))).mode & 0o777).toBe(0o640);
    expect((await readdir(root)).sort()).toEqual(["a.md", "notes"]);
  });

  it("of one file at once from several steps: whole texts, and no folder is in the way", async () => {
    const texts = Array.from({ length: 20 }, (_, n) => String(n).repeat(10_000));
    await Promise.all(texts.map((text) => write("x/y/z.txt", text)));
    expect(texts).toContain(await readFile(join(root, "x/y/z.txt"), "utf8"));
    expect(await readdir(join(root, "x/y"))).toEqual(["z.txt"]);
  });

  it.each(["../new.txt", "notes/../../new.txt", "/new.txt", "new\0.txt"])("refuses %j", async (path) => {
    expect((await errorOf(write(path, "x"))).code).toBe("FILE_OUTSIDE");
  });

  it("refuses links that lead outside, also for files and folders that are not there yet", async () => {
    await symlink(join(base, "outside"), join(root, "door"));
    await symlink(join(base, "outside", "secret.txt"), join(root, "window.txt"));
    await symlink(join(base, "outside", "new.txt"), join(root, "dangling.txt"));
    await symlink(join(base, "outside", "new"), join(root, "nowhere"));
    for (const path of [
      "door/new.txt",
      "door/new/x.txt",
      "door/secret.txt",
      "window.txt",
      "dangling.txt",
      "nowhere/x.txt",
    ]) {
      expect((await errorOf(write(path, "x"))).code).toBe("FILE_OUTSIDE");
    }
    expect(await readdir(join(base, "outside"))).toEqual(["secret.txt"]);
    expect(await readFile(join(base, "outside", "secret.txt"), "utf8")).toBe("secret");
  });

  it("writes through a link that stays inside", async () => {
    await symlink(join(root, "a.md"), join(root, "alias.md"));
    await write("alias.md", "new");
    expect(await readFile(join(root, "a.md"), "utf8")).toBe("new");
  });

  it("refuses folders, files as folders, and too much text", async () => {
    for (const path of ["notes", "notes/", ".", "", "a.md/b.txt"]) {
      expect((await errorOf(write(path, "x"))).code).toBe("FILE_NOT_A_FILE");
    }
    expect((await errorOf(write("big.txt", "x".repeat(4 * 1024 * 1024 + 1)))).code).toBe("FILE_TOO_LARGE");
    expect((await errorOf(write("half.txt", "a\ud800b"))).code).toBe("FILE_HALF");
    expect((await readdir(root)).sort()).toEqual(["a.md", "notes"]);
  });

  it("is offered only where it is asked for", () => {
    expect([...toolsOf({ roots: [root] }).keys()]).toEqual(["read_file", "list_files"]);
    expect([...tools.keys()]).toEqual(["read_file", "list_files", "write_file", "edit_file"]);
  });
});

describe("list_files", () => {
  const list = (path: string, glob?: string) => call("list_files", glob === undefined ? { path } : { path, glob });

  it("lists files with sizes, in order, below the path", async () => {
    expect(await list(".")).toEqual([
      { path: "a.md", bytes: 6 },
      { path: "notes/b.txt", bytes: 1 },
      { path: "notes/deep/c.md", bytes: 1 },
    ]);
    expect(await list("notes", "*")).toEqual([{ path: "notes/b.txt", bytes: 1 }]);
    expect(await list("notes", "**/*.md")).toEqual([{ path: "notes/deep/c.md", bytes: 1 }]);
    expect(await list(".", "*.pdf")).toEqual([]);
    expect(await list(".", "**/{b,c}.{t{x,}t,md}")).toMatchObject([
      { path: "notes/b.txt" },
      { path: "notes/deep/c.md" },
    ]);
  });

  it("leaves out hidden files and links", async () => {
    await writeFile(join(root, ".env"), "x");
    await symlink(join(base, "outside"), join(root, "door"));
    await symlink(join(root, "notes"), join(root, "same"));
    expect(((await list(".")) as { path: string }[]).map(({ path }) => path)).toEqual([
      "a.md",
      "notes/b.txt",
      "notes/deep/c.md",
    ]);
    expect((await errorOf(list("door"))).code).toBe("FILE_OUTSIDE");
  });

  it("refuses files, broken braces and what is not there", async () => {
    expect((await errorOf(list("a.md"))).code).toBe("FILE_NOT_A_FOLDER");
    expect((await errorOf(list("none"))).code).toBe("FILE_NOT_FOUND");
    for (const glob of ["*.{md,txt", "*}", "{a,b,c,d,e,f,g,h,i,j,k}{0,1,2,3,4,5,6,7,8,9}"])
      expect((await errorOf(list(".", glob))).code).toBe("FILE_GLOB");
    expect((await errorOf(list("../outside"))).code).toBe("FILE_OUTSIDE");
  });
});

describe("several roots", () => {
  it("are told apart by their names", async () => {
    tools = toolsOf({ roots: [root, join(base, "outside")], write: true });
    expect(await call("list_files", { path: ".", glob: "outside/*" })).toEqual([
      { path: "outside/secret.txt", bytes: 6 },
    ]);
    expect(await call("list_files", { path: "root/notes", glob: "*" })).toEqual([
      { path: "root/notes/b.txt", bytes: 1 },
    ]);
    expect(await read("outside/secret.txt")).toMatchObject({ path: "outside/secret.txt", text: "secret" });
    expect(await write("outside/new.txt", "x")).toEqual({ path: "outside/new.txt", bytes: 1 });
    expect((await errorOf(read("a.md"))).message).toMatch(/begins with none of root, outside/);
    expect((await errorOf(write("new.txt", "x"))).code).toBe("FILE_OUTSIDE");
    expect((await errorOf(read("."))).code).toBe("FILE_NOT_A_FILE");
  });

  it("that cannot be used are refused at once", async () => {
    await mkdir(join(base, "other", "root"), { recursive: true });
    for (const roots of [[], [join(base, "none")], [join(root, "a.md")], [root, join(base, "other", "root")]]) {
      expect(() => fileTools({ roots })).toThrow(
        expect.objectContaining({ code: "BAD_FOLDER", kind: "config" }) as Error,
      );
    }
  });
});
