// The values of a role's settings that must never be shown. In: settings. Out: texts. Servers repeat them in errors and
// replies.
import type { JsonObject } from "../../plan/json.js";
import type { RoleSettings } from "./role.js";

/** Names of fields and parameters that hold secrets: `api_key`, `access-token`, `sig`. */
const SECRET_NAME = /key|token|secret|passw|credential|auth|cookie|session|signature|\bsig\b/i;
/** Long texts without spaces that mix letters and digits. */
const KEY_LIKE = /^(?=.*\d)(?=.*[a-z])[\w.~+/=-]{20,}$/i;
/** Names of headers whose values are known to everybody. */
const PUBLIC_HEADER = /^(?:accept|content-type|user-agent|http-referer|referer|x-title|[\w-]*version|[\w-]*beta)$/i;

/** The key, the values of headers, and what looks like a secret in query and body. Shorter texts are too common. */
export function secretsOf({
  apiKey,
  headers = {},
  query = {},
  body = {},
  providerOptions = {},
}: RoleSettings): string[] {
  const found = [
    ...(apiKey === undefined ? [] : [apiKey]),
    ...Object.entries(headers).flatMap(([name, value]) =>
      PUBLIC_HEADER.test(name) ? [] : [value, ...afterScheme(value)],
    ),
    ...secretTexts(query),
    ...secretTexts(body),
    ...secretTexts(providerOptions),
  ];
  const forms = found.flatMap((text) => [text, encodeURIComponent(text)]);
  // The longest first, so that no part of one is left.
  return [...new Set(forms.filter((text) => text.length >= 4))].sort((a, b) => b.length - a.length);
}

/** The key without `Bearer`. */
const afterScheme = (value: string): readonly string[] => {
  const key = /^[A-Za-z]+ +(\S{4,})$/.exec(value)?.[1];
  return key === undefined ? [] : [key];
};

/** Texts under names of secrets, or of their form, at any depth. */
export function secretTexts(record: JsonObject | { readonly [name: string]: string }, isSecret = false): string[] {
  return Object.entries(record).flatMap(([name, value]): string[] => {
    const within = isSecret || SECRET_NAME.test(name);
    if (typeof value === "string") return within || KEY_LIKE.test(value) ? [value] : [];
    return typeof value === "object" && value !== null ? secretTexts(value as JsonObject, within) : [];
  });
}
