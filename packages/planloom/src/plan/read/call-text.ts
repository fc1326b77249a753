// Calls written as text: `search("x")`, `search(query="x", limit=3)`, `Search[x]`. In: the text of one item. Out: the tool and what
// it is given, or nothing where the text is no call. Separate because sentences hold brackets, too: the whole item must be a call.
import { scanJson } from "./json.js";
import { afterSpace, atWord } from "./json-space.js";

export interface Call {
  readonly tool: string;
  /** Arguments by name, a text, or a list; absent where there are none. */
  readonly given?: unknown;
}

/** The call with which some planners end: make the answer of what is there. */
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

/** `("x")` and `("x", 3)`: a text alone is the tool's only text, more are for check to name. */
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
