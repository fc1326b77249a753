// @ts-check
// The one tool that this example brings along. In: rows with the same fields. Out: a table in Markdown.
// Separate from the configuration so that both the command line and run.mjs use it.
import { tool } from "planloom";
import { z } from "zod";

const cell = z.union([z.string(), z.number(), z.array(z.string()), z.null()]);

const createTable = tool({
  name: "create_table",
  description: "Writes rows as a table in Markdown; the columns are the fields of the first row.",
  input: z.object({ data: z.array(z.record(z.string(), cell)).min(1) }),
  output: z.string(),
  effects: "none",
  run: ({ data }) => {
    const columns = Object.keys(data[0] ?? {});
    const rows = data.map((row) => columns.map((column) => cellText(row[column] ?? null)));
    return [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  },
  summary: (table) => `A table of ${table.split("\n").length - 2} rows`,
});

/** @param {z.infer<typeof cell>} value */
function cellText(value) {
  if (value === null) return "not published";
  const text = Array.isArray(value) ? value.join(", ") : String(value);
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

export const tools = [createTable];
