// The address of an OpenAI-compatible server. In: a base URL as a person wrote it. Out: its parts, and a form without
// secrets, which is the only form that may be shown.
import { PlanloomError } from "../../words/planloom-error.js";

export interface Endpoint {
  /** Without a trailing slash, query or fragment. */
  readonly baseURL: string;
  readonly query: { readonly [name: string]: string };
  /** host:port/path, for messages. */
  readonly label: string;
}

/** Throws PlanloomError MODEL_BAD_ENDPOINT if the text is not an http(s) URL, or contains a user name or password. */
export function parseEndpoint(text: string): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new PlanloomError("MODEL_BAD_ENDPOINT", { url: shownUrl(text), problem: "not-http" });
  }
  if (url.username !== "" || url.password !== "") {
    throw new PlanloomError("MODEL_BAD_ENDPOINT", { url: shownUrl(text), problem: "credentials" });
  }
  const path = url.pathname.replace(/\/+$/, "");
  return {
    baseURL: url.origin + path,
    query: Object.fromEntries(url.searchParams),
    label: url.host + path,
  };
}

/** `host:port/path`. A text without both port and path may be a key in the wrong place. */
const WITHOUT_SCHEME = /^[\w.-]+(?::\d+(?:\/[\w./-]*)?|\/[\w./-]*)$/;

/** The address without secrets: no user, password, query or fragment. */
export function shownUrl(text: string): string {
  const bare = text.replace(/[?#].*$/s, "");
  if (WITHOUT_SCHEME.test(bare)) return bare;
  if (!URL.canParse(text)) return "(not a URL)";
  const url = new URL(text);
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
}

export function sameOrigin(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return a === b;
  return new URL(a).origin === new URL(b).origin;
}
