// Finds the lines of a configuration file that an error is about. In: an error, and the file. Out: the error with the
// file and the lines. A line is a guess for a file that is code, and is left out if the text does not tell it.
import { readFileSync } from "node:fs";
import { LIMITS } from "../limits.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";

/** CONFIG_INVALID with the file and the line of each setting. Any other error unchanged. */
export function inFile(error: unknown, file: string | null): unknown {
  if (file === null || !hasCode(error, "CONFIG_INVALID")) return error;
  const text = textIn(file);
  const placed = <T extends { readonly setting: string }>(problem: T): T => {
    const line = lineOfSetting(text, problem.setting);
    return line === undefined ? problem : { ...problem, line };
  };
  const { more, ...first } = error.params;
  const all = more === undefined ? placed(first) : { ...placed(first), more: more.map(placed) };
  return new PlanloomError("CONFIG_INVALID", { ...all, file }, { cause: error });
}

function textIn(file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    return text.length > LIMITS.configBytes ? "" : withoutComments(text);
  } catch {
    return "";
  }
}

/** Each comment as spaces, so that places stay. A `#` or `//` inside a text is left. */
const withoutComments = (text: string): string =>
  text.replace(/^\s*(?:\/\/|#).*$|\/\*[^]*?\*\//gm, (comment) => comment.replace(/[^\n]/g, " "));

/** The line of `models.planner.timeout`: each name is looked for after the one before. */
export function lineOfSetting(text: string, setting: string): number | undefined {
  let at = 0;
  let found: number | undefined;
  for (const name of setting.split(/[.[\]]+/).filter((part) => part !== "" && !/^\d+$/.test(part))) {
    const match = new RegExp(`(?:^|[\\s{,"'])(${name.replace(/[^\w]/g, "\\$&")})["']?\\s*:`, "g");
    match.lastIndex = at;
    const place = match.exec(text);
    if (place === null) continue;
    at = match.lastIndex;
    found = place.index + place[0].indexOf(place[1]!);
  }
  return found === undefined ? undefined : lineAt(text, found);
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split("\n").length;

/** The line at which loading a file stopped: from the stack of the error, or from its words. */
export function lineOfError(thrown: unknown, file: string): number | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { message, stack = "" } = thrown;
  const frame =
    stack.slice(stack.indexOf(message) + message.length).split(`${file}:`)[1] ?? message.split(`${file}:`)[1];
  const line = frame === undefined ? undefined : /^\d+/.exec(frame)?.[0];
  if (line !== undefined) return Number(line);
  const [, position] = /\bposition (\d+)/.exec(message) ?? [];
  return position === undefined ? undefined : lineAt(readFileSync(file, "utf8"), Number(position));
}
