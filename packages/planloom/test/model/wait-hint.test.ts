// How long a server asks to wait: the forms in which servers say it.
import { expect, test } from "vitest";
import { waitHint } from "../../src/model/refusal/wait-hint.js";

const NOW = Date.parse("2026-11-30T12:00:00Z");

const inHeaders = (headers: { readonly [name: string]: string }, status = 429) =>
  waitHint({ status, headers, body: "" }, NOW);
const inBody = (body: unknown) =>
  waitHint({ status: 429, body: typeof body === "string" ? body : JSON.stringify(body) }, NOW);

test.each([
  [{ "retry-after": "3" }, 3000],
  [{ "retry-after": "0.5" }, 500],
  [{ "retry-after-ms": "250", "retry-after": "3" }, 250],
  [{ "retry-after": "Mon, 30 Nov 2026 12:01:00 GMT" }, 60_000],
  [{ "retry-after": "soon" }, undefined],
  [{ "x-ratelimit-reset-requests": "6m0s" }, 360_000],
  [{ "x-ratelimit-reset-tokens": "20ms" }, 20],
  [{ "x-ratelimit-reset": "12" }, 12_000],
  [{ "x-ratelimit-reset": String(NOW + 7_000) }, 7_000],
  [{ "x-ratelimit-reset": String(NOW / 1000 + 7) }, 7_000],
  [{ "ratelimit-reset": "4" }, 4_000],
  [{ "anthropic-ratelimit-requests-reset": "2026-11-30T12:00:30Z" }, 30_000],
  [{ "content-type": "text/plain" }, undefined],
])("headers %o", (headers, ms) => {
  expect(inHeaders(headers)).toBe(ms);
});

test("the limit that is used up counts, and the shortest time if no limit says that it is", () => {
  const resets = { "x-ratelimit-reset-requests": "8h", "x-ratelimit-reset-tokens": "2s" };
  const left = { "x-ratelimit-remaining-requests": "900", "x-ratelimit-remaining-tokens": "0" };
  expect(inHeaders({ ...resets, ...left })).toBe(2_000);
  expect(inHeaders(resets)).toBe(2_000);
});

test("a reset beside another status says nothing about it", () => {
  expect(inHeaders({ "x-ratelimit-reset-requests": "1s" }, 500)).toBeUndefined();
  expect(inHeaders({ "retry-after": "1" }, 503)).toBe(1_000);
});

test.each([
  [{ error: { message: "Rate limit reached. Please try again in 6.2s. Visit the page." } }, 6_200],
  [{ error: { message: "Please try again in 1m30.5s." } }, 90_500],
  [{ error: { message: "Please retry after 20 seconds." } }, 20_000],
  [{ error: { message: "Please retry in 31.507s." } }, 31_507],
  ["slow down, wait 2 minutes", 120_000],
  ["Try again in 120ms", 120],
  [{ error: { details: [{ "@type": "RetryInfo", retryDelay: "31s" }] } }, 31_000],
  [{ retry_after: 1.5 }, 1_500],
  [{ error: { retry_after_ms: 70 } }, 70],
  [{ error: { metadata: { headers: { "X-RateLimit-Reset": String(NOW + 9_000) } } } }, 9_000],
  [{ error: { message: "Too many requests." } }, undefined],
  ["try again later", undefined],
  ["{", undefined],
])("the body %o", (body, ms) => {
  expect(inBody(body)).toBe(ms);
});
