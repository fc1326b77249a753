// Reads the inputs of a run from the command line. In: `name=value` and `name=@file`. Out: the run's data. Only this
// file turns a shell's text into JSON.
import { extname } from "node:path";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { binaryTypeOf, fileInput } from "../loom/file-input.js";
import type { InputTrust } from "../plan/label.js";
import { exactJsonIn, losesDigits, parseExactly } from "../plan/exact-integer.js";
import { FORBIDDEN_KEYS, type Json } from "../plan/json.js";
import { nestsDeep } from "../plan/read/notation/yaml.js";
import { replacementProblem, typeProblem } from "../run/decide/gate.js";
import { findWork } from "../run/lookup.js";
import { type Run } from "../run/state.js";
import { PlanloomError } from "../words/planloom-error.js";
import { fileText } from "./plan-file.js";

/**
 * The value is JSON if it parses, else text. `@file` is JSON or YAML by its extension, else text. `@@` stands for one
 * literal @. Throws INPUT_INVALID and the errors of reading a file, all of kind usage.
 */
export async function inputsFromFlags(pairs: readonly string[]): Promise<{ readonly [name: string]: Json }> {
  const entries = await Promise.all(pairs.map(entryOf));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new PlanloomError("INPUT_INVALID", { problem: "twice", name: twice });
  return Object.fromEntries(entries);
}

/** Names of the inputs that come from files. Others may have written a file, however short it is. */
const inputsOfFiles = (pairs: readonly string[]): readonly string[] =>
  pairs.filter((pair) => /^[^=]*=@(?!@)/.test(pair)).map((pair) => pair.slice(0, pair.indexOf("=")).trim());

/** A file counts as written by others, unless `--trust` names its input. */
export function trustIn({
  input = [],
  trust = [],
}: {
  readonly input?: readonly string[];
  readonly trust?: readonly string[];
}): { readonly [input: string]: InputTrust } {
  const files = inputsOfFiles(input).map((name): [string, InputTrust] => [name, "untrusted"]);
  return Object.fromEntries([...files, ...trust.map((name): [string, InputTrust] => [name, "trusted"])]);
}

async function entryOf(pair: string): Promise<readonly [string, Json]> {
  const at = pair.indexOf("=");
  const name = pair.slice(0, Math.max(at, 0)).trim();
  if (name === "" || FORBIDDEN_KEYS.has(name)) {
    throw new PlanloomError("INPUT_INVALID", { problem: "pair", given: pair.slice(0, 80) });
  }
  const value = pair.slice(at + 1);
  if (value.startsWith("@@")) return [name, value.slice(1)];
  return [name, value.startsWith("@") ? await fileValue(name, value.slice(1)) : jsonOrText(value)];
}

/** JSON if it parses, else the text itself. An integer that a number cannot hold is a text of its digits. */
export function jsonOrText(value: string): Json {
  return exactJsonIn(value) ?? value;
}

/** A person's answer: JSON, unless the step wants text and would not accept the JSON value (`42`, `true`). */
export function answerValue(run: Run | undefined, ref: { step: string; item?: number }, text: string): Json {
  const value = jsonOrText(text);
  const work = run === undefined ? undefined : findWork(run, ref);
  if (work === undefined) return value;
  const problemOf = work.status === "unusable" ? replacementProblem : typeProblem;
  return problemOf(work, value) !== undefined && problemOf(work, text) === undefined ? text : value;
}

async function fileValue(name: string, path: string): Promise<Json> {
  const mediaType = binaryTypeOf(path);
  if (mediaType !== undefined) return fileInput(path, { mediaType });
  const text = await fileText(path, LIMITS.valueBytes);
  if (Buffer.byteLength(text) > LIMITS.valueBytes) {
    const mebibytes = LIMITS.valueBytes / 1024 / 1024;
    throw new PlanloomError("INPUT_INVALID", { problem: "too-large", name, file: path, mebibytes });
  }
  try {
    return await parsed(text, extname(path).toLowerCase());
  } catch (error) {
    throw new PlanloomError("INPUT_INVALID", { problem: "unreadable", name, file: path, reason: messageOf(error) });
  }
}

/** The data of a text. A file that is no YAML holds JSON. */
export function dataOf(text: string, file: string): Promise<Json> {
  const ending = extname(file).toLowerCase();
  return parsed(text, /^\.ya?ml$/.test(ending) ? ending : ".json");
}

async function parsed(text: string, ending: string): Promise<Json> {
  if (ending === ".json") return parseExactly(text);
  if (ending !== ".yaml" && ending !== ".yml") return text;
  if (text.length > LIMITS.yamlChars) throw new Error(`it is YAML of more than ${LIMITS.yamlChars} characters`);
  if (nestsDeep(text)) throw new Error("it nests too deeply");
  const { parse } = await import("yaml");
  // Dates and similar values become their JSON form.
  const value: unknown = parse(text, { maxAliasCount: LIMITS.yamlAliases, intAsBigInt: true });
  return JSON.parse(JSON.stringify(value, exactInteger) ?? "null") as Json;
}

function exactInteger(_: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return losesDigits(String(value)) ? String(value) : Number(value);
}
