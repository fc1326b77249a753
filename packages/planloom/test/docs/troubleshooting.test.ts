// docs/troubleshooting.md against the other pages: each code that it names is explained there.
import { expect, test } from "vitest";
import { codesOf, document, matches } from "./codes.js";

test("each code is one of errors.md, plan-format.md or events.md", () => {
  const named = codesOf(document("troubleshooting.md"));
  const pages = ["errors.md", "plan-format.md", "failures-and-approval.md", "security.md"].map(document);
  const known = new Set(pages.flatMap((page) => matches(page, /`([A-Z][A-Z_]+)`/g)));
  expect(named.length).toBeGreaterThan(25);
  expect(named.filter((code) => !known.has(code))).toEqual([]);
});
