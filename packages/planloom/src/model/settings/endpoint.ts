// The address of an OpenAI-compatible server. In: a base URL as a person wrote it. Out: its parts, and a form without
// secrets, which is the only form that may be shown.
import { isNearHost } from "../../near-host.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { Role } from "../port.js";

export interface Endpoint {
  /** Without a trailing slash, query or fragment. */
  readonly baseURL: string;
  readonly query: { readonly [name: string]: string };
  /** host:port/path, for messages. */
  readonly label: string;
}

/** What is wrong with an address. `write`: the address that is meant, as far as the text tells. */
export interface AddressFault {
  /** The address without secrets. */
  readonly shown: string;
  readonly problem: "not-http" | "credentials";
  readonly write?: string;
}

/** undefined for an http(s) URL without a user name and a password. */
export function addressFault(text: string): AddressFault | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url !== undefined && /^https?:$/.test(url.protocol);
  if (!isHttp) {
    const write = meantAddress(text);
    return { shown: shownUrl(text), problem: "not-http", ...(write === undefined ? {} : { write }) };
  }
  return url.username === "" && url.password === "" ? undefined : { shown: shownUrl(text), problem: "credentials" };
}

/** Where an address comes from, for the error. `setting`: a setting of the configuration, a variable or a flag. */
export interface AddressOrigin {
  readonly role?: Role;
  readonly setting?: string;
}

/** Throws PlanloomError MODEL_BAD_ENDPOINT if the text is not an http(s) URL, or contains a user name or password. */
export function parseEndpoint(text: string, origin: AddressOrigin = {}): Endpoint {
  const fault = addressFault(text);
  if (fault !== undefined) {
    const { shown, ...problem } = fault;
    throw new PlanloomError("MODEL_BAD_ENDPOINT", { url: shown, ...problem, ...origin });
  }
  const url = new URL(text);
  const path = url.pathname.replace(/\/+$/, "");
  return {
    baseURL: url.origin + path,
    query: Object.fromEntries(url.searchParams),
    label: url.host + path,
  };
}

/** `host:port/path`. A text without both port and path may be a key in the wrong place. */
const WITHOUT_SCHEME = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5}(?:\/[\w./-]*)?|\/[\w./-]*)$/i;
const LOCAL_NAME = /^(?:localhost|(?:\d{1,3}\.){3}\d{1,3}|\[[\da-f:.]+\])$/i;
/** A scheme that is misspelt, or that of another protocol; or only the slashes. */
const WRONG_SCHEME = /^(?:[a-z]{0,8}:?)\/{1,3}(?=[\w[])/i;

/** `localhost:1234` means http://localhost:1234/v1. undefined if the text does not look like an address. */
function meantAddress(text: string): string | undefined {
  const rest = text
    .trim()
    .replace(/[?#].*$/s, "")
    .replace(WRONG_SCHEME, "");
  if (!WITHOUT_SCHEME.test(rest) && !LOCAL_NAME.test(rest)) return undefined;
  const secure = /^(?:https|wss)/i.test(text.trim()) ? "https" : undefined;
  const guess = `http://${rest}`;
  if (!URL.canParse(guess)) return undefined;
  const { hostname, host, pathname } = new URL(guess);
  const scheme = secure ?? (isNearHost(hostname) || !hostname.includes(".") ? "http" : "https");
  const path = pathname.replace(/\/+$/, "");
  return `${scheme}://${host}${path === "" ? "/v1" : path}`;
}

/** The address without secrets: no user, password, query or fragment. */
export function shownUrl(text: string): string {
  const bare = text.replace(/[?#].*$/s, "");
  if (WITHOUT_SCHEME.test(bare) || LOCAL_NAME.test(bare)) return bare;
  if (!URL.canParse(text)) return "(not a URL)";
  const url = new URL(text);
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
}

export function sameOrigin(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return a === b;
  return new URL(a).origin === new URL(b).origin;
}
