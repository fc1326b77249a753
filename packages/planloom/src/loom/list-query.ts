// The query of a list of runs, as a program without types may give it. In: any value. Out: the query; throws
// QUERY_INVALID for a field that does not fit or does not exist. A store never sees a wrong one.
import { beginning } from "../beginning.js";
import type { ListQuery } from "../store/event-store.js";
import { STATUS_FILTERS } from "../store/listing.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { QueryField } from "../words/errors/runs.js";

export function soundQuery(query: ListQuery): ListQuery {
  // An unknown filter would list every run.
  const unknown = Object.keys(query).find((field) => !Object.hasOwn(FITS, field));
  if (unknown !== undefined) throw new PlanloomError("QUERY_INVALID", { field: beginning(unknown, 60) });
  for (const field of FIELDS) {
    const given: unknown = query[field];
    if (given !== undefined && !FITS[field](given)) {
      throw new PlanloomError("QUERY_INVALID", { field, given: shown(given) });
    }
  }
  return query;
}

/** A list for people: child runs are parts of other runs, so they are only listed where they are asked for. */
export const forPeople = <Q extends ListQuery>(query: Q): Q =>
  query.within === undefined && query.children === undefined ? { ...query, children: false } : query;

const isText = (value: unknown): value is string => typeof value === "string";
const isStatus = (value: unknown): boolean => (STATUS_FILTERS as readonly unknown[]).includes(value);

const FITS: { readonly [field in QueryField]: (value: unknown) => boolean } = {
  limit: (value) => value === Infinity || (Number.isInteger(value) && (value as number) >= 0),
  since: (value) => typeof value === "number" && !Number.isNaN(value),
  status: (value) => (Array.isArray(value) ? value.every(isStatus) : isStatus(value)),
  text: isText,
  playbook: isText,
  tag: (value) => (Array.isArray(value) ? value.every(isText) : isText(value)),
  children: (value) => typeof value === "boolean",
  cursor: isText,
  within: isText,
};

const FIELDS = Object.keys(FITS) as readonly QueryField[];

/** The value in a few words. */
function shown(value: unknown): string {
  if (typeof value === "number") return Number.isNaN(value) ? "not a number" : String(value);
  if (isText(value)) return JSON.stringify(beginning(value, 60));
  if (Array.isArray(value)) return "a list with another value";
  return value === null ? "null" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
