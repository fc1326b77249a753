// Where a request was sent, and which page sent it. In: a request and the server's names. Out: nothing, or the refusal.
// The name keeps out pages that point their own name at this machine (DNS rebinding). The origin keeps out other pages
// of the same browser (CSRF).
import { PlanloomError } from "../../words/planloom-error.js";

const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** Whether only this machine reaches the address. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/iu.test(host.replace(/\.$/u, ""));

/** An address for all of a machine's addresses is no name. */
const isWildcard = (host: string): boolean => host === "0.0.0.0" || host === "::" || host === "[::]";

/**
 * The names under which a server answers: those of loopback, its own host, and further ones. A port belongs to a name
 * only for pages of another port. Throws HOST_INVALID.
 */
export function serverNames(host: string, further: readonly string[]): readonly string[] {
  const own = isWildcard(host) ? [] : [host.includes(":") && !host.startsWith("[") ? `[${host}]` : host];
  return [...LOOPBACK, ...soundNames([...own, ...further])];
}

/** Throws HOST_INVALID. */
export const soundNames = (given: readonly string[]): readonly string[] => given.map(soundName);

function soundName(given: string): string {
  const url = URL.canParse(`http://${given}`) ? new URL(`http://${given}`) : undefined;
  if (url === undefined || url.hostname === "" || url.href !== `http://${url.host}/`)
    throw new PlanloomError("HOST_INVALID", { given });
  return url.host.replace(/\.(?=:|$)/u, "");
}

const nameIn = (host: string): string => host.replace(/:\d*$/u, "");

/** Throws HOST_REFUSED, ORIGIN_REFUSED. Without `names`, every name is one of the server. */
export function assertPlace(request: Request, names: readonly string[] | undefined): void {
  const host = hostOf(request);
  const known = names?.map(nameIn);
  if (known !== undefined && !known.includes(nameIn(host).replace(/\.$/u, "")))
    throw new PlanloomError("HOST_REFUSED", { host: host.slice(0, SHOWN_CHARS) });
  const origin = request.headers.get("origin");
  if (origin !== null && !isOwn(origin, host, names ?? []))
    throw new PlanloomError("ORIGIN_REFUSED", { origin: origin.slice(0, SHOWN_CHARS) });
}

/** Throws ORIGIN_REFUSED unless the browser says that a page of this server sent it. A cookie comes by itself. */
export function assertOwnPage(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  const isRead = request.method === "GET" || request.method === "HEAD";
  // A browser without the header sends an origin with each write, and `assertPlace` has compared it.
  const isOwnPage =
    site === null ? isRead || request.headers.has("origin") : site === "same-origin" || (site === "none" && isRead);
  if (!isOwnPage) throw new PlanloomError("ORIGIN_REFUSED", site === null ? {} : { origin: site });
}

const hostOf = (request: Request): string => (request.headers.get("host") ?? new URL(request.url).host).toLowerCase();

/** The page has the name and the port to which the request was sent, or those that the server was given. */
function isOwn(origin: string, host: string, names: readonly string[]): boolean {
  if (!/^https?:\/\//iu.test(origin) || !URL.canParse(origin)) return false;
  const { host: from, hostname, port } = new URL(origin);
  const withPort = /:\d+$/u.test(host) ? host : `${host}:${origin.startsWith("https:") ? 443 : 80}`;
  const ownPort = `${hostname}:${port || (origin.startsWith("https:") ? 443 : 80)}`;
  return ownPort === withPort || (names.includes(from) && !LOOPBACK.includes(hostname));
}

const SHOWN_CHARS = 200;
