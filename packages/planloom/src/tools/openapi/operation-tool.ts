// The tool of one operation. In: the operation, its server, keys and effects. Out: the tool. It writes arguments into
// path, query, headers, cookies and body, as the document says.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import { builtinError } from "../builtin-error.js";
import { calledBody, calledHeaders, calledUrl, callHttp, type HttpCall } from "../http/http-call.js";
import { namedHosts, type HostSettings, type NamedHosts } from "../http/named-hosts.js";
import { BadSchema, readSchema } from "../schema.js";
import { tool, type Tool, type ToolArguments } from "../tool.js";
import type { ApiDocument } from "./document.js";
import type { Operation } from "./operation.js";
import type { Parameter } from "./parameter.js";
import type { Credentials } from "./security.js";

export interface OperationSettings {
  readonly name: string;
  readonly server: string;
  readonly credentials: Credentials;
  readonly effects: EffectClass;
  readonly settings: HostSettings;
  readonly document: ApiDocument;
}

export function operationTool(operation: Operation, given: OperationSettings): Tool {
  const { name, server, credentials, effects, settings, document } = given;
  const { label, output } = operation;
  const hosts = namedHosts(settings, [credentials.headers, credentials.keys].flatMap(Object.entries<string>));
  const input = inputOf(operation);
  const known = usable(output, "output");
  return tool({
    name,
    description: descriptionOf(operation),
    input: usable(input, "input") ?? loose(input),
    ...(known === undefined ? {} : { output: known }),
    effects,
    egress: true,
    // All arguments go to one host, which a person has named. Those of a call that acts say what is done.
    content: effects === "none" ? Object.keys((input["properties"] ?? {}) as JsonObject) : [],
    version: versionOf(document),
    reach: { hosts: hosts.origins },
    async run(args, context) {
      const call = callOf(operation, server, args, hosts);
      const answer = await callHttp({ ...call, effects, hidden: credentials, fits: fitsIn(operation) }, hosts, context);
      return answer.body;
    },
    summary: () => label,
  });
}

/** A redirect that is not followed is no result, unless the document has it among the responses. */
function fitsIn({ part }: Operation): (status: number) => boolean {
  const listed = Object.keys(isObject(part["responses"]) ? part["responses"] : {});
  return (status) => status < 300 || listed.some((one) => one === String(status) || /^3XX$/i.test(one));
}

function versionOf({ root }: ApiDocument): string {
  const { title, version } = isObject(root["info"]) ? root["info"] : {};
  return ["openapi", title, version].filter((text) => typeof text === "string").join(" ");
}

function descriptionOf({ part, label }: Operation): string {
  const texts = [part["summary"], part["description"]].filter(
    (text): text is string => typeof text === "string" && text.trim() !== "",
  );
  const said = beginning(texts.join(". ").replace(/\s+/g, " ").trim(), LIMITS.openApiDescriptionChars);
  return said === "" ? label : `${said} (${label})`;
}

function inputOf({ parameters, body }: Operation): JsonObject {
  const all = [...parameters].map(([name, { schema, required }]) => ({ name, schema, required }));
  if (body !== undefined) all.push({ name: body.argument, schema: body.schema, required: body.required });
  const required = all.filter((one) => one.required).map(({ name }) => name);
  return {
    type: "object",
    properties: Object.fromEntries(all.map(({ name, schema }) => [name, schema])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** The schema, if Planloom can use it. Documents hold all sorts of schemas. */
function usable(schema: JsonObject | undefined, side: "input" | "output"): JsonObject | undefined {
  if (schema === undefined) return undefined;
  try {
    readSchema(schema, side);
    return schema;
  } catch (error) {
    if (error instanceof BadSchema) return undefined;
    throw error;
  }
}

/** The names of the arguments alone: the service checks the values. */
function loose(input: JsonObject): JsonObject {
  const names = Object.keys((input["properties"] ?? {}) as JsonObject);
  return { ...input, properties: Object.fromEntries(names.map((name) => [name, {}])) };
}

function callOf(
  operation: Operation,
  server: string,
  args: ToolArguments,
  hosts: NamedHosts,
): Omit<HttpCall, "effects"> {
  const { method, path, parameters, body } = operation;
  const written = [...parameters].flatMap(([argument, parameter]) => {
    const value = Object.hasOwn(args, argument) ? args[argument] : undefined;
    return value === undefined || value === null ? [] : [{ parameter, argument, pairs: parameter.written(value) }];
  });
  const at = (place: Parameter["place"]) => written.filter(({ parameter }) => parameter.place === place);
  const filled = at("path").reduce(
    (text, { parameter, argument, pairs: [[, value] = ["", ""]] }) =>
      text.replaceAll(`{${parameter.name}}`, () => segment(argument, value)),
    path,
  );
  const url = calledUrl(server + filled, {}, hosts);
  for (const { pairs } of at("query")) for (const [name, value] of pairs) url.searchParams.append(name, value);
  const cookies = at("cookie").flatMap(({ pairs }) =>
    pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`),
  );
  const headers = calledHeaders({
    ...Object.fromEntries(at("header").flatMap(({ pairs }) => pairs)),
    ...(cookies.length === 0 ? {} : { cookie: cookies.join("; ") }),
  });
  const given: Json | undefined = body === undefined ? undefined : args[body.argument];
  return {
    method,
    url,
    ...calledBody(
      given,
      given === undefined || body === undefined ? headers : { ...headers, "content-type": body.type },
    ),
  };
}

/** A part of a path. Dots between slashes would name another path: some services decode slashes first. */
function segment(argument: string, value: string): string {
  const leads = value.split(/[/\\]/).some((name) => /^\.{1,2}(?:;.*)?$/s.test(name));
  if (value === "" || leads) throw builtinError("HTTP_PATH", { argument, value });
  return encodeURIComponent(value);
}
