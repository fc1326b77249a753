// The pure parts of the Studio: streams of events, progress, times, money, typed values, addresses.
import { describe, expect, test } from "vitest";
import { eventReader, type StreamEvent } from "../src/api/stream.js";
import { matchRoute } from "../src/app/routes.js";
import { tokenIn } from "../src/api/session.js";
import type { ReviewedStep } from "../src/api/people.js";
import { askPlaces } from "../src/pages/review/asks-first.js";
import { moneyText } from "../src/parts/money.js";
import { stopShapes } from "../src/parts/stops.js";
import { ageText, dayText, durationText, momentText } from "../src/parts/time-text.js";
import { controlOf, typedText, typedValue } from "../src/parts/typed-value.js";

describe("a stream of events", () => {
  const STREAM =
    ": beat\n\nid: 1\nevent: run.started\ndata: {}\n\nid: 2\r\nevent: step.ready\r\ndata: a\r\ndata:b\r\n\r\nid: 3\ndata: c\n\ndata: open";
  const WHOLE: readonly StreamEvent[] = [
    { id: "1", event: "run.started", data: "{}" },
    { id: "2", event: "step.ready", data: "a\nb" },
    { id: "3", event: "message", data: "c" },
  ];

  test.each([1, 2, 3, 7, 1_000])("is the same in pieces of %i characters; an open event is kept back", (size) => {
    const found: StreamEvent[] = [];
    const take = eventReader((event) => found.push(event));
    for (let at = 0; at < STREAM.length; at += size) take(STREAM.slice(at, at + size));
    expect(found).toEqual(WHOLE);
  });
});

test.each([
  [{ total: 4, done: 2, failed: 0, skipped: 0, now: "running" as const }, "done done running planned"],
  [{ total: 3, done: 1, failed: 1, skipped: 1 }, "done skipped failed"],
  [{ total: 3, done: 1, failed: 1, skipped: 0 }, "done failed planned"],
  [{ total: 2, done: 2, failed: 0, skipped: 0, now: "running" as const }, "done done"],
  [{ total: 0, done: 0, failed: 0, skipped: 0 }, ""],
])("the stops of %j", (stops, shapes) => {
  expect(stopShapes(stops).join(" ")).toBe(shapes);
});

/** Text with spaces that break, to be read here. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("times", () => {
  test.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [3_849, "3.8 s"],
    [9_999, "10 s"],
    [59_700, "1 min"],
    [72_000, "1 min 12 s"],
    [599_999, "10 min"],
    [3_600_000, "1 h"],
    [3_720_000, "1 h 02 min"],
    [90_000_000, "1 d 01 h"],
    [-5, "0 ms"],
  ])("%i ms are %s", (ms, text) => {
    expect(plain(durationText(ms))).toBe(text);
  });

  const now = new Date(2026, 10, 30, 9, 31).getTime();
  const HOUR = 3_600_000;

  test("ages have one unit", () => {
    expect([5_000, 50_000, 150_000, 5 * HOUR, 72 * HOUR].map((ms) => plain(ageText(now - ms, now)))).toEqual([
      "just now",
      "50 s ago",
      "2 min ago",
      "5 h ago",
      "3 d ago",
    ]);
  });

  test("days and moments name what differs from today", () => {
    expect(dayText(now, now)).toBe("Today, Monday 30 November");
    expect(dayText(now - 12 * HOUR, now)).toBe("Yesterday, Sunday 29 November");
    expect(dayText(now - 400 * 24 * HOUR, now)).toContain("2025");
    expect(momentText(now, now)).toBe("09:31");
    expect(momentText(now - 12 * HOUR, now)).toMatch(/^29 Nov 21:31$/);
  });
});

test.each([
  [0, "0 USD"],
  [0.41, "0.41 USD"],
  [1234.5, "1,234.5 USD"],
  [0.0042, "0.0042 USD"],
  [0.00000123, "0.00000123 USD"],
])("%d dollars are %s", (usd, text) => {
  expect(plain(moneyText(usd))).toBe(text);
});

describe("typed values", () => {
  test.each([
    ["string", "text"],
    ["number", "number"],
    ["integer", "integer"],
    ["boolean", "boolean"],
    ['"a" | "b"', "choice"],
    ["1 | 2", "choice"],
    ["string[]", "json"],
    ["{ a: number }", "json"],
    ['"a" | string', "json"],
    [undefined, "any"],
  ])("the type %s has the control %s", (type, kind) => {
    expect(controlOf(type).kind).toBe(kind);
  });

  test.each([
    ["string", "00501", "00501"],
    ["number", "12.5", 12.5],
    ["boolean", "true", true],
    ['"a" | "b"', '"b"', "b"],
    ["string[]", '["a"]', ["a"]],
    [undefined, "[1]", [1]],
    [undefined, "word", "word"],
  ])("of the type %s, %s is %j, and is shown so again", (type, text, value) => {
    const control = controlOf(type);
    expect(typedValue(control, text)).toEqual({ ok: true, value });
    expect(typedValue(control, typedText(control, value))).toEqual({ ok: true, value });
  });

  test.each([
    ["number", "forty", "Write a number, such as 12.5."],
    ["integer", "1.5", "Write a whole number."],
    ["boolean", "", "Choose one."],
    ["string[]", "a, b", "This is not JSON. Lists are written [1, 2] and texts in quotes."],
  ])("of the type %s, %s is refused", (type, text, error) => {
    expect(typedValue(controlOf(type), text)).toEqual({ ok: false, error });
  });
});

describe("addresses", () => {
  test.each([
    ["/runs", "/runs", {}],
    ["/runs/", "/runs", {}],
    ["/runs/a%20b", "/runs/:id", { id: "a b" }],
    ["/runs/%zz", "/runs/:id", { id: "%zz" }],
  ])("%s is the page %s", (path, route, params) => {
    expect(matchRoute(path)).toMatchObject({ route: { path: route }, params });
  });

  test("others have no page", () => {
    expect([matchRoute("/nowhere"), matchRoute("/")]).toEqual([undefined, undefined]);
  });

  test("a token is read from a link or as it is", () => {
    const token = "a+b%2F";
    expect(tokenIn(`http://127.0.0.1:4950/#token=${encodeURIComponent(token)}`)).toBe(token);
    expect(tokenIn(`  ${token} `)).toBe(token);
    expect(tokenIn("#token=%")).toBe("%");
  });
});

test.each([
  ["the sentence", true, true, [true], [], { tools: false, row: false }],
  ["the sentence, and the row if it changed", true, true, [true], ["approval"], { tools: false, row: true }],
  ["the row", false, true, [true], [], { tools: false, row: true }],
  ["the tool", false, false, [true], [], { tools: true, row: false }],
  ["the tools if only some ask", false, false, [true, false], [], { tools: true, row: false }],
] as const)("a step of a review says that it asks by %s", (_, hasSentence, hasRow, tools, changed, places) => {
  const step = {
    ...(hasSentence ? { asks: { reason: "it acts", stands: true } } : {}),
    fields: hasRow ? [{ field: "approval" }] : [],
    tools: tools.map((asks) => ({ asks })),
  } as unknown as ReviewedStep;
  expect(askPlaces(step, new Set(changed))).toEqual(places);
});
