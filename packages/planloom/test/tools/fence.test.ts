// The fence inside the folders of the file tools: files that control programs or hold secrets are closed to all of
// them, by whatever path, and a folder that is replaced during a call leads nowhere.
import { mkdir, mkdtemp, readFile, readdir, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { builtinTools, type BuiltinOptions } from "../../src/tools/builtin/builtins.js";
import { FolderMoved, holdFolder, inFolder } from "../../src/tools/held-folder.js";
import { globReach } from "../../src/tools/glob.js";
import { readText, writeText } from "../../src/tools/text-file.js";
import type { Tool } from "../../src/tools/tool.js";
import { called, errorOf } from "./tool-context.js";

let base: string;
let root: string;
let tools: ReadonlyMap<string, Tool>;

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "planloom-fence-")));
  root = join(base, "root");
  await mkdir(join(root, "docs"), { recursive: true });
  await writeFile(join(root, "docs", "a.md"), "needle");
  use({ files: { roots: [root], write: true } });
});
afterEach(() => rm(base, { recursive: true, force: true }));

function use(options: BuiltinOptions): void {
  tools = new Map(builtinTools(options).tools.map((tool) => [tool.spec.name, tool]));
}
async function put(path: string, text = "needle"): Promise<void> {
  await mkdir(join(root, path, ".."), { recursive: true });
  await writeFile(join(root, path), text);
}
const read = (path: string) => called(tools.get("read_file")!, { path });
const write = (path: string) => called(tools.get("write_file")!, { path, text: "other" });
const list = async (path = ".") =>
  ((await called(tools.get("list_files")!, { path })) as { path: string }[]).map((file) => file.path);

describe("closed files", () => {
  it.each([
    ".env",
    ".env.local",
    "docs/.env",
    "prod.env",
    ".git/config",
    ".git/hooks/pre-commit",
    ".planloom/planloom.db",
    "node_modules/lib/index.js",
    "docs/node_modules/x.js",
    "planloom.config.ts",
    "docs/planloom.config.yaml",
    "Planloom.Config.MJS",
    ".bashrc",
    ".vscode/tasks.json",
    ".ssh/id_ed25519",
    "_vimrc",
    "NODE_MODULES/x.js",
    ".GIT/config",
    "node_modules./x.js",
    "planloom.config.ts:stream",
    "\u{200b}.env",
  ])("%j can be neither read nor written", async (path) => {
    await put(path);
    expect(await errorOf(read(path))).toMatchObject({ code: "FILE_CLOSED", retryable: false });
    expect((await errorOf(write(path))).code).toBe("FILE_CLOSED");
    expect(await readFile(join(root, path), "utf8")).toBe("needle");
    expect(await list()).toEqual(["docs/a.md"]);
  });

  it("are not created either, and no folder on the way to them", async () => {
    for (const path of [".env", ".git/hooks/pre-commit", "docs/planloom.config.js", "docs/node_modules/x/y.js"]) {
      expect((await errorOf(write(path))).code).toBe("FILE_CLOSED");
    }
    expect([await readdir(root), await readdir(join(root, "docs"))]).toEqual([["docs"], ["a.md"]]);
  });

  it("stay closed behind a link, and so does a link that has a closed name", async () => {
    await put(".git/config");
    await put("repository/config");
    await symlink(join(root, ".git"), join(root, "open"));
    await symlink(join(root, ".git", "config"), join(root, "config.txt"));
    await symlink(join(root, "repository"), join(root, "docs", ".git"));
    for (const path of ["open/config", "config.txt", "docs/.git/config"]) {
      expect((await errorOf(read(path))).code).toBe("FILE_CLOSED");
      expect((await errorOf(write(path))).code).toBe("FILE_CLOSED");
    }
    expect((await errorOf(list("open"))).code).toBe("FILE_CLOSED");
    expect((await errorOf(write("open/new/x"))).code).toBe("FILE_CLOSED");
    expect(await readdir(join(root, ".git"))).toEqual(["config"]);
  });

  it("do not include files with similar names", async () => {
    for (const path of ["env.md", "git/config", "planloom.config", "modules/x.js", "environment"]) {
      await write(path);
      expect(await read(path)).toMatchObject({ path, text: "other" });
    }
  });

  it("are not found by a search", async () => {
    for (const path of ["planloom.config.json", ".git/a.txt", "node_modules/a.md", "docs/.env.txt"]) await put(path);
    use({ search: { folder: root } });
    const found = (await called(tools.get("search")!, { query: "needle" })) as { results: { url: string }[] };
    expect(found.results.map(({ url }) => url)).toEqual(["docs/a.md"]);
    expect((await errorOf(read("planloom.config.json"))).code).toBe("FILE_CLOSED");
  });
});

