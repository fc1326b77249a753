// docs/documents.md against the repository: each promise of the five documents says where it is met, and names a test
// that exists, or the later issue that brings it.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { document, section } from "./codes.js";

const FOLDER = path.join(import.meta.dirname, "..", "..", "..", "..", "docs");
const page = document("documents.md");
const HEADINGS = [...page.matchAll(/^## (00\d: .*)$/gm)].map(([, heading = ""]) => heading);

const rowsOf = (heading: string) =>
  section(page, `## ${heading}`)
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| promise "))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, promise = "", where = "", shown = ""]) => ({ promise, where, shown }));

/** Issues that come after this one. */
const LATER = /\bissue (?:1[5-9]|2\d)\b/;

test("each of the five documents has its promises", () => {
  expect(HEADINGS.map((heading) => heading.slice(0, 3))).toEqual(["000", "001", "002", "003", "004"]);
  for (const heading of HEADINGS) expect(rowsOf(heading).length, heading).toBeGreaterThan(10);
});

test("each code that the page names exists, but the events of document 003", () => {
  const codes = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code = ""]) => code);
  const own = codes.filter((code) => !code.startsWith("AGENT_"));
  expect(own.length).toBeGreaterThan(10);
  const pages = ["errors.md", "plan-format.md", "events.md"].map(document);
  const known = new Set(pages.flatMap((text) => [...text.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code)));
  expect(own.filter((code) => !known.has(code))).toEqual([]);
});

describe.each(HEADINGS)("%s", (heading) => {
  test("no row is empty but what a later issue brings", () => {
    const empty = rowsOf(heading).filter(({ promise, where, shown }) => {
      const isLater = shown === "later" && LATER.test(where);
      return promise === "" || where === "" || (!isLater && !/^\[.+\]\(.+\.test\.ts\)$/.test(shown));
    });
    expect(empty).toEqual([]);
  });

  test("each row names a test that exists", () => {
    const texts = new Map<string, string>();
    const missing = rowsOf(heading).flatMap(({ promise, shown }) => {
      const [, name = "", file = ""] = /^\[(.+)\]\((.+)\)$/.exec(shown) ?? [];
      if (shown === "later") return [];
      const at = path.join(FOLDER, file);
      if (!texts.has(at)) texts.set(at, existsSync(at) ? readFileSync(at, "utf8") : "");
      return texts.get(at)!.includes(name) ? [] : [`${promise}: ${shown}`];
    });
    expect(missing).toEqual([]);
  });
});
