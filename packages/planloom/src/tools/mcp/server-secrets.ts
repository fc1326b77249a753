// Hides the secrets of a server in what it gives back. In: how the server is reached. Out: a filter for texts and values.
import type { SecretFilter } from "../secret-filter.js";
import { secretFilter } from "../secret-filter.js";
import type { McpServer } from "./server-config.js";

const SECRET_NAME = /key|token|secret|passw|credential|auth|cookie/iu;

/** Headers that say what is sent, not who sends it. */
const PLAIN_HEADER = /^(?:accept.*|content-.*|user-agent)$/iu;

/**
 * Other headers count, and the variables with the name of a secret or an address with a password. Values that are too short to find do not. `tokens`:
 * those of a person who has signed in. They change.
 */
export function serverSecrets(server: McpServer, tokens: () => readonly string[] = () => []): () => SecretFilter {
  const given = "url" in server ? headerSecrets(server.headers ?? {}) : variableSecrets(server.env ?? {});
  let known = tokens();
  let filter = filterOf(given, known);
  return () => {
    const now = tokens();
    if (now.join() !== known.join()) [known, filter] = [now, filterOf(given, now)];
    return filter;
  };
}

const filterOf = (given: Named, tokens: readonly string[]): SecretFilter =>
  secretFilter(Object.fromEntries([...given, ...tokens.map((token, i) => [`token ${i + 1}`, token] as const)]));

type Named = readonly (readonly [name: string, value: string])[];

/** `Bearer abc`: the server may show `abc` alone. */
const headerSecrets = (headers: { readonly [name: string]: string }): Named =>
  Object.entries(headers).flatMap(([name, value]) => {
    if (PLAIN_HEADER.test(name)) return [];
    const credential = /^[A-Za-z]+ +(\S+)$/u.exec(value)?.[1];
    return [[name, value] as const, ...(credential === undefined ? [] : [[`${name} `, credential] as const])];
  });

const variableSecrets = (variables: { readonly [name: string]: string }): Named =>
  Object.entries(variables).filter(([name, value]) => SECRET_NAME.test(name) || HAS_PASSWORD.test(value));

/** An address with a password, such as that of a database. */
const HAS_PASSWORD = /:\/\/[^/\s@]*:[^/\s@]+@/u;
