// openApi(): operations of a document as tools, over a real server of this machine.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { Json, JsonObject } from "../../src/plan/json.js";
import { ToolError, type Tool } from "../../src/tools/tool.js";
import { openApi, type OpenApiOptions } from "../../src/tools.js";
import { serve, type LocalServer } from "./local-server.js";
import { called, errorOf, unusableOf } from "./tool-context.js";

let server: LocalServer;
let seen: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
let answer: { status: number; type?: string; body: string };

beforeAll(async () => {
  server = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer.status, { "content-type": answer.type ?? "application/json" }).end(answer.body);
    });
  });
});
beforeEach(() => {
  seen = [];
  answer = { status: 200, body: '{"id":1,"name":"Rex"}' };
});
afterAll(() => server.close());

const PET = {
  type: "object",
  required: ["id", "name"],
  properties: {
    id: { type: "integer", readOnly: true },
    name: { type: "string" },
    secret: { type: "string", writeOnly: true },
    tag: { type: "string", nullable: true },
    parent: { $ref: "#/components/schemas/Pet" },
  },
};

const json = (schema: JsonObject) => ({ content: { "application/json": { schema } } });
const ok = (schema: JsonObject) => ({ responses: { 200: { description: "ok", ...json(schema) } } });

const document = (paths: JsonObject, more: JsonObject = {}): JsonObject => ({
  openapi: "3.0.3",
  info: { title: "Pets", version: "2.1" },
  servers: [
    { url: "https://elsewhere.example/v1" },
    { url: `${server.url}/{base}`, variables: { base: { default: "v1" } } },
  ],
  paths,
  ...more,
  components: { schemas: { Pet: PET }, ...(more["components"] as JsonObject | undefined) },
});

const PETS = (): JsonObject =>
  document({
    "/pets": {
      get: {
        operationId: "listPets",
        summary: "Lists all pets",
        parameters: [{ name: "limit", in: "query", schema: { type: "integer", maximum: 100, exclusiveMaximum: true } }],
        ...ok({ type: "array", items: { $ref: "#/components/schemas/Pet" } }),
      },
      post: {
        operationId: "add pet!",
        requestBody: { required: true, ...json({ $ref: "#/components/schemas/Pet" }) },
        responses: { 201: { description: "made", ...json({ $ref: "#/components/schemas/Pet" }) } },
      },
    },
    "/pets/{id}": {
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      get: { operationId: "getPet", ...ok({ $ref: "#/components/schemas/Pet" }) },
      put: { requestBody: json({ type: "object" }), responses: { 204: { description: "done" } } },
      delete: { operationId: "deletePet", responses: { 204: { description: "done" } } },
    },
  });

async function toolsOf(source: JsonObject, more: Partial<OpenApiOptions> = {}): Promise<ReadonlyMap<string, Tool>> {
  const made = await openApi(source, { hosts: [server.url], ...more });
  return new Map(made.map((tool) => [tool.spec.name, tool]));
}

async function only(operation: JsonObject, more: Partial<OpenApiOptions> = {}, path = "/x"): Promise<Tool> {
  const [[, tool] = []] = await toolsOf(document({ [path]: { get: { operationId: "one", ...operation } } }), more);
  return tool!;
}

