// Headers that requests carry for those who watch, such as `traceparent`. In: a function that says which headers an
// origin gets, for all that is done within a call. Out: the headers of one request. Without such a call there are none.
// It is no part of the request's own options, because clients of others make many of the requests.
import { AsyncLocalStorage } from "node:async_hooks";

type HeadersFor = (origin: string) => { readonly [name: string]: string };

const carried = new AsyncLocalStorage<HeadersFor>();

/** `work` and all that it begins. */
export const carrying = <T>(headersFor: HeadersFor, work: () => T): T => carried.run(headersFor, work);

/** The headers for a request to this address. A header that the request has already is not replaced. */
export function carriedHeaders(address: string | URL): { readonly [name: string]: string } | undefined {
  const headersFor = carried.getStore();
  if (headersFor === undefined) return undefined;
  const found = headersFor(new URL(address).origin);
  return Object.keys(found).length === 0 ? undefined : found;
}
