// The OpenAPI 3.1 document of the API. In: the facts of its routes. Out: JSON. The schemas of requests are those that
// check them. A path or a field is only ever added.
import { z } from "zod";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { ANSWERS, type AnswerName } from "./answers.js";
import { rightFor, type RouteAnswer, type RouteFacts } from "./route.js";

export function openApiOf(routes: readonly RouteFacts[]): JsonObject {
  const paths: { [path: string]: { [method: string]: Json } } = {};
  for (const one of routes) (paths[one.path] ??= {})[one.method] = operation(one);
  return {
    openapi: "3.1.0",
    info: {
      title: "Planloom",
      version: "1",
      description:
        "Starts, follows and steers runs of plans. Errors are `application/problem+json` with a `code`, a `detail` and " +
        "the `next` step. Answers may get more fields: ignore those that you do not know. `x-right` is the least right " +
        "of a token that may use a route: read, approve or all.",
    },
    servers: [{ url: "http://127.0.0.1:4950" }],
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: ANSWERS,
      responses: {
        Problem: {
          description: "An error. `code` says which, `next` what to do.",
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A token of the server." },
        session: { type: "apiKey", in: "cookie", name: "planloom-4950", description: "The Studio's session." },
      },
    },
  };
}

function operation(one: RouteFacts): Json {
  const { id, summary, description, body, example, isOpen } = one;
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(isOpen ? { security: [] } : { "x-right": rightFor(one) }),
    parameters: [...pathParameters(one.path), ...queryParameters(one.query), ...headerParameters(one.headers)],
    ...(body === undefined ? {} : { requestBody: requestBody(body, example) }),
    responses: { ...Object.fromEntries(Object.entries(one.answers).map(answerEntry)), ...problems(one) },
  };
}

const pathParameters = (path: string): readonly Json[] =>
  [...path.matchAll(/\{(\w+)\}/gu)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    description: PATH[name] ?? name,
    schema: { type: "string" },
  }));

const PATH: { readonly [name: string]: string } = {
  id: "The id of the run.",
  revision: "The number of the revision, from 1.",
  hash: "The hash under which it was asked.",
  step: "The id of the step.",
};

function queryParameters(query: z.ZodObject | undefined): readonly Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(query) as { properties?: JsonObject; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => {
    const { description = "", ...rest } = isObject(schema) ? schema : {};
    const isList = rest["type"] === "array";
    return {
      name,
      in: "query",
      required: required.includes(name),
      description,
      ...(isList ? { style: "form", explode: true } : {}),
      schema: rest,
    };
  });
}

const headerParameters = (headers: RouteFacts["headers"] = {}): readonly Json[] =>
  Object.entries(headers).map(([name, description]) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  }));

const requestBody = (body: z.ZodType, example: unknown): Json => ({
  required: true,
  content: {
    "application/json": { schema: schemaOf(body), ...(example === undefined ? {} : { example: example as Json }) },
  },
});

function schemaOf(schema: z.ZodType): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  // Fields that a schema leaves out are undefined there.
  return JSON.parse(JSON.stringify(rest)) as JsonObject;
}

function answerEntry([status, answer]: [string, RouteAnswer]): [string, Json] {
  const { description, type, schema, stream } = answer;
  if (type === null && stream === undefined) return [status, { description }];
  const json = type === null ? {} : { "application/json": { schema: schema === undefined ? {} : refTo(schema) } };
  const streamed = stream === undefined ? {} : { [stream]: { schema: { type: "string" } } };
  return [status, { description, content: { ...json, ...streamed } }];
}

const refTo = (name: AnswerName): Json => ({ $ref: `#/components/schemas/${name}` });

/** Every route can meet a server that is busy or broken. */
function problems({ isOpen, query, body, problems: own = [] }: RouteFacts): JsonObject {
  const asked = query === undefined && body === undefined ? [] : [400];
  const statuses = [
    ...asked,
    ...(isOpen ? [] : [401, 403]),
    ...own,
    ...(body === undefined ? [] : [413, 415]),
    429,
    503,
  ];
  const all = [...new Set(statuses)].sort((one, other) => one - other);
  return Object.fromEntries([...all, "default"].map((status) => [status, { $ref: "#/components/responses/Problem" }]));
}
