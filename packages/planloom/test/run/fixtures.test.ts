// Recorded logs never change: each is as its build wrote it. In: test/fixtures and its manifest. Out: a failure for
// each file that changed, is gone, or is in no manifest.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const FOLDER = path.join(import.meta.dirname, "..", "fixtures");
const MANIFEST = JSON.parse(readFileSync(path.join(FOLDER, "manifest.json"), "utf8")) as {
  readonly [file: string]: string;
};

const RECORDED = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.parentPath !== FOLDER)
  .map(({ parentPath, name }) => path.relative(FOLDER, path.join(parentPath, name)).replaceAll(path.sep, "/"));

const hashOf = (file: string) =>
  createHash("sha256")
    .update(readFileSync(path.join(FOLDER, file)))
    .digest("hex");

test("each recorded file is in the manifest, and none is missing (to add one: node test/fixtures/add-to-manifest.mjs)", () => {
  expect([...RECORDED].sort()).toEqual(Object.keys(MANIFEST).sort());
});

test("no recorded file has changed", () => {
  const changed = Object.entries(MANIFEST).filter(([file, hash]) => hashOf(file) !== hash);
  expect(changed.map(([file]) => file)).toEqual([]);
});

test("the manifest has lost no line", () => {
  expect(Object.keys(MANIFEST).length).toBeGreaterThanOrEqual(218);
});