describe("openApi", () => {
  it("makes one tool for each operation, with effects by method, arguments, and the output of the good response", async () => {
    const tools = await toolsOf(PETS(), { effects: { "PUT /pets/{id}": "once" } });
    expect([...tools.values()].map(({ spec: { name, effects } }) => [name, effects])).toEqual([
      ["listPets", "none"],
      ["add_pet", "once"],
      ["getPet", "none"],
      ["PUT_pets_id", "once"],
      ["deletePet", "idempotent"],
    ]);
    const { spec } = tools.get("listPets")!;
    expect(spec).toMatchObject({
      description: "Lists all pets (GET /pets)",
      input: { properties: { limit: { type: "integer", exclusiveMaximum: 100 } }, additionalProperties: false },
      output: { type: "array", items: { properties: { tag: { type: ["string", "null"] } }, required: ["id", "name"] } },
      ...{ egress: true, version: "openapi Pets 2.1", reach: { hosts: [server.url] }, content: ["limit"] },
    });
    for (const label of ["trusted", "public"]) expect(spec).not.toHaveProperty(label);
    const { input, content } = tools.get("add_pet")!.spec;
    expect(content).toEqual([]);
    const body = (input["properties"] as JsonObject)["body"] as JsonObject;
    // What a service sets itself is no argument. A schema in itself ends somewhere.
    expect(Object.keys(body["properties"] as JsonObject)).toEqual(["name", "secret", "tag", "parent"]);
    expect(body["required"]).toEqual(["name"]);
    expect(JSON.stringify(input).length).toBeLessThan(10_000);
  });

  it("names what refers to nothing, and takes no name for what each object has", async () => {
    const lost = document({ "/a": { $ref: "#/nowhere" } });
    await expect(openApi(lost, { hosts: [server.url] })).rejects.toMatchObject({ code: "OPENAPI_INVALID" });
    expect((await only({ operationId: "constructor", ...ok({}) }, { effects: {} })).spec.effects).toBe("none");
  });

  it("reads JSON and YAML, from a path, a URL and an object", async () => {
    const folder = mkdtempSync(join(tmpdir(), "planloom-openapi-"));
    const [yaml, plain] = [join(folder, "a.yaml"), join(folder, "a.json")];
    writeFileSync(yaml, stringify(PETS()));
    writeFileSync(plain, JSON.stringify({ ...PETS(), openapi: "3.1.0" }));
    for (const source of [yaml, plain, pathToFileURL(plain), PETS()])
      expect(await openApi(source, { hosts: [server.url] })).toHaveLength(5);
    const one = { hosts: [server.url], include: ["getPet", "listPets"], exclude: ["GET /pets"], prefix: "pets_" };
    expect((await openApi(yaml, one)).map(({ spec }) => spec.name)).toEqual(["pets_getPet"]);
    rmSync(folder, { recursive: true });
  });

  it("calls the named server and gives its body", async () => {
    const tools = await toolsOf(PETS(), { headers: { [server.url]: { "X-Team": "blue" } } });
    expect(await called(tools.get("getPet")!, { id: "a/b ?" })).toEqual({ id: 1, name: "Rex" });
    answer = { status: 201, body: '{"id":2,"name":"Ada"}' };
    expect(await called(tools.get("add_pet")!, { body: { name: "Ada" } })).toEqual({ id: 2, name: "Ada" });
    answer = { status: 204, body: "" };
    expect(await called(tools.get("deletePet")!, { id: "1" })).toBeNull();
    expect(seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["GET", "/v1/pets/a%2Fb%20%3F", ""],
      ["POST", "/v1/pets", '{"name":"Ada"}'],
      ["DELETE", "/v1/pets/1", ""],
    ]);
    for (const { headers } of seen) expect(headers["x-team"]).toBe("blue");
    expect(seen[1]!.headers).toMatchObject({ "content-type": "application/json", "idempotency-key": "k1" });
  });

  it("ends as the effects say: a fault of the service leaves an action in doubt, a wrong answer makes it unusable", async () => {
    const tools = await toolsOf(PETS(), { effects: { listPets: "once", "add pet!": "none" } });
    answer = { status: 503, body: "later" };
    expect(await called(tools.get("listPets")!, {}).catch((error: unknown) => error)).not.toBeInstanceOf(ToolError);
    expect(await errorOf(called(tools.get("add_pet")!, { body: { name: "A" } }))).toMatchObject({ retryable: true });
    answer = { status: 200, body: '{"id":"one"}' };
    expect((await unusableOf(called(tools.get("getPet")!, { id: "1" }))).code).toBe("BAD_OUTPUT");
    answer = { status: 302, body: "" };
    expect(await called(tools.get("listPets")!, {}).catch((error: unknown) => error)).toBeInstanceOf(Error);
    expect(await errorOf(called(tools.get("deletePet")!, { id: "1" }))).toMatchObject({ code: "HTTP_STATUS" });
    for (const id of ["", ".", "..", "../1", "a\\..\\b", "x/..;/1"])
      expect((await errorOf(called(tools.get("getPet")!, { id }))).code).toBe("HTTP_PATH");
    expect((await errorOf(called(tools.get("listPets")!, { limit: 100 }))).code).toBe("BAD_ARGUMENTS");
  });
});

