// Reads calls in the form of text: `search("x")`, `search(query="x", limit=3)`, `Search[x]`. In: the text of one item.
// Out: the tool and its arguments, or nothing if the text is not a call. Sentences contain brackets, too, so the whole
// item must be a call.
import { scanJson } from "./json.js";
import { afterSpace, atWord } from "./json-space.js";

export interface Call {
  readonly tool: string;
  /** Arguments by name, one text, or a list. Absent if there are none. */
  readonly given?: unknown;
}

/** The final call of some planners: make the answer from the results. */
export const JOIN = "join";

export function callIn(item: string): Call | undefined {
  const text = plain(item);
  const tool = /^[A-Za-z_][\w.-]{0,63}/.exec(text)?.[0];
  if (tool === undefined || text.length > 100_000) return undefined;
  const open = text[tool.length];
  if (open === "[" && text.endsWith("]")) return withText(tool, text.slice(tool.length + 1, -1).trim());
  if (open !== "(" || !text.endsWith(")")) return undefined;
  if (text.slice(tool.length + 1, -1).trim() === "") return { tool };
  return named(text, tool) ?? listed(text, tool);
}

function plain(item: string): string {
  const text = item
    .trim()
    .replace(/<END_OF_PLAN>$/, "")
    .trim();
  return text.startsWith("`") && text.endsWith("`") ? text.slice(1, -1) : text;
}

function withText(tool: string, text: string): Call | undefined {
  if (text === "") return { tool };
  const quoted = /^(["']).*\1$/s.test(text) ? scanJson(`[${text}]`, 0) : undefined;
  const value =
    quoted?.kind === "value" && Array.isArray(quoted.value) && quoted.value.length === 1
      ? (quoted.value[0] as unknown)
      : text;
  return { tool, given: value };
}

/** `("x")` and `("x", 3)`. One text is the tool's only text argument. check reports several. */
function listed(text: string, tool: string): Call | undefined {
  const scan = scanJson(text, tool.length);
  if (scan.kind !== "value" || scan.end !== text.length || !Array.isArray(scan.value)) return undefined;
  const values: readonly unknown[] = scan.value;
  return { tool, given: values.length === 1 ? values[0] : values };
}

/** `(query="x", limit=3)`. */
function named(text: string, tool: string): Call | undefined {
  const given = new Map<string, unknown>();
  for (let at = tool.length + 1; ;) {
    at = afterSpace(text, at);
    const name = atWord(text, at);
    at = afterSpace(text, at + name.length);
    if (name === "" || given.has(name) || (text[at] !== "=" && text[at] !== ":")) return undefined;
    const scan = scanJson(text, at + 1);
    if (scan.kind !== "value") return undefined;
    given.set(name, scan.value);
    at = afterSpace(text, scan.end);
    if (text[at] === ")") return at === text.length - 1 ? { tool, given: Object.fromEntries(given) } : undefined;
    if (text[at] !== ",") return undefined;
    at++;
  }
}
