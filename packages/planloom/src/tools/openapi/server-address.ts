// The address of an operation's service. In: the servers of the document, and the named hosts. Out: the address of the
// first server whose host is named. A document does not choose where calls go.
import { isObject, type Json } from "../../plan/json.js";
import { originOf } from "../http/named-hosts.js";
import { Unfit, type ApiDocument } from "./document.js";
import type { OperationName } from "./operation.js";

/** Without a slash at its end. Throws Unfit. */
export function serverOf(
  { root }: ApiDocument,
  { part, shared }: OperationName,
  { hosts, server }: { readonly hosts: readonly string[]; readonly server?: string },
): string {
  const listed = [part["servers"], shared["servers"], root["servers"]].find(
    (list) => Array.isArray(list) && list.length > 0,
  );
  const addresses =
    server === undefined ? ((listed ?? [{ url: "/" }]) as readonly Json[]).flatMap(addressOf) : [server];
  const origins = hosts.map(originOf);
  for (const address of addresses) {
    // A relative one belongs to the host from which the document came. That is the first named one.
    const url = URL.canParse(address, origins[0]) ? new URL(address, origins[0]) : undefined;
    if (url !== undefined && origins.includes(url.origin) && url.username === "" && url.password === "")
      return url.origin + url.pathname.replace(/\/+$/, "");
  }
  throw new Unfit(`server ${addresses.join(", ")}`);
}

/** Variables have their defaults. */
function addressOf(server: Json): readonly string[] {
  if (!isObject(server) || typeof server["url"] !== "string") return [];
  const variables = isObject(server["variables"]) ? server["variables"] : {};
  const url = server["url"].replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = variables[name];
    const value = isObject(variable) ? variable["default"] : undefined;
    return typeof value === "string" ? value : whole;
  });
  return [url];
}
