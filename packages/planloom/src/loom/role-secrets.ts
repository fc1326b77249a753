// The secrets in the settings of the models: keys, headers, and what looks like a secret in query and body. In: the
// settings of the roles. Out: each value by a name that says where it is from. No exported run holds one.
import type { ListedSettings } from "../model/settings/role.js";
import { secretsOf } from "../model/settings/setting-secrets.js";
import type { Secrets } from "../tools/secret-filter.js";

export function secretsOfRoles(roles: { readonly [name: string]: ListedSettings }): Secrets {
  const named = Object.entries(roles).flatMap(([role, settings]) =>
    [settings, ...(settings.fallbacks ?? [])].flatMap((one) => secretsOf(one).map((value) => [role, value] as const)),
  );
  return Object.fromEntries(named.map(([role, value], index) => [`models.${role}.${index + 1}`, value]));
}
