// Edits of recorded logs: well-formed JSON with one wrong value. In: names of logs. Out: arbitrary edits.
import fc from "fast-check";
import type { Json, JsonObject } from "../../src/plan/json.js";
import type { RunEvent } from "../../src/run/event.js";

/** Stands for no field at all. */
export const GONE = Symbol("gone");
export type Other = Json | typeof GONE;
const OTHERS: readonly Other[] = [GONE, null, 0, -1, 1.5, 1e300, "", "x", true, false, [], {}, [null], [[]], { a: 1 }];

/** The pointer of every value below this one. */
function placesIn(value: Json, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, one]) => placesIn(one, [...at, name]))];
}

export function changed(value: Json, [name, ...rest]: readonly string[], other: Other): Json {
  if (name === undefined) return other === GONE ? null : other;
  if (Array.isArray(value))
    return value.map((one: Json, index) => (String(index) === name ? changed(one, rest, other) : one));
  const { [name]: old, ...others } = value as JsonObject;
  if (rest.length === 0 && other === GONE) return others;
  return { ...(value as JsonObject), [name]: changed(old ?? null, rest, other) };
}

/** `of` gives the log with one value of one event replaced or left out. Its chain is not mended. */
export const anyEdit = (names: readonly string[]) =>
  fc
    .record({ name: fc.constantFrom(...names), event: fc.nat(), place: fc.nat(), other: fc.constantFrom(...OTHERS) })
    .map(({ name, event, place, other }) => ({
      name,
      of: (log: readonly RunEvent[]): readonly RunEvent[] => {
        const index = event % log.length;
        const whole = log[index]!.data as unknown as Json;
        const places = placesIn(whole);
        const data = changed(whole, places[place % places.length]!, other);
        return log.map((one, at) => (at === index ? ({ ...one, data } as unknown as RunEvent) : one));
      },
    }));
