// The hosts that a person names for requests, and the headers that go to each. In: names of hosts. Out: their origins.
// The scheme is a part of an origin: a key for https is never sent over plain http.
import { isObject } from "../../plan/json.js";
import { secretFilter, type SecretFilter } from "../secret-filter.js";

export interface HostSettings {
  /** `api.example.com` (https), `api.example.com:8443`, or with a scheme: `http://localhost:8080`. */
  readonly hosts: readonly string[];
  /** Headers by host, such as a key. No model sees them, and no redirect carries them to another host. */
  readonly headers?: { readonly [host: string]: { readonly [name: string]: string } };
}

export interface NamedHosts {
  /** `https://api.example.com`, and so on. */
  readonly origins: readonly string[];
  /** The headers for a URL; undefined if its origin is not named. */
  headersFor(url: URL): { readonly [name: string]: string } | undefined;
  /** Takes the values of these headers out of what a server says. */
  readonly filter: SecretFilter;
}

/** The settings must be sound: see hostFault. `keys`: further names and values that the filter takes out. */
export function namedHosts(
  { hosts, headers = {} }: HostSettings,
  keys: readonly (readonly [name: string, value: string])[] = [],
): NamedHosts {
  const origins = [...new Set(hosts.map((host) => originOf(host)!))];
  const byOrigin = new Map(
    Object.entries(headers).map(([host, given]) => [originOf(host)!, lowerCase(given)] as const),
  );
  // A short value, such as a version, occurs in other texts by chance.
  const values = [...[...byOrigin.values()].flatMap((given) => Object.entries(given)), ...keys].filter(
    ([, one]) => one.length >= 8,
  );
  const hidden = values.flatMap(([name, value]): readonly (readonly [string, string])[] => [
    [name, value],
    // A server may repeat the key without the word in front of it.
    ...(/^\w+ .{8,}$/.test(value) ? [[name, value.replace(/^\w+ /, "")] as const] : []),
  ]);
  return {
    origins,
    headersFor: (url) => (origins.includes(url.origin) ? (byOrigin.get(url.origin) ?? {}) : undefined),
    filter: secretFilter(Object.fromEntries(hidden.map(([name, value], at) => [`${name} ${at + 1}`, value]))),
  };
}

/** The origin that a name means; undefined if it is no name of a host. */
export function originOf(host: string): string | undefined {
  const address = host.includes("://") ? host : `https://${host}`;
  if (!URL.canParse(address) || /[\s*]/.test(host)) return undefined;
  const { protocol, origin, pathname, search, hash, username, password } = new URL(address);
  const bare = pathname === "/" && search === "" && hash === "" && username === "" && password === "";
  return (protocol === "https:" || protocol === "http:") && bare && !host.endsWith("/") ? origin : undefined;
}

/** Headers that belong to a connection, not to a request. */
const OWN_HEADERS =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|proxy-.*)$/i;

/** Whether a header can be sent: its name is a word, and its value one line. */
export const isOwnHeader = (name: string, value: unknown): value is string =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
  !OWN_HEADERS.test(name) &&
  typeof value === "string" &&
  !/[^\t\x20-\x7E]/.test(value);

/** What is wrong with settings of unknown shape; undefined if nothing is. */
export function hostFault({
  hosts,
  headers,
}: {
  readonly hosts?: unknown;
  readonly headers?: unknown;
}): "hosts" | "headers" | undefined {
  const named =
    Array.isArray(hosts) && hosts.length > 0 && hosts.every((host) => typeof host === "string" && originOf(host));
  if (!named) return "hosts";
  if (headers === undefined) return undefined;
  const origins = (hosts as readonly string[]).map(originOf);
  const sound =
    isObject(headers) &&
    Object.entries(headers).every(
      ([host, given]) =>
        origins.includes(originOf(host) ?? "none") &&
        isObject(given) &&
        Object.entries(given).every(([name, value]) => isOwnHeader(name, value)),
    );
  return sound ? undefined : "headers";
}

export const lowerCase = (headers: { readonly [name: string]: string }): { readonly [name: string]: string } =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
