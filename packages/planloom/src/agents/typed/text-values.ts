// Numbers and booleans that a model wrote as texts. In: a value, and the type that it should have. Out: the value with
// "4" as 4 wherever the type takes numbers and no texts. Nothing else is changed.
import { isObject, type Json } from "../../plan/json.js";
import { membersOf, type RecordType, type Type } from "../../plan/type/type.js";

export function withoutTextValues(value: Json, type: Type): Json {
  const members = membersOf(type);
  if (typeof value === "string") return valueOfText(value, members) ?? value;
  if (Array.isArray(value)) {
    const list = members.find((member) => member.kind === "list");
    const items = value as readonly Json[];
    return list === undefined ? items : items.map((item) => withoutTextValues(item, list.of));
  }
  const record = members.find((member): member is RecordType => member.kind === "record");
  if (!isObject(value) || record === undefined) return value;
  const fields = Object.entries(value).map(([name, field]) => {
    const known = Object.hasOwn(record.fields, name) ? record.fields[name]!.type : record.rest;
    return [name, known === undefined ? field : withoutTextValues(field, known)] as const;
  });
  return Object.fromEntries(fields);
}

/** A number as JSON writes it, or true, or false; undefined if the type takes texts or the text is something else. */
function valueOfText(text: string, members: readonly Type[]): Json | undefined {
  const takes = (kind: "number" | "boolean"): boolean =>
    members.some((member) => member.kind === kind || (member.kind === "literal" && typeof member.value === kind));
  const takesText = members.some(
    (member) =>
      member.kind === "unknown" ||
      member.kind === "string" ||
      (member.kind === "literal" && typeof member.value === "string"),
  );
  if (takesText) return undefined;
  const plain = text.trim();
  if (takes("number") && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(plain) && isExact(plain)) return Number(plain);
  if (takes("boolean") && (plain === "true" || plain === "false")) return plain === "true";
  return undefined;
}

/** A long number would lose digits. */
const isExact = (digits: string): boolean => digits.replace(/[-.]/g, "").length <= 15;
