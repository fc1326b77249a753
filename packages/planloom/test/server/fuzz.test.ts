// Random and hostile requests, made from the OpenAPI document: no route answers 500, and every error is a problem that
// the document describes (the client checks that). API_FUZZ=20000 asks more, API_FUZZ_SEED=n other ones.
import fc from "fast-check";
import { expect, test } from "vitest";
import { DOCUMENT, type Operation } from "./description.js";
import { openServer, PLAN, type Served } from "./parts.js";

const runs = Number(process.env["API_FUZZ"] ?? 250);
const seed = Number(process.env["API_FUZZ_SEED"] ?? 16);

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

const HOSTILE = [
  ...[
    "",
    " ",
    "__proto__",
    "constructor",
    "../..",
    "%00",
    "\u0000",
    "\ud800",
    "💥",
    "x".repeat(3_000),
    "${{ inputs.a }}",
  ],
  ...[-1, 1.5, 1e308, 9_007_199_254_740_993, null, true, [], [[]], {}, { toJSON: 1 }],
  JSON.parse('{"__proto__": {"polluted": true}}') as unknown,
];

const hostile = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...HOSTILE) }, fc.jsonValue({ maxDepth: 4 }));

/** Mostly what fits the schema, sometimes anything. */
const valueFor = (schema: Schema): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: fitting(schema) }, { weight: 1, arbitrary: hostile });

function fitting(schema: Schema): fc.Arbitrary<unknown> {
  const { enum: choices, anyOf, oneOf, items, properties, required = [] } = schema;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (choices !== undefined) return fc.constantFrom(...choices);
  const any = anyOf ?? oneOf;
  if (any !== undefined) return fc.oneof(...any.map(valueFor));
  switch (schema.type) {
    case "string":
      return fc.oneof(fc.constantFrom("greet", "pay", "format", "r1", "1"), fc.string());
    case "integer":
      return fc.nat(1_000);
    case "number":
      return fc.double({ noNaN: true });
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(valueFor(items ?? {}), { maxLength: 4 });
    case "object": {
      if (properties === undefined)
        return fc.oneof(fc.constant(PLAN), fc.dictionary(fc.string(), hostile, { maxKeys: 3 }));
      const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valueFor(one)]));
      return fc.record(fields, { requiredKeys: [...required] });
    }
    default:
      return hostile;
  }
}

interface Wanted {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: { readonly [name: string]: string };
}

function requestFor(path: string, method: string, operation: Operation, runId: string): fc.Arbitrary<Wanted> {
  const parameters = operation.parameters.map(({ name, in: place, schema }) => {
    const own =
      name === "id" ? fc.oneof({ weight: 5, arbitrary: fc.constant(runId) }, valueFor(schema)) : valueFor(schema);
    return fc.record({ name: fc.constant(name), place: fc.constant(place), value: own, isGiven: fc.boolean() });
  });
  const schema = operation.requestBody?.content["application/json"].schema;
  const body = schema === undefined ? fc.constant(undefined) : valueFor(schema);
  return fc.record({ all: fc.tuple(...parameters), body }).map(({ all, body: sent }) => {
    const query = new URLSearchParams();
    const headers: { [name: string]: string } = {};
    let to = path;
    for (const { name, place, value, isGiven } of all) {
      const written = textOf(value);
      if (place === "path") to = to.replace(`{${name}}`, encodeURIComponent(written) || "-");
      else if (place === "query" && isGiven) query.append(name, written);
      else if (place === "header" && isGiven && /^[\x20-\x7e]+$/u.test(written.trim())) headers[name] = written.trim();
    }
    return { method: method.toUpperCase(), path: `${to}?${query.toString()}`, body: sent, headers };
  });
}

/** A route that only streams answers until its run has ended. */
function hasEnd([, { responses }]: readonly [string, Operation]): boolean {
  const types = Object.keys(responses["200"]?.content ?? {});
  return types.length === 0 || types.some((type) => type !== "text/event-stream");
}

/** Half a character cannot stand in an address. */
const textOf = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : (JSON.stringify(value) ?? ""))
    .toString()
    .slice(0, 2_000);

test(`no one of ${runs} random requests is answered with 500`, { timeout: 60_000 + runs * 20 }, async () => {
  const server: Served = await openServer();
  const { body: run } = await server.post("/v1/runs", { plan: PLAN, runId: "r1" });
  await server.stopped(run.runId);
  const operations = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(hasEnd)
      .map(([method, operation]) => requestFor(path, method, operation, run.runId)),
  );
  const counts = new Map<number, number>();
  const asked = fc.asyncProperty(fc.oneof(...operations), async ({ method, path, body, headers }) => {
    const { status } = await server.ask(method, path, body === undefined ? undefined : JSON.stringify(body), headers);
    counts.set(status, (counts.get(status) ?? 0) + 1);
    expect(status).not.toBe(500);
  });
  await fc.assert(asked, { seed, numRuns: runs, endOnFailure: true });
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  expect(counts.get(200) ?? 0).toBeGreaterThan(runs / 20);
  expect(counts.get(400) ?? 0).toBeGreaterThan(runs / 20);
});
