// The keys of an API. In: the security schemes of the document, and keys by scheme. Out: for an operation the headers and
// query fields with its keys. They are added when a request is sent, and no model sees them.
import { nearestNames } from "../../plan/nearest.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { followed, type ApiDocument } from "./document.js";
import type { OperationName } from "./operation.js";

export interface Credentials {
  readonly headers: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string };
  /** The keys by scheme, as they were given. */
  readonly keys: { readonly [scheme: string]: string };
}

type Schemes = ReadonlyMap<string, Credentials>;

/** The schemes for which there is a key. Throws PlanloomError OPENAPI_INVALID for a key without its scheme. */
export function schemesIn(document: ApiDocument, keys: { readonly [scheme: string]: string | undefined }): Schemes {
  const components = followed(document, document.root["components"]);
  const known = followed(document, components["securitySchemes"]);
  const given = Object.entries(keys).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new Map(
    given.map(([name, key]) => {
      const scheme = known[name];
      const credentials = scheme === undefined ? undefined : credentialsFor(followed(document, scheme), key);
      if (credentials !== undefined) return [name, { ...credentials, keys: { [name]: key } }] as const;
      const near = nearestNames(name, Object.keys(known));
      throw new PlanloomError("OPENAPI_INVALID", {
        problem: "security",
        scheme: name,
        known: near.length > 0 ? near : Object.keys(known),
      });
    }),
  );
}

function credentialsFor(scheme: JsonObject, key: string): Omit<Credentials, "keys"> | undefined {
  const { type, name, scheme: kind } = scheme;
  if (type === "apiKey" && typeof name === "string") {
    if (scheme["in"] === "query") return { headers: {}, query: { [name]: key } };
    if (scheme["in"] === "cookie") return { headers: { cookie: `${name}=${encodeURIComponent(key)}` }, query: {} };
    return { headers: { [name.toLowerCase()]: key }, query: {} };
  }
  if (type === "http" && typeof kind === "string" && /^basic$/i.test(kind))
    return { headers: { authorization: `Basic ${Buffer.from(key).toString("base64")}` }, query: {} };
  if (type === "http" || type === "oauth2" || type === "openIdConnect")
    return { headers: { authorization: `Bearer ${key}` }, query: {} };
  return undefined;
}

/** The first of the operation's alternatives for which all keys are there; else none. */
export function operationCredentials({ root }: ApiDocument, { part }: OperationName, schemes: Schemes): Credentials {
  const wanted = part["security"] ?? root["security"];
  const alternatives = Array.isArray(wanted) ? (wanted as readonly Json[]).filter(isObject) : [];
  const names = alternatives.map((one) => Object.keys(one)).filter((keys) => keys.length > 0);
  const found = names.find((keys) => keys.every((name) => schemes.has(name))) ?? [];
  const all = found.map((name) => schemes.get(name)!);
  return {
    headers: Object.assign({}, ...all.map(({ headers }) => headers)) as Credentials["headers"],
    query: Object.assign({}, ...all.map(({ query }) => query)) as Credentials["query"],
    keys: Object.assign({}, ...all.map(({ keys }) => keys)) as Credentials["keys"],
  };
}
