// Tests of writing and editing files, and of what a person sees before: on real folders.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { Json, JsonObject } from "../../src/plan/json.js";
import { fileTools } from "../../src/tools/builtin/files.js";
import { withEdits } from "../../src/tools/text-edits.js";
import { writeText } from "../../src/tools/text-file.js";
import type { Tool } from "../../src/tools/tool.js";
import { called, contextOf, errorOf } from "./tool-context.js";

let base: string;
let tools: ReadonlyMap<string, Tool>;
const SOURCE = "export const a = 1;\nexport const b = 2;\nconsole.log(a, b);\n";

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "planloom-edit-"));
  await writeFile(join(base, "a.ts"), SOURCE);
  tools = new Map(fileTools({ roots: [base], write: true }).map((tool) => [tool.spec.name, tool]));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const edit = (edits: Json, path = "a.ts") => called(tools.get("edit_file")!, { path, edits });
const shown = (name: string, args: JsonObject) => tools.get(name)!.preview!(args, contextOf());
const text = (path = "a.ts") => readFile(join(base, path), "utf8");

describe("edit_file", () => {
  it("replaces exact texts, one edit after the other", async () => {
    expect(
      await edit([
        { old: "a = 1", new: "a = 10" },
        { old: "a = 10;\n", new: "a = 10;\nexport const c = 3;\n" },
        { old: "export ", new: "", all: true },
      ]),
    ).toEqual({ path: "a.ts", replaced: 5, bytes: 59 });
    expect(await text()).toBe("const a = 10;\nconst c = 3;\nconst b = 2;\nconsole.log(a, b);\n");
    expect(tools.get("edit_file")!.spec).toMatchObject({ effects: "once", content: ["edits"] });
  });

  it.each<[string, Json, string]>([
    [
      "that does not occur",
      [{ old: "const z", new: "" }],
      "Edit 1 of a.ts has a text (old) that does not occur. Nothing was written.",
    ],
    [
      "whose lines stand there otherwise",
      [{ old: "  export const b = 2;\n\nconsole", new: "" }],
      "does not occur. A part of it stands in line 2. Spaces and new lines must be the same.",
    ],
    [
      "that occurs often",
      [
        { old: "a = 1", new: "a = 3" },
        { old: "const", new: "let" },
      ],
      "Edit 2 of a.ts has a text (old) that occurs 2 times, first in lines 1, 2. Take more of the text around it, or set all to true.",
    ],
    ["that changes nothing", [{ old: "a", new: "a" }], "old and new are the same"],
    [
      "that makes the file too large",
      [{ old: "a = 1", new: "a".repeat(LIMITS.fileBytes) }],
      "would make the file too large",
    ],
  ])("writes nothing if there is an edit %s, and says where it could fit", async (_, edits, message) => {
    const error = await errorOf(edit(edits));
    expect(error).toMatchObject({ code: "FILE_EDIT", retryable: false });
    expect(error.message).toContain(message);
    expect(await text()).toBe(SOURCE);
    await expect(shown("edit_file", { path: "a.ts", edits })).rejects.toMatchObject({ code: "FILE_EDIT" });
  });

  it("keeps permissions, a byte order mark and other line ends; a link stays a link", async () => {
    await writeFile(join(base, "b.txt"), "\ufeffone\r\ntwo\r\n");
    await chmod(join(base, "b.txt"), 0o640);
    await symlink("b.txt", join(base, "link.txt"));
    expect((await errorOf(edit([{ old: "one\ntwo", new: "" }], "b.txt"))).message).toContain(
      "the lines of the file end in",
    );
    await edit([{ old: "one", new: "1" }], "link.txt");
    expect(await text("b.txt")).toBe("\ufeff1\r\ntwo\r\n");
    expect((await stat(join(base, "b.txt"))).mode & 0o777).toBe(0o640);
    expect((await readdir(base)).sort()).toEqual(["a.ts", "b.txt", "link.txt"]);
  });

  it("refuses what is no text file, and what the fence closes", async () => {
    await writeFile(join(base, "bin"), Buffer.from([0, 1, 2]));
    await writeFile(join(base, ".env"), "A=1");
    await symlink(".env", join(base, "plain.txt"));
    for (const [path, code] of [
      ["bin", "FILE_BINARY"],
      [".env", "FILE_CLOSED"],
      ["plain.txt", "FILE_CLOSED"],
      [".", "FILE_NOT_A_FILE"],
      ["none.ts", "FILE_NOT_FOUND"],
      ["../a.ts", "FILE_OUTSIDE"],
    ] as const) {
      expect((await errorOf(edit([{ old: "a", new: "b" }], path))).code).toBe(code);
    }
    expect((await errorOf(edit([]))).code).toBe("BAD_ARGUMENTS");
  });

  it("of one file by several steps at once loses no edit", async () => {
    const names = Array.from({ length: 20 }, (_, at) => `n${at}`);
    await writeFile(join(base, "list.txt"), names.map((name) => `${name};\n`).join(""));
    await Promise.all(names.map((name) => edit([{ old: `${name};`, new: `${name}!` }], "list.txt")));
    expect(await text("list.txt")).toBe(names.map((name) => `${name}!\n`).join(""));
  });

  it("does not overwrite what another program has written meanwhile", async () => {
    const real = join(base, "a.ts");
    await utimes(real, 1, 1);
    expect(await errorOf(writeText(real, "a.ts", "mine", "1/2/3"))).toMatchObject({
      code: "FILE_CHANGED",
      retryable: true,
    });
    expect(await text()).toBe(SOURCE);
    expect(await readdir(base)).toEqual(["a.ts"]);
  });
});

