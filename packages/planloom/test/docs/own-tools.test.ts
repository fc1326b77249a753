// docs/own-tools.md against the types of tools: every field of a definition and of the context has its row.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const library = path.join(import.meta.dirname, "..", "..");
const page = readFileSync(path.join(library, "..", "..", "docs", "own-tools.md"), "utf8");
const source = readFileSync(path.join(library, "src", "tools", "tool.ts"), "utf8");

function fieldsOf(name: string): readonly string[] {
  const body = new RegExp(`interface ${name}\\b[^{]*\\{\\n(.*?)\\n\\}`, "s").exec(source)![1]!;
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(<]/gm)].map(([, field]) => field!);
}

test.each(["ToolDefinition", "ToolContext"])("every field of %s has its row", (name) => {
  const rows = [...page.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell!).join("\n");
  const fields = fieldsOf(name);
  expect(fields.length).toBeGreaterThan(5);
  expect(fields.filter((field) => !new RegExp("`" + field + "\\b").test(rows))).toEqual([]);
});
