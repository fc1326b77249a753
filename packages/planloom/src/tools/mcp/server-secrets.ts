// Hides the secrets of a server in what it gives back. In: how the server is reached. Out: a filter for texts and values.
import type { SecretFilter } from "../secret-filter.js";
import { secretFilter } from "../secret-filter.js";
import type { McpServer } from "./server-config.js";

const SECRET_NAME = /key|token|secret|passw|credential|auth|cookie/iu;

/** Headers that say what is sent, not who sends it. */
const PLAIN_HEADER = /^(?:accept.*|content-.*|user-agent)$/iu;

/**
 * Other headers count; and variables, fields of the address and flags with the name of a secret, or variables with an
 * address that has a password. Values that are too short to find do not. `tokens`: those of a person who has signed in.
 * They change.
 */
export function serverSecrets(server: McpServer, tokens: () => readonly string[] = () => []): () => SecretFilter {
  const given =
    "url" in server
      ? [...headerSecrets(server.headers ?? {}), ...addressSecrets(server.url)]
      : [...variableSecrets(server.env ?? {}), ...argumentSecrets(server.args ?? [])];
  let known = tokens();
  let filter = filterOf(given, known);
  return () => {
    const now = tokens();
    if (now.join() !== known.join()) [known, filter] = [now, filterOf(given, now)];
    return filter;
  };
}

const filterOf = (given: Named, tokens: readonly string[]): SecretFilter =>
  secretFilter(byOwnName([...given, ...tokens.map((token, i) => [`token ${i + 1}`, token] as const)]));

/** No name twice: the value of the first would not be known. */
const byOwnName = (given: Named): { readonly [name: string]: string } =>
  Object.fromEntries(
    given.map(([name, value], at) => {
      const before = given.slice(0, at).filter((one) => one[0] === name).length;
      return [before === 0 ? name : `${name} ${before + 1}`, value] as const;
    }),
  );

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

/** `https://a.example/mcp?key=abc` */
const addressSecrets = (url: string): Named =>
  URL.canParse(url) ? [...new URL(url).searchParams].filter(([name]) => SECRET_NAME.test(name)) : [];

/** `--api-key abc`, `--api-key=abc` and `--header "Authorization: Bearer abc"` */
const argumentSecrets = (args: readonly string[]): Named =>
  args.flatMap((arg, at) => {
    const [, header = "", credential] = /^([\w-]+): *(?:[A-Za-z]+ +)?(\S+)$/u.exec(arg) ?? [];
    if (credential !== undefined && SECRET_NAME.test(header)) return [[header, credential] as const];
    const [, flag = "", value = args[at + 1] ?? ""] = /^--?([\w-]+)(?:=(.*))?$/su.exec(arg) ?? [];
    return SECRET_NAME.test(flag) && !value.startsWith("-") ? [[flag, value] as const] : [];
  });