test("places that overlap are not one place", () => {
  expect(withEdits("aaa", [{ old: "aa", new: "b" }])).toMatchObject({
    ok: false,
    fault: { problem: "many", times: 2 },
  });
  expect(withEdits("aaa", [{ old: "aa", new: "b", all: true }])).toMatchObject({ ok: true, text: "ba", replaced: 1 });
  const many = withEdits("a".repeat(1_000_000), [{ old: "a", new: "b" }]);
  expect(many).toMatchObject({ fault: { times: LIMITS.editPlaces, lines: [1] } });
});

describe("before the approval", () => {
  it("an edit is shown as a diff, and nothing is written", async () => {
    expect(await shown("edit_file", { path: "./a.ts", edits: [{ old: "b = 2", new: "b = 3" }] })).toEqual({
      kind: "diff",
      path: "a.ts",
      text: "--- a.ts\n+++ a.ts\n@@ -1,3 +1,3 @@\n export const a = 1;\n-export const b = 2;\n+export const b = 3;\n console.log(a, b);\n",
    });
    expect(await text()).toBe(SOURCE);
  });

  it("a new text of a file, a new file and a file that is no text", async () => {
    await writeFile(join(base, "photo.jpg"), Buffer.from([255, 0, 1]));
    expect(await shown("write_file", { path: "a.ts", text: "" })).toMatchObject({
      text: expect.stringContaining("+++ a.ts\n@@ -1,3 +0,0 @@\n-export") as string,
    });
    expect(await shown("write_file", { path: "new/deep/b.md", text: "# B\n" })).toEqual({
      kind: "diff",
      path: "new/deep/b.md",
      text: "--- /dev/null\n+++ new/deep/b.md\n@@ -0,0 +1 @@\n+# B\n",
    });
    expect(await shown("write_file", { path: "photo.jpg", text: "x" })).toEqual({
      kind: "text",
      text: "photo.jpg is no text file. Its 3 bytes are replaced by this text:\n\nx",
    });
    expect((await readdir(base)).sort()).toEqual(["a.ts", "photo.jpg"]);
  });

  it("says what the call would refuse", async () => {
    await symlink(tmpdir(), join(base, "door"));
    await symlink("nowhere", join(base, "dangling"));
    for (const [path, code] of [
      ["door/x.txt", "FILE_OUTSIDE"],
      ["door/x/y.txt", "FILE_OUTSIDE"],
      ["dangling", "FILE_OUTSIDE"],
      ["../x.txt", "FILE_OUTSIDE"],
      [".env", "FILE_CLOSED"],
      [".git/hooks/pre-commit", "FILE_CLOSED"],
      ["new/", "FILE_NOT_A_FILE"],
      ["a.ts/x", "FILE_NOT_A_FILE"],
    ] as const) {
      await expect(shown("write_file", { path, text: "x" })).rejects.toMatchObject({ code });
    }
  });
});

test.skipIf(process.platform === "win32")("a pipe is no file, for a write, an edit and their previews", async () => {
  execFileSync("mkfifo", [join(base, "pipe")]);
  const edits = [{ old: "a", new: "b" }];
  expect((await errorOf(edit(edits, "pipe"))).code).toBe("FILE_NOT_A_FILE");
  expect((await errorOf(called(tools.get("write_file")!, { path: "pipe", text: "x" }))).code).toBe("FILE_NOT_A_FILE");
  await expect(shown("edit_file", { path: "pipe", edits })).rejects.toMatchObject({ code: "FILE_NOT_A_FILE" });
  await expect(shown("write_file", { path: "pipe", text: "x" })).rejects.toMatchObject({ code: "FILE_NOT_A_FILE" });
});

test("a process that is killed while it writes leaves the old or the new text", async () => {
  const [old, now] = ["a", "b"].map((letter) => letter.repeat(2_000_000)) as [string, string];
  const file = join(base, "big.txt");
  await writeFile(file, old);
  const program = `
    import { writeText } from ${JSON.stringify(new URL("../../dist/tools/text-file.js", import.meta.url).href)};
    for (let at = 0; ; at++) {
      await writeText(${JSON.stringify(file)}, "big.txt", (at % 2 ? "a" : "b").repeat(2_000_000));
      if (at === 3) process.stdout.write("writing");
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
  child.stdout.once("data", () => child.kill("SIGKILL"));
  await once(child, "close");
  const found = await readFile(file, "utf8");
  expect(found === old || found === now).toBe(true);
});

test("a name of the longest kind, and one with a new line, can be written", async () => {
  for (const path of ["名".repeat(85), "two\nlines.txt"]) {
    expect(await called(tools.get("write_file")!, { path, text: "x" })).toEqual({ path, bytes: 1 });
    expect(await shown("write_file", { path, text: "y\n" })).toMatchObject({ kind: "diff" });
  }
});
