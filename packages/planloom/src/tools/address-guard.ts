// Which network addresses a tool may reach. In: hosts that are allowed by name, and addresses. Out: yes, or a ToolError.
// Separate because this is the whole defence against requests into the private network (server-side request forgery).
import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";
import { builtinError } from "./builtin-error.js";
import type { ToolError } from "./tool.js";

/** IPv4 that is not on the public internet: the special-purpose registry of IANA (RFC 6890 and updates). */
const REFUSED_V4 = blockList("ipv4", [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
]);

/** IPv6 is the other way round: only 2000::/3 has been given out, so mapped, local and multicast addresses stay outside. */
const PUBLIC_V6 = blockList("ipv6", [["2000::", 3]]);
/** Parts of it that carry IPv4 inside (Teredo, 6to4), documentation and benchmarks. */
const REFUSED_V6 = blockList("ipv6", [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
]);

function blockList(family: "ipv4" | "ipv6", nets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of nets) list.addSubnet(net, prefix, family);
  return list;
}

/** Whether an IP address is on the public internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !REFUSED_V4.check(address, "ipv4");
    case 6:
      return PUBLIC_V6.check(address, "ipv6") && !REFUSED_V6.check(address, "ipv6");
    default:
      return false;
  }
}

type LookupEnd = (error: Error | null, address: string | LookupAddress[], family?: number) => void;
export type Lookup = (host: string, options: LookupOptions, end: LookupEnd) => void;

/**
 * Resolves names for a socket and refuses those of which any address is private. The socket connects to the very addresses
 * that were checked, so a name that changes its address between check and use gains nothing.
 */
export const guardedLookup: Lookup = (host, options, end) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return end(error, []);
    const refused = addresses.find(({ address }) => !isPublicAddress(address));
    if (refused !== undefined) return end(refusedAddress(host, refused.address), []);
    const [first] = addresses;
    if (options.all === true || first === undefined) return end(null, addresses);
    return end(null, first.address, first.family);
  });
};

/** Sockets do not look up what is an address already: those are checked here. Throws ToolError FETCH_ADDRESS. */
export function checkLiteral(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw refusedAddress(url.hostname, host);
}

/** `hosts`: names or addresses, each alone or with a port ("localhost:8080"). */
export function isAllowed(url: URL, hosts: readonly string[]): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return hosts.some((host) => host === url.hostname || host === `${url.hostname}:${port}`);
}

function refusedAddress(host: string, address: string): ToolError {
  return builtinError("FETCH_ADDRESS", { host, ...(host === address ? {} : { address }) });
}
