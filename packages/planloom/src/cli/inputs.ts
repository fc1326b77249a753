// Reads the inputs of a run from the command line. In: `name=value` and `name=@file`, and the types that the plan
// declares. Out: the run's data. plan/type/value-for.ts turns a text into a value.
import { extname } from "node:path";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { binaryTypeOf, fileInput } from "../loom/file-input.js";
import type { InputTrust } from "../plan/label.js";
import { FORBIDDEN_KEYS, isObject, type Json } from "../plan/json.js";
import type { InputSpec } from "../plan/plan.js";
import { nestsDeep } from "../plan/read/notation/yaml.js";
import { readPlan } from "../plan/read/read.js";
import { givesText } from "../plan/step-kind.js";
import {
  fileValueFor,
  isUnheld,
  jsonReading,
  keepsDigits,
  valueFor,
  type Declared,
  type Reading,
} from "../plan/type/value-for.js";
import { findWork } from "../run/lookup.js";
import { type Run } from "../run/state.js";
import type { Work } from "../run/work.js";
import { PlanloomError } from "../words/planloom-error.js";
import { fileText } from "./plan-file.js";

/** One input as it was given: its text, and for a file the value that the file holds. */
export interface GivenInput {
  readonly name: string;
  readonly text: string;
  /** `reading` is absent if the file holds a text. */
  readonly file?: { readonly reading: Reading | undefined };
  /** The value of a file that is no text. */
  readonly media?: Json;
}

/** The types of inputs, as a plan declares them. */
export type DeclaredInputs = { readonly [name: string]: Pick<InputSpec, "type"> };

/**
 * The inputs of `--input`, before their types are known. `@file` is JSON or YAML by its extension, else text. `@@`
 * stands for one literal @. Throws INPUT_INVALID and the errors of reading a file, all of kind usage.
 */
export async function inputsFromFlags(pairs: readonly string[]): Promise<readonly GivenInput[]> {
  const given = await Promise.all(pairs.map(inputIn));
  const names = given.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new PlanloomError("INPUT_INVALID", { problem: "twice", name: twice });
  return given;
}

/** The types that the plan in a text declares; none if it holds no plan. */
export function declaredIn(text: string): DeclaredInputs {
  const read = readPlan(text, { author: "person" });
  const inputs = read.kind === "plan" && isObject(read.draft) ? read.draft["inputs"] : undefined;
  if (!isObject(inputs)) return {};
  const typed = Object.entries(inputs).flatMap(([name, spec]) => {
    const type = isObject(spec) ? spec["type"] : undefined;
    return typeof type === "string" || isObject(type) ? [[name, { type }] as const] : [];
  });
  return Object.fromEntries(typed);
}

/** The values by the declared types. A value that does not fit is read without its type; check then refuses it. */
export function inputValues(
  given: readonly GivenInput[],
  declared: DeclaredInputs = {},
): { readonly [name: string]: Json } {
  const valueOf = ({ name, text, file, media }: GivenInput): Json => {
    if (media !== undefined) return media;
    const type = Object.hasOwn(declared, name) ? declared[name]?.type : undefined;
    return (file === undefined ? valueFor(type, text) : fileValueFor(type, text, file.reading)).value;
  };
  return Object.fromEntries(given.map((input) => [input.name, valueOf(input)]));
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

async function inputIn(pair: string): Promise<GivenInput> {
  const at = pair.indexOf("=");
  const name = pair.slice(0, Math.max(at, 0)).trim();
  if (name === "" || FORBIDDEN_KEYS.has(name)) {
    throw new PlanloomError("INPUT_INVALID", { problem: "pair", given: pair.slice(0, 80) });
  }
  const text = pair.slice(at + 1);
  if (text.startsWith("@@")) return { name, text: text.slice(1), file: { reading: undefined } };
  return text.startsWith("@") ? inputOfFile(name, text.slice(1)) : { name, text };
}

/** An answer of a person about a step, by the type that the step wants. One that does not fit is refused by the run. */
export function answerValue(run: Run | undefined, ref: { step: string; item?: number }, text: string): Json {
  const work = run === undefined ? undefined : findWork(run, ref);
  return valueFor(work === undefined ? undefined : answerType(work), text).value;
}

/** The declared output of the step; else that of its tool. An answer to a question without a type is a text or JSON. */
function answerType({ asking, step: { spec, tool } }: Work): Declared | undefined {
  if (asking !== undefined) return asking.type ?? "string";
  return spec.output ?? (givesText(spec) ? "string" : tool?.output);
}

async function inputOfFile(name: string, path: string): Promise<GivenInput> {
  const mediaType = binaryTypeOf(path);
  if (mediaType !== undefined) return { name, text: "", media: await fileInput(path, { mediaType }) };
  const text = await fileText(path, LIMITS.valueBytes);
  if (Buffer.byteLength(text) > LIMITS.valueBytes) {
    const mebibytes = LIMITS.valueBytes / 1024 / 1024;
    throw new PlanloomError("INPUT_INVALID", { problem: "too-large", name, file: path, mebibytes });
  }
  try {
    return { name, text, file: { reading: await readingIn(text, extname(path).toLowerCase()) } };
  } catch (error) {
    throw new PlanloomError("INPUT_INVALID", { problem: "unreadable", name, file: path, reason: messageOf(error) });
  }
}

/** The data of a text. A file that is no YAML holds JSON. */
export async function dataOf(text: string, file: string): Promise<Json> {
  const ending = extname(file).toLowerCase();
  const reading = await readingIn(text, /^\.ya?ml$/.test(ending) ? ending : ".json");
  return reading?.value ?? null;
}

/** undefined for a file that holds neither JSON nor YAML. Throws if it should and does not. */
async function readingIn(text: string, ending: string): Promise<Reading | undefined> {
  if (ending === ".json") return jsonReading(text) ?? (JSON.parse(text) as never);
  if (ending !== ".yaml" && ending !== ".yml") return undefined;
  if (text.length > LIMITS.yamlChars) throw new Error(`it is YAML of more than ${LIMITS.yamlChars} characters`);
  if (nestsDeep(text)) throw new Error("it nests too deeply");
  const { parseDocument, visit } = await import("yaml");
  const parsed = (keeps: (source: string, value: unknown) => boolean): Json => {
    const document = parseDocument(text);
    if (document.errors[0] !== undefined) throw document.errors[0];
    visit(document, {
      Scalar: (key, scalar) => {
        const { type, source = "", value } = scalar;
        if (key === "key" || type !== "PLAIN" || typeof value === "string" || value === null) return;
        if (!keeps(source, value)) scalar.value = source;
      },
    });
    return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: LIMITS.yamlAliases })) ?? "null") as Json;
  };
  return { value: parsed(keepsText), rounded: parsed(isHeld), written: parsed(() => false) };
}

/** Whether a plain scalar of YAML says the same as its value: no zeros in front, and all of its digits. */
const keepsText = (source: string, value: unknown): boolean =>
  isHeld(source, value) && (typeof value !== "number" || !/^[-+]?[\d.]/.test(source) || keepsDigits(unsigned(source)));

const isHeld = (source: string, value: unknown): boolean =>
  typeof value !== "number" || (!/^[-+]?0[\dxo]/.test(source) && Number.isFinite(value) && !isUnheld(unsigned(source)));

const unsigned = (source: string): string => source.replace(/^\+/, "");