const list = { type: "array", items: { type: "string" } };
const record = { type: "object" };

it.each<readonly [string, JsonObject, Json, string | JsonObject]>([
  ["query, a list by default", { in: "query", schema: list }, ["a b", "c"], "/v1/x?p=a+b&p=c"],
  ["query, not exploded", { in: "query", schema: list, explode: false }, ["a", "b"], "/v1/x?p=a%2Cb"],
  ["query, a record", { in: "query", schema: record }, { k: 1, l: true }, "/v1/x?k=1&l=true"],
  [
    "query, deepObject",
    { in: "query", style: "deepObject", schema: record },
    { k: { l: "m" } },
    "/v1/x?p%5Bk%5D%5Bl%5D=m",
  ],
  [
    "query, with spaces",
    { in: "query", style: "spaceDelimited", explode: false, schema: list },
    ["a", "b"],
    "/v1/x?p=a+b",
  ],
  [
    "query, with pipes",
    { in: "query", style: "pipeDelimited", explode: false, schema: list },
    ["a", "b"],
    "/v1/x?p=a%7Cb",
  ],
  ["query, as JSON", { in: "query", ...json(record) }, { k: [1] }, "/v1/x?p=%7B%22k%22%3A%5B1%5D%7D"],
  ["header, a list", { in: "header", schema: list }, ["a", "b"], { p: "a,b" }],
  ["header, a record", { in: "header", explode: true, schema: record }, { k: 1 }, { p: "k=1" }],
  ["cookie", { in: "cookie", schema: { type: "string" } }, "a; b", { cookie: "p=a%3B%20b" }],
])("a parameter is written as its style says: %s", async (_what, parameter, value, expected) => {
  const tool = await only({ parameters: [{ name: "p", ...parameter }], ...ok({}) });
  await called(tool, { p: value });
  if (typeof expected === "string") expect(seen[0]!.url).toBe(expected);
  else expect(seen[0]!.headers).toMatchObject(expected);
});

it("two parameters of one name get their places, and a body gives way to a parameter", async () => {
  const tools = await toolsOf(
    document({
      "/x/{id}": {
        post: {
          operationId: "one",
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "integer" } },
            { name: "id", in: "query", schema: { type: "integer" } },
            { name: "body", in: "query", schema: { type: "string" } },
          ],
          requestBody: { content: { "application/x-www-form-urlencoded": { schema: record } } },
          ...ok({}),
        },
      },
    }),
  );
  await called(tools.get("one")!, { path_id: 1, query_id: 2, body: "b", requestBody: { a: "b c" } });
  expect(seen[0]).toMatchObject({ url: "/v1/x/1?id=2&body=b", body: "a=b+c" });
});

describe("keys", () => {
  const schemes = {
    ...{ head: { type: "apiKey", in: "header", name: "X-Key" }, query: { type: "apiKey", in: "query", name: "key" } },
    ...{ token: { type: "http", scheme: "bearer" }, user: { type: "http", scheme: "basic" } },
    cookie: { type: "apiKey", in: "cookie", name: "sid" },
  };
  const secured = (security: Json) =>
    document(
      { "/x": { get: { operationId: "one", security, ...ok({}) } } },
      { components: { securitySchemes: schemes } },
    );

  it.each<readonly [string, string, object]>([
    ["head", "/v1/x", { "x-key": "a-key-of-mine" }],
    ["query", "/v1/x?key=a-key-of-mine", {}],
    ["token", "/v1/x", { authorization: "Bearer a-key-of-mine" }],
    ["user", "/v1/x", { authorization: `Basic ${Buffer.from("a-key-of-mine").toString("base64")}` }],
    ["cookie", "/v1/x", { cookie: "sid=a-key-of-mine" }],
  ])("of the scheme %s are sent, and never told", async (scheme, url, headers) => {
    const source = secured([{ other: [] }, { [scheme]: [] }]);
    const tools = await toolsOf(source, { security: { [scheme]: "a-key-of-mine" } });
    const tool = tools.get("one")!;
    answer = { status: 200, body: '{"said":"a-key-of-mine"}' };
    expect(JSON.stringify(await called(tool, {}))).not.toContain("a-key-of-mine");
    expect(seen[0]).toMatchObject({ url, headers });
    for (const [status, type, body] of [
      [400, "text/plain", "no a-key-of-mine"],
      [200, "image/png", "x"],
    ] as const) {
      answer = { status, type, body };
      expect((await errorOf(called(tool, {}))).message).not.toContain("a-key-of-mine");
    }
    expect(JSON.stringify(tool.spec)).not.toContain("a-key-of-mine");
  });

  it("that are not there are not sent", async () => {
    const tools = await toolsOf(secured([{ head: [] }]), { security: { head: undefined } });
    await called(tools.get("one")!, {});
    expect(seen[0]!.headers).not.toHaveProperty("x-key");
  });
});