describe("allow", () => {
  it("opens what its patterns fit, to every tool", async () => {
    for (const path of [".github/workflows/ci.yml", ".github/x.txt", ".env", ".env.example"]) await put(path);
    use({ files: { roots: [root], write: true, allow: [".github/workflows", "**/.env.example"] } });
    expect(await list()).toEqual([".env.example", ".github/workflows/ci.yml", "docs/a.md"]);
    expect(await read(".github/workflows/ci.yml")).toMatchObject({ text: "needle" });
    await write(".github/workflows/new.yml");
    await write("docs/.env.example");
    for (const path of [".env", ".github/x.txt", "docs/.env"]) {
      expect((await errorOf(read(path))).code).toBe("FILE_CLOSED");
    }
  });

  it("cannot open the store, nor the files beside it", async () => {
    for (const name of ["runs.db", "runs.db-wal", "runs.db-shm", "runs.db-models.json", "runs.dbx"]) await put(name);
    use({ files: { roots: [root], write: true, allow: ["**"] }, own: [join(root, "runs.db")] });
    expect(await list()).toEqual(["docs/a.md", "runs.dbx"]);
    for (const path of ["runs.db", "runs.db-wal", "runs.db-shm", "runs.db-models.json", "RUNS.DB"]) {
      expect((await errorOf(write(path))).code).toBe("FILE_CLOSED");
    }
  });

  it("cannot open a store that is reached by a link", async () => {
    await put("data/real.db");
    await symlink(join(root, "data", "real.db"), join(root, "runs.db"));
    use({ files: { roots: [root], write: true, allow: ["**"] }, own: [join(root, "runs.db")] });
    for (const path of ["data/real.db", "data/real.db-wal", "runs.db", "runs.db-wal"]) {
      expect((await errorOf(write(path))).code).toBe("FILE_CLOSED");
    }
  });

  it.each([
    [".github", [".github", "a"], "inside"],
    [".github/*.yml", [".github"], "above"],
    [".github/*.yml", [".github", "a.yml", "b"], "inside"],
    [".github/*.yml", [".github", "a.md"], undefined],
    [".a/**/x", [".a", "b", "c"], "above"],
    ["**/x", ["anything"], "above"],
    ["a/b", ["b"], undefined],
  ] as const)("%s stands to %j: %s", (pattern, path, reach) => {
    expect(globReach(pattern)(path)).toBe(reach);
  });

  it("is refused if it is not a list of texts", async () => {
    const builtins = { files: { roots: [root], allow: [1] } } as unknown as { files: { roots: string[] } };
    await expect(createLoom({ store: "memory", builtins })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

it("the store of a loom and the configuration that it was loaded from are closed to its tools", async () => {
  const [store, settings] = [join(root, "runs.db"), join(root, "settings.mjs")];
  await put("settings.mjs");
  const builtins = { files: { roots: [root], write: true, allow: ["**"] } };
  const loom = await createLoom({ store, builtins, onFailure: "fail" }, { env: {}, ownFiles: [settings] });
  for (const path of ["runs.db", "runs.db-wal", "settings.mjs"]) {
    const steps = [{ id: "a", tool: "write_file", with: { path, text: "x" } }];
    expect(await loom.run("x", { plan: { steps } })).toMatchObject({
      status: "failed",
      error: { code: "FILE_CLOSED" },
    });
  }
  await loom.close();
});

describe("a folder that is replaced after its path was checked", () => {
  beforeEach(async () => {
    await mkdir(join(base, "outside"));
    await writeFile(join(base, "outside", "a.md"), "outside");
  });
  const replace = async (): Promise<void> => {
    await rename(join(root, "docs"), join(root, "moved"));
    await symlink(join(base, "outside"), join(root, "docs"));
  };

  it("is not read or written through the link", async () => {
    const path = join(root, "docs", "a.md");
    await replace();
    expect((await errorOf(readText(path, "docs/a.md", new AbortController().signal))).code).toBe("FILE_OUTSIDE");
    expect((await errorOf(writeText(path, "docs/a.md", "x"))).code).toBe("FILE_OUTSIDE");
    expect(await readFile(join(base, "outside", "a.md"), "utf8")).toBe("outside");
    expect(await readdir(join(base, "outside"))).toEqual(["a.md"]);
  });

  it("is not reached if a folder above it was replaced", async () => {
    await mkdir(join(root, "docs", "deep"));
    await mkdir(join(base, "outside", "deep"));
    await replace();
    await expect(holdFolder(join(root, "docs", "deep"))).rejects.toThrow(FolderMoved);
  });

  it.skipIf(process.platform !== "linux")("stays the same folder while it is held", async () => {
    const text = await inFolder(join(root, "docs"), async (folder) => {
      await replace();
      return readFile(folder.at("a.md"), "utf8");
    });
    expect(text).toBe("needle");
  });
});

it("a file that is replaced by a link after its path was checked is not read", async () => {
  await writeFile(join(base, "outside.txt"), "outside");
  await rm(join(root, "docs", "a.md"));
  await symlink(join(base, "outside.txt"), join(root, "docs", "a.md"));
  const real = join(root, "docs", "a.md");
  expect((await errorOf(readText(real, "docs/a.md", new AbortController().signal))).code).toBe("FILE_OUTSIDE");
  await writeText(real, "docs/a.md", "x");
  expect(await readFile(join(base, "outside.txt"), "utf8")).toBe("outside");
});
