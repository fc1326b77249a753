// Stores request forms in a file, so that a new process begins with what another one found. In: its path. Out: a
// keeper. The file may be missing, damaged, or written by two processes at once: that only costs one refused request.
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { makePrivateFolder, replacePrivateFile } from "../../files/private.js";
import { LIMITS } from "../../limits.js";
import { isObject, type Json } from "../../plan/json.js";
import { BODY_RULES } from "../request/body-rules.js";
import { RUNGS } from "../request/ladder.js";
import { TOOL_RUNGS } from "../request/tool-rung.js";
import type { KeptWay, WayKeeper } from "./way-memory.js";

/** Maximum bytes of the file. One entry has about 150. */
const MOST_BYTES = 1_000 * LIMITS.keptWays;

export function wayFile(path: string): WayKeeper {
  return {
    recall: (key) => read(path).get(key),
    keep(key, way) {
      const ways = read(path);
      ways.delete(key);
      const newest = [...ways, [key, way] as const].slice(-LIMITS.keptWays);
      write(path, newest);
    },
    forget(key) {
      const ways = read(path);
      if (ways.delete(key)) write(path, [...ways]);
    },
  };
}

function read(path: string): Map<string, KeptWay> {
  try {
    const found = statSync(path);
    if (!found.isFile() || found.size > MOST_BYTES) return new Map();
    const value = JSON.parse(readFileSync(path, "utf8")) as Json;
    return new Map(
      Object.entries(isObject(value) ? value : {}).filter((entry): entry is [string, never] => isWay(entry[1])),
    );
  } catch {
    return new Map();
  }
}

function isWay(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { rung, temperature, at, rules = [], tools = "auto", cut } = value;
  const known = Array.isArray(rules) && rules.every((rule) => (BODY_RULES as readonly unknown[]).includes(rule));
  const isRung = (RUNGS as readonly unknown[]).includes(rung) && (TOOL_RUNGS as readonly unknown[]).includes(tools);
  const isCut = isObject(cut) && [cut["estimated"], cut["reported"]].every((count) => typeof count === "number");
  if (cut !== undefined && !isCut) return false;
  return isRung && known && typeof temperature === "boolean" && typeof at === "number";
}

/** Writes the whole file or nothing, so that a reader never sees half of it. */
function write(path: string, ways: readonly (readonly [string, KeptWay])[]): void {
  try {
    makePrivateFolder(dirname(path));
    replacePrivateFile(path, `${JSON.stringify(Object.fromEntries(ways), null, 2)}\n`);
  } catch {
    // The next process finds it out again.
  }
}