it.each<readonly [string, () => JsonObject, Partial<OpenApiOptions>, object]>([
  ["Swagger 2", () => ({ swagger: "2.0" }), {}, { problem: "version", given: "none" }],
  ["an option", PETS, { host: "a" } as Partial<OpenApiOptions>, { problem: "option", option: "host" }],
  ["no hosts", PETS, { hosts: [] }, { problem: "hosts", option: "hosts" }],
  ["effects", PETS, { effects: { getPet: "some" as "none" } }, { problem: "effects", operation: "getPet" }],
  ["a name", PETS, { exclude: ["getPett"] }, { problem: "operation", near: ["getPet", "GET /pets", "GET /pets/{id}"] }],
  ["a scheme", PETS, { security: { token: "a" } }, { problem: "security", scheme: "token", known: [] }],
  [
    "a host that nobody named",
    () => ({ ...PETS(), servers: [{ url: "https://elsewhere.example" }] }),
    { include: ["getPet"] },
    { problem: "unfit", operations: [{ operation: "getPet", reason: "server https://elsewhere.example" }] },
  ],
  [
    "names that collide",
    () => document({ "/a": { get: { operationId: "a b", ...ok({}) }, put: { operationId: "a_b", ...ok({}) } } }),
    {},
    { problem: "names", tool: "a_b", operations: ["a b (GET /a)", "a_b (PUT /a)"] },
  ],
  [
    "all operations that cannot be tools",
    () =>
      document({
        "/a/{b}": { get: { operationId: "path", ...ok({}) } },
        "/b": {
          get: { parameters: [{ name: "p", in: "query", style: "odd", schema: {} }] },
          put: { requestBody: { content: { "multipart/form-data": {} } } },
          post: { requestBody: json({ $ref: "other.yaml#/Pet" }) },
          patch: { requestBody: json({ $ref: "#/components/schemas/None" }) },
        },
      }),
    {},
    {
      operations: [
        { operation: "path", reason: "path without parameter b" },
        { operation: "GET /b", reason: "parameter p: style odd" },
        { operation: "PUT /b", reason: "body as multipart/form-data" },
        { operation: "POST /b", reason: "$ref other.yaml#/Pet" },
        { operation: "PATCH /b", reason: "$ref #/components/schemas/None" },
      ],
    },
  ],
])("refuses %s, and says what to write", async (_what, source, more, params) => {
  const refused = openApi(source(), { hosts: [server.url], ...more });
  await expect(refused).rejects.toMatchObject({ code: "OPENAPI_INVALID", params, next: expect.any(String) as string });
});

it("refuses a file that is none, or no document", async () => {
  for (const source of ["none.yaml", "https://a.example/spec.yaml", import.meta.filename])
    await expect(openApi(source, { hosts: ["a.example"] })).rejects.toMatchObject({ code: "OPENAPI_INVALID" });
});

it("takes a schema that Planloom cannot use as names alone: the service checks the values", async () => {
  const tool = await only({
    parameters: [{ name: "p", in: "query", schema: { type: "string", enum: [1] } }],
    ...ok({ type: "strin" }),
  });
  expect(tool.spec).toMatchObject({ input: { properties: { p: {} } } });
  expect(tool.spec).not.toHaveProperty("output");
});
