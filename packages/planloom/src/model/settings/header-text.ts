// Reads HTTP headers from the text of an environment variable. In: `{"Name": "value"}`, or lines `Name: value`. Out: the
// headers.
import { isObject, jsonIn } from "../../plan/json.js";
import { PlanloomError } from "../../words/planloom-error.js";

type Headers = { readonly [name: string]: string };

/**
 * A text that starts with `{` is JSON. Any other text has one header in each line. Throws PlanloomError
 * MODEL_BAD_SETTING, which never shows a value: it may be a secret.
 */
export function headersIn(variable: string, text: string | undefined): Headers | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const headers = text.trim().startsWith("{") ? jsonHeaders(text) : lineHeaders(text);
  if (headers === undefined || !Object.entries(headers).every(([name, value]) => isHeader(name, value))) {
    throw new PlanloomError("MODEL_BAD_SETTING", { setting: variable, wanted: "header-text" });
  }
  return headers;
}

/** Whether a header can be sent with this name and value. */
export const isHeader = (name: string, value: string): boolean =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[\r\n\0]/.test(value) && !/[^\t\x20-\x7e\x80-\xff]/.test(value);

function jsonHeaders(text: string): Headers | undefined {
  const value = jsonIn(text);
  const isTexts = isObject(value) && Object.values(value).every((one) => typeof one === "string");
  return isTexts ? (value as Headers) : undefined;
}

function lineHeaders(text: string): Headers | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const pairs = lines.map((line) => /^\s*([^\s:]+)[ \t]*:[ \t]*(.*?)\s*$/.exec(line));
  if (pairs.includes(null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!]));
}
