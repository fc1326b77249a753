// The links of the documentation lead to files and headings that exist.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.join(import.meta.dirname, "..", "..", "..", "..");
const EXAMPLES = readdirSync(path.join(root, "examples"), { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);
const FOLDERS = [
  "",
  "docs",
  "docs/start",
  "docs/reference",
  "docs/decisions",
  "examples",
  ...EXAMPLES.map(({ name }) => `examples/${name}`),
];
const PAGES = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.posix.join(folder, name)),
);

/** Headings as links name them. */
const headingsOf = (page: string): readonly string[] =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\s-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  );

test.each(PAGES)("%s", (name) => {
  const file = path.join(root, name);
  const page = readFileSync(file, "utf8");
  const broken = [...page.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)].flatMap(([link, to = "", heading]) => {
    const target = to === "" ? file : path.join(path.dirname(file), to);
    if (!existsSync(target)) return [link];
    return heading === undefined || headingsOf(readFileSync(target, "utf8")).includes(heading) ? [] : [link];
  });
  expect(broken).toEqual([]);
});
