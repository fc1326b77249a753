// The OpenAPI document describes exactly the routes that the server has.
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { serverApp } from "../../src/server/app.js";
import { atEnd, DOCUMENT } from "./description.js";
import { ANN } from "./parts.js";

test("every route is described, and every description has its route", async () => {
  const loom = await createLoom({ store: "memory" }, { env: {} });
  onTestFinished(() => loom.close());
  const { routes } = serverApp(loom, { tokens: [ANN], cookie: "planloom-0" });
  const served = routes.flatMap(({ method, path }) =>
    method === "ALL" ? [] : [`${method} ${path.replaceAll(/:(\w+)/gu, "{$1}").replace(/(.)\/$/u, "$1")}`],
  );
  const described = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect([...new Set(served)].sort()).toEqual([...described].sort());
  expect(described.length).toBeGreaterThan(20);
});

test("every reference of it has its end, and every operation its own id", () => {
  const text = JSON.stringify(DOCUMENT);
  for (const [, at = ""] of text.matchAll(/"\$ref":"(#[^"]+)"/gu)) {
    expect([at, typeof atEnd(at)]).toEqual([at, "object"]);
  }
  const ids = Object.values(DOCUMENT.paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
  expect(new Set(ids).size).toBe(ids.length);
});
