// Makes a plan into a playbook. In: a plan, and the inputs that a person has confirmed. Out: the document of the
// playbook, in which references and `{name}` stand in the place of the literals. It is checked like any other plan.
import { isObject, type Json, type JsonObject } from "../json.js";
import type { Plan } from "../plan.js";
import { writePlan } from "../write.js";
import { literalParts, leavesOf, wordPattern, wordsOfDocument, type Scalar } from "./literals.js";
import { inputMark } from "./places.js";
import type { ProposedInput } from "./proposals.js";

/** An input of the playbook. `value` is the literal in whose place it stands; absent for an input of the run. */
export interface ConfirmedInput extends Pick<ProposedInput, "name" | "type" | "default" | "places"> {
  readonly value?: Scalar;
  readonly description?: string;
}

/** The document of the playbook. Pure. `goal` is that of the run. */
export function parameterised(plan: Plan, goal: string, inputs: readonly ConfirmedInput[]): JsonObject {
  const document = structuredClone<JsonObject>(writePlan(plan));
  const literals = inputs.filter((input) => input.value !== undefined);
  // The longest first: a date is not a number with other text around it.
  const longest = [...literals].sort((a, b) => String(b.value).length - String(a.value).length);
  for (const { pointer, value } of leavesOf(document)) put(document, pointer, replacedLeaf(pointer, value, longest));
  for (const { pointer, text } of wordsOfDocument(document)) {
    const { text: told, used } = withPlaces(text, longest, (place) => isPlace(place, pointer));
    if (told === text) continue;
    put(document, pointer, told);
    if (/\/(?:agent|ask)$/.test(pointer)) giveData(document, pointer, used);
  }
  const declared = { ...(document["inputs"] as JsonObject | undefined), ...declarations(inputs) };
  const told = withPlaces(goal, longest, () => true).text;
  const { planloom, goal: _goal, inputs: _inputs, ...rest } = document;
  return {
    planloom: planloom ?? 1,
    goal: told,
    ...(Object.keys(declared).length > 0 && { inputs: declared }),
    ...rest,
  };
}

type Mutable = { [key: string]: Json };

const isPlace = ({ places }: ConfirmedInput, pointer: string): boolean => places.includes(pointer);

const declarations = (inputs: readonly ConfirmedInput[]): JsonObject =>
  Object.fromEntries(
    inputs.map(({ name, type, default: value, description }) => [
      name,
      { type, ...(description !== undefined && { description }), ...(value !== undefined && { default: value }) },
    ]),
  );

function replacedLeaf(pointer: string, value: Scalar, inputs: readonly ConfirmedInput[]): Json {
  const here = inputs.filter((input) => isPlace(input, pointer));
  const whole = here.find((input) => input.value === value);
  if (whole !== undefined) return reference(whole.name);
  if (typeof value !== "string") return value;
  const alike = here.find((input) => String(input.value) === value);
  if (alike !== undefined) return `\${{ string(inputs.${alike.name}) }}`;
  let [text, at] = ["", 0];
  for (const part of literalParts(value)) {
    text += value.slice(at, part.start) + inText(part.text, here);
    at = part.start + part.text.length;
  }
  return text + value.slice(at);
}

const reference = (name: string): string => `\${{ inputs.${name} }}`;

/** `$` before a reference would make it a literal, so it stands inside of it. */
function inText(text: string, inputs: readonly ConfirmedInput[]): string {
  return inOrder(text, inputs, ({ name }, before) =>
    before.endsWith("$") ? { cut: 1, text: `\${{ "$" + string(inputs.${name}) }}` } : { cut: 0, text: reference(name) },
  ).text;
}

function withPlaces(text: string, inputs: readonly ConfirmedInput[], isHere: (input: ConfirmedInput) => boolean) {
  return inOrder(text, inputs.filter(isHere), ({ name }) => ({ cut: 0, text: inputMark(name) }));
}

/** Replaces the literals of a text, each character once. */
function inOrder(
  text: string,
  inputs: readonly ConfirmedInput[],
  write: (input: ConfirmedInput, before: string) => { readonly cut: number; readonly text: string },
): { readonly text: string; readonly used: readonly string[] } {
  const matches = inputs.flatMap((input) =>
    [...text.matchAll(wordPattern(String(input.value)))].map(({ index, 0: { length } }) => ({ input, index, length })),
  );
  const used = new Set<string>();
  let [done, at] = ["", 0];
  for (const { input, index, length } of matches.sort((a, b) => a.index - b.index || b.length - a.length)) {
    if (index < at) continue;
    done += text.slice(at, index);
    const { cut, text: written } = write(input, done);
    done = done.slice(0, done.length - cut) + written;
    used.add(input.name);
    at = index + length;
  }
  return { text: done + text.slice(at), used: [...used] };
}

/** A step whose instruction names an input gets it as data. */
function giveData(document: Mutable, pointer: string, names: readonly string[]): void {
  const at = pointer.slice(0, pointer.lastIndexOf("/"));
  const step = partAt(document, at);
  if (!isObject(step)) return;
  const before = isObject(step["with"]) ? step["with"] : {};
  const more = names.filter((name) => !Object.hasOwn(before, name)).map((name) => [name, reference(name)] as const);
  if (more.length > 0) put(document, `${at}/with`, { ...before, ...Object.fromEntries(more) });
}

function partAt(document: Json, pointer: string): Json | undefined {
  let part: Json | undefined = document;
  for (const token of tokensOf(pointer))
    part = Array.isArray(part) ? (part as readonly Json[])[Number(token)] : isObject(part) ? part[token] : undefined;
  return part;
}

function put(document: Mutable, pointer: string, value: Json): void {
  const tokens = tokensOf(pointer);
  const last = tokens.pop();
  const parent = partAt(
    document,
    tokens.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
  );
  if (last !== undefined && typeof parent === "object" && parent !== null) (parent as Mutable)[last] = value;
}

const tokensOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
