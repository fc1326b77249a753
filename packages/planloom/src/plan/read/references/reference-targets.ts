// Finds the step that a reference of another system means. In: a form, and the names of all steps. Out: the id of the
// step, if the form can mean only one. Numbers are those of the document. No number is ever shifted.
import type { ReferenceContext } from "./reference-context.js";
import { numberIn, stepNumber, type Form, type WholeForm } from "../spellings.js";

type Named = Pick<Form, "adapter" | "name">;

export function stepOf({ adapter, name }: Named, context: ReferenceContext): string | undefined {
  const { names } = context;
  const number = stepNumber(name);
  switch (adapter) {
    case "REFERENCE_DOLLAR":
      return number === undefined ? undefined : names.byPlainNumber(number);
    case "REFERENCE_NODE":
    case "REFERENCE_GENERATED":
      if (number === undefined) return names.resolve(name);
      return names.byNumber(number) ?? names.atIndex(number) ?? atPlace(number, context);
    case "REFERENCE_HASH_E":
      return names.resolve(`E${name}`) ?? numbered(Number(name), context);
    case "REFERENCE_INDEX":
      return atPosition(Number(name), context);
    case "REFERENCE_OUTPUT_OF":
    case "REFERENCE_DOLLAR_BRACE":
    case "REFERENCE_DOLLAR_NAME":
    case "REFERENCE_DOLLAR_PATH":
    case "REFERENCE_BRACES":
    case "REFERENCE_BRACE":
    case "REFERENCE_MARKED":
    case "REFERENCE_BARE":
      return byName(name, context);
  }
}

function byName(name: string, context: ReferenceContext): string | undefined {
  const { names } = context;
  const known = names.resolve(name);
  if (known !== undefined) return known;
  const number = stepNumber(name);
  if (number !== undefined) return /^\d/.test(name) ? names.byNumber(number) : numbered(number, context);
  const inside = numberIn(name);
  return inside === undefined ? undefined : numbered(inside, context);
}

/** The step of a number. If no step has a number, the step at that place, counted from 1. */
function numbered(number: number, context: ReferenceContext): string | undefined {
  return context.names.byNumber(number) ?? atPlace(number, context);
}

const atPlace = (number: number, context: ReferenceContext): string | undefined =>
  context.names.range === undefined ? stepAtPlace(number, context) : undefined;

/** The earlier step at a place of the document, counted from 1. */
export function stepAtPlace(number: number, context: ReferenceContext): string | undefined {
  const id = context.names.all[number - 1];
  return id !== undefined && id !== "" && isEarlier(id, context) ? id : undefined;
}

/** `steps[1]` counts from 0, or from 1. It is read if only one of these is a step before this one. */
function atPosition(index: number, context: ReferenceContext): string | undefined {
  const all = context.names.all;
  const meant = [all[index], all[index - 1]].filter(
    (id): id is string => id !== undefined && id !== "" && isEarlier(id, context),
  );
  const declared = meant.filter((id) => context.dependsOn?.has(id) === true);
  const fits = declared.length > 0 ? declared : meant;
  return index === 0 || fits.length === 1 ? fits[0] : undefined;
}

export const isEarlier = (id: string, { id: own, names }: ReferenceContext): boolean =>
  own === undefined || (id !== own && names.isBefore(id, own));

/** The step that the words of a whole value mean. */
export function stepOfWords({ phrase, name }: WholeForm, context: ReferenceContext): string | undefined {
  const { names } = context;
  switch (phrase?.of) {
    case undefined:
      return undefined;
    case "previous":
      return stepBefore(context);
    case "step":
      return numbered(Number(name), context);
    case "place":
      return stepAtPlace(Number(name), context);
    case "name": {
      const number = stepNumber(name);
      return (
        (number === undefined ? undefined : names.byNumber(number)) ??
        names.byWords(name) ??
        names.byWords(name.replace(/^step /i, ""))
      );
    }
  }
}

/** The step before this one: the one above it, if it depends on no other; or the only one that it depends on. */
function stepBefore(context: ReferenceContext): string | undefined {
  const { names, id, dependsOn } = context;
  if (id === undefined) return names.all.at(-1) || undefined;
  const declared = [...(dependsOn ?? [])].filter((name) => name !== id);
  if (declared.length === 1) return declared[0];
  const above = names.above(id);
  return declared.length === 0 || (above !== undefined && declared.includes(above)) ? above : undefined;
}
