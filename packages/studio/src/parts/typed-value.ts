// Values that people type. In: a type in the notation of plans, and a text. Out: which control fits, and the value or
// what is wrong with the text. The server checks the value once more.
import type { Json } from "planloom";

export type Control =
  | { readonly kind: "text" | "number" | "integer" | "boolean" | "json" | "any" }
  | { readonly kind: "choice"; readonly choices: readonly Json[] };

/** The control of a type such as `string`, `number`, `"a" | "b"`, `string[]`. Absent: any value. */
export function controlOf(type: string | undefined): Control {
  const text = type?.trim() ?? "";
  if (text === "" || text === "unknown") return { kind: "any" };
  if (text === "string" || text === "string | null") return { kind: "text" };
  if (text === "number" || text === "integer" || text === "boolean") return { kind: text };
  const choices = choicesIn(text);
  return choices === undefined ? { kind: "json" } : { kind: "choice", choices };
}

/** The literals of a union of literals, of which each is JSON. */
function choicesIn(text: string): readonly Json[] | undefined {
  const LITERAL = String.raw`"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null`;
  if (!new RegExp(String.raw`^(?:${LITERAL})(?:\s*\|\s*(?:${LITERAL}))*$`, "u").test(text)) return undefined;
  return [...text.matchAll(new RegExp(LITERAL, "gu"))].map(([literal]) => JSON.parse(literal) as Json);
}

export type Typed = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly error: string };

const value = (given: Json): Typed => ({ ok: true, value: given });
const wrong = (error: string): Typed => ({ ok: false, error });

/** Reads a text by its control. A choice and a boolean are written as JSON. */
export function typedValue({ kind }: Control, text: string): Typed {
  switch (kind) {
    case "text":
      return value(text);
    case "number":
    case "integer":
      return numberIn(text, kind);
    case "any":
      return jsonIn(text) ?? value(text);
    case "boolean":
    case "choice":
      return jsonIn(text) ?? wrong("Choose one.");
    case "json":
      return jsonIn(text) ?? wrong("This is not JSON. Lists are written [1, 2] and texts in quotes.");
  }
}

function numberIn(text: string, kind: "number" | "integer"): Typed {
  const found = jsonIn(text.trim());
  if (!found?.ok || typeof found.value !== "number") return wrong("Write a number, such as 12.5.");
  return kind === "integer" && !Number.isInteger(found.value) ? wrong("Write a whole number.") : found;
}

function jsonIn(text: string): Typed | undefined {
  try {
    return value(JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

/** A value as the control shows it. */
export function typedText({ kind }: Control, given: Json): string {
  if (typeof given === "string" && (kind === "text" || kind === "any")) return given;
  return kind === "json" ? JSON.stringify(given, null, 2) : JSON.stringify(given);
}
