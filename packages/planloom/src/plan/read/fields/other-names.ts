// Reads the further names of a step: a second number or title beside its id, and the names that it gives its output.
// In: the fields of a step. Out: the same fields without them. ids.ts remembers the names, so that references find them.
import { isObject } from "../../json.js";
import { fieldNamed, rename, type Fields, type StepContext } from "./fields.js";
import { ID_FIELDS, OUTPUT_NAME_FIELDS, plainName } from "./names.js";

/** A key that no document can have. The names of outputs wait here until the step is named. */
const OUTPUTS = " outputs";

export function readOtherNames(fields: Fields, at: StepContext): void {
  secondNames(fields, at);
  for (const field of [...fields.keys()]) {
    if (!OUTPUT_NAME_FIELDS.has(plainName(field))) continue;
    const names = namesIn(fields.get(field));
    if (names === undefined) continue;
    fields.delete(field);
    fields.set(OUTPUTS, [...((fields.get(OUTPUTS) as readonly string[] | undefined) ?? []), ...names]);
    at.note("OUTPUT_NAMED", { field, names }, undefined, { before: names });
  }
}

/** The names of a step's output. They are taken out of its fields. */
export function takeOutputNames(fields: Fields): readonly string[] {
  const names = fields.get(OUTPUTS) as readonly string[] | undefined;
  fields.delete(OUTPUTS);
  return names ?? [];
}

const NAME = /^[$#{<]{0,3}([A-Za-z_][\w.-]{0,63})[}>]{0,3}$/;

function namesIn(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : isObject(value) ? Object.keys(value) : [value];
  const names = list.map((one) => (typeof one === "string" ? NAME.exec(one.trim())?.[1] : undefined));
  return names.every((name) => name !== undefined) && names.length <= 20 ? names : undefined;
}

/** A number beside the id is left out. A sentence in such a field says what the step does. */
function secondNames(fields: Fields, at: StepContext): void {
  const first = fieldNamed(new Map([...fields].filter(([, value]) => isName(value))), ...ID_FIELDS);
  if (first === undefined) return;
  for (const field of [...fields.keys()]) {
    const value = fields.get(field);
    if (field === first || field === "id" || !ID_FIELDS.includes(plainName(field)) || !isName(value)) continue;
    const to = ["description", "title"].find((name) => !fields.has(name));
    if (typeof value === "string" && /\s/.test(value.trim())) {
      if (to !== undefined) rename(fields, field, to, at);
      continue;
    }
    fields.delete(field);
    at.note("LEFT_OUT", { field }, undefined, { before: value });
  }
}

const isName = (value: unknown): boolean =>
  (typeof value === "string" && value.trim() !== "") || (typeof value === "number" && Number.isFinite(value));
