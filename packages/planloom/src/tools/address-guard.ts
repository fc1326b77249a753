// Which network addresses a tool may reach. In: addresses, and the hosts that are allowed by name. Out: yes, or a
// ToolError. This file is the whole defence against requests into the private network (server-side request forgery).
import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";
import { builtinError } from "./builtin-error.js";
import type { ToolError } from "./tool.js";

/** IPv4 ranges that are not on the public internet: IANA's special-purpose registry (RFC 6890 and updates). */
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

/** The only IPv6 range that is public: 2000::/3. Mapped, local and multicast addresses lie outside it. */
const PUBLIC_V6 = blockList("ipv6", [["2000::", 3]]);
/** Exceptions inside 2000::/3: ranges that carry IPv4 (Teredo, 6to4), documentation and benchmarks. */
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
 * Resolves names for a socket. Refuses a name if any of its addresses is private. The socket connects to the checked
 * addresses, so a name cannot change its address between check and use.
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

/**
 * Checks a host that is already an address, because sockets do not look such hosts up. Throws ToolError FETCH_ADDRESS.
 */
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
