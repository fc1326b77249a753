import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { openStore, storePath } from "../../src/store/locate.js";
import { folder } from "./sample.js";

describe("storePath", () => {
  test("is a new file in the working directory where none is found", () => {
    const cwd = folder();
    expect(storePath(cwd, {})).toBe(join(cwd, ".planloom", "planloom.db"));
    expect(existsSync(join(cwd, ".planloom"))).toBe(false);
  });

  test("is the nearest one above the working directory in the same project", () => {
    const top = folder();
    mkdirSync(join(top, ".git"));
    const cwd = join(top, "project", "src", "deep");
    mkdirSync(cwd, { recursive: true });
    for (const holder of [top, join(top, "project")]) {
      mkdirSync(join(holder, ".planloom"));
      writeFileSync(join(holder, ".planloom", "planloom.db"), "");
    }
    expect(storePath(cwd, { PLANLOOM_STORE: "" })).toBe(join(top, "project", ".planloom", "planloom.db"));
    mkdirSync(join(cwd, ".git"));
    expect(storePath(cwd, {})).toBe(join(cwd, ".planloom", "planloom.db"));
  });

  test("is what PLANLOOM_STORE says, from the working directory", () => {
    const cwd = folder();
    expect(storePath(cwd, { PLANLOOM_STORE: "memory" })).toBe("memory");
    expect(storePath(cwd, { PLANLOOM_STORE: "runs/mine.db" })).toBe(join(cwd, "runs", "mine.db"));
    expect(storePath(cwd, { PLANLOOM_STORE: resolve("/data/runs.db") })).toBe(resolve("/data/runs.db"));
  });
});

describe("openStore", () => {
  test("opens memory, or a file that it creates", async () => {
    expect((await openStore("memory")).name).toBe("memory");
    const path = storePath(folder(), {});
    const store = await openStore(path);
    expect(store.name).toMatch(/^sqlite .*planloom\.db$/);
    expect(existsSync(path)).toBe(true);
    await store.close();
  });

  test("refuses an address, and does not repeat the password in it", async () => {
    const spec = storePath(folder(), { PLANLOOM_STORE: "postgres://ann:secret@db/runs" });
    await expect(openStore(spec)).rejects.toMatchObject({ code: "STORE_UNKNOWN", kind: "config" });
    await expect(openStore(spec)).rejects.not.toThrow(/secret/);
  });
});
