// Times in words. In: moments and lengths in ms. Out: short texts whose numbers never part from their units.

const NARROW = "\u00a0";
const two = (value: number): string => String(value).padStart(2, "0");
const withUnit = (value: number | string, unit: string): string => `${value}${NARROW}${unit}`;

/** A length: `320 ms`, `3.8 s`, `24 s`, `1 min 12 s`, `51 min`, `1 h 02 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return withUnit(Math.max(0, Math.round(ms)), "ms");
  if (ms < 9_950) return withUnit((ms / 1_000).toFixed(1), "s");
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return withUnit(seconds, "s");
  if (seconds < 600) return join(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return withUnit(minutes, "min");
  if (minutes < 1_440) return join(Math.floor(minutes / 60), "h", minutes % 60, "min");
  return join(Math.floor(minutes / 1_440), "d", Math.floor((minutes % 1_440) / 60), "h");
}

const join = (first: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? withUnit(first, unit) : `${withUnit(first, unit)} ${withUnit(two(rest), restUnit)}`;

/** A length that counts down, in whole seconds: `8 s`. */
export function countdownText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 10 ? withUnit(seconds, "s") : durationText(seconds * 1_000);
}

/** How long ago: one unit is enough. */
export function ageText(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1_000));
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${withUnit(seconds, "s")} ago`;
  if (seconds < 3_600) return `${withUnit(Math.floor(seconds / 60), "min")} ago`;
  if (seconds < 86_400) return `${withUnit(Math.floor(seconds / 3_600), "h")} ago`;
  return `${withUnit(Math.floor(seconds / 86_400), "d")} ago`;
}

/** The time of the day. */
export const clockText = (at: number): string => {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
};

const sameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString();
const dayBefore = (now: number): Date => {
  const date = new Date(now);
  date.setDate(date.getDate() - 1);
  return date;
};

/** A day as a heading: `Today, Monday 30 November`. The year only if it is another one. */
export function dayText(at: number, now: number): string {
  const [date, today] = [new Date(at), new Date(now)];
  const year = date.getFullYear() === today.getFullYear() ? {} : { year: "numeric" as const };
  const day = date.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", ...year });
  const plain = day.replace(",", "");
  if (sameDay(date, today)) return `Today, ${plain}`;
  return sameDay(date, dayBefore(now)) ? `Yesterday, ${plain}` : plain;
}

/** A moment: the time of today, else with its day. */
export function momentText(at: number, now: number): string {
  if (sameDay(new Date(at), new Date(now))) return clockText(at);
  const day = new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return `${day} ${clockText(at)}`;
}

/** A moment in full, for the title of a short one. */
export const fullText = (at: number): string =>
  new Date(at).toLocaleString("en-GB", { dateStyle: "full", timeStyle: "long" });
