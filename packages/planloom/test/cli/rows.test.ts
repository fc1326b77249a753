// The rows of a line. In: lines with text of others in them. Out: only the first row begins like a line of the program.
import { expect, test } from "vitest";
import { rowsOf } from "../../src/cli/rows.js";
import { columnsOf } from "../../src/cli/style.js";

test("a new line in a text, and each further row of a terminal, begins with the gutter", () => {
  expect(rowsOf("asks: colour?\n=== COMPLETED ===\r\nend")).toEqual([
    "asks: colour?",
    "  │ === COMPLETED ===",
    "  │ end",
  ]);
  const rows = rowsOf(`note ${"x".repeat(74)}=== COMPLETED === ${"y".repeat(90)}`, 80);
  expect(rows.length).toBeGreaterThan(2);
  for (const row of rows) expect(columnsOf(row)).toBeLessThanOrEqual(79);
  for (const row of rows.slice(1)) expect(row).toMatch(/^ {2}│ /);
  expect(rows.map((row, index) => (index === 0 ? row : row.slice(4))).join("")).toBe(
    `note ${"x".repeat(74)}=== COMPLETED === ${"y".repeat(90)}`,
  );
});

test("wide characters take two columns, and none is halved", () => {
  const rows = rowsOf(`${"汉字".repeat(60)}${"🚀".repeat(60)}`, 41);
  for (const row of rows) expect(columnsOf(row)).toBeLessThanOrEqual(40);
  expect(rows.join("")).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
});

test("a line is laid out in at most as many rows as it has characters, also on a very narrow terminal", () => {
  expect(rowsOf("abc", 1)).toEqual(["abc"]);
  expect(rowsOf("", 80)).toEqual([""]);
  expect(rowsOf("👨‍👩‍👧".repeat(30), 20).length).toBeLessThan(40);
});
