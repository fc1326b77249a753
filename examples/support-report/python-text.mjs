// @ts-check
// JSON values as Python prints them. In: a value. Out: its text. Separate because only the printed form of this example
// needs it.

/**
 * @param {import("planloom").Json} value
 * @returns {string}
 */
export function pythonText(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonText).join(", ")}]`;
  const fields = Object.entries(value).map(([key, field]) => `${quoted(key)}: ${pythonText(field)}`);
  return `{${fields.join(", ")}}`;
}

/**
 * Single quotes, or double ones around a text that holds a single quote and no double one.
 * @param {string} text
 */
function quoted(text) {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll(quote, `\\${quote}`);
  return quote + inside + quote;
}
