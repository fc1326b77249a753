// Where a command serves, and who may ask. In: flags and variables. Out: an address, tokens and names. Checked before
// anything is opened.
import { randomBytes } from "node:crypto";
import type { AccessToken } from "../loom/handler-options.js";
import { isLoopback, serverNames } from "../server/access/place.js";
import { readTokens } from "../server/access/tokens.js";
import { PlanloomError } from "../words/planloom-error.js";

export interface AddressFlags {
  readonly host: string;
  readonly port: string;
  readonly token?: readonly string[];
  readonly allowHost?: readonly string[];
}

export interface ServedPlace {
  readonly host: string;
  readonly port: number;
  readonly tokens: readonly AccessToken[];
  /** The first token was made here, so a person has to be told it. */
  readonly isRandom: boolean;
  readonly names: readonly string[];
}

/** Throws PORT_INVALID, TOKEN_INVALID, HOST_INVALID, HOST_NEEDS_TOKEN. */
export function placeOf({ host, port, token, allowHost = [] }: AddressFlags): ServedPlace {
  if (!/^\d{1,5}$/u.test(port) || Number(port) > MOST_PORT) throw new PlanloomError("PORT_INVALID", { given: port });
  const given = readTokens(token ?? tokensOfVariables());
  const names = serverNames(host, allowHost);
  const isRandom = given.length === 0;
  if (isRandom && !isLoopback(host)) throw new PlanloomError("HOST_NEEDS_TOKEN", { host });
  const random = (): AccessToken => ({ name: "user", token: randomBytes(24).toString("base64url"), right: "all" });
  return { host, port: Number(port), tokens: isRandom ? [random()] : given, isRandom, names };
}

const MOST_PORT = 65_535;

/** A flag can be seen by all users of the machine, a variable cannot. */
function tokensOfVariables(): readonly string[] {
  const { PLANLOOM_TOKEN: one, PLANLOOM_TOKENS: several = "" } = process.env;
  return [...(one === undefined ? [] : [one]), ...several.split(/[\s,]+/u).filter((token) => token !== "")];
}
