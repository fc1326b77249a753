// Words for failures of the tools that call HTTP services.
import type { ToolTable } from "./tool-words.js";

interface Request {
  readonly method: string;
  readonly url: string;
}

export interface HttpFailures {
  /** `redirected`: the service sent the call there. */
  HTTP_HOST: { readonly host: string; readonly hosts: readonly string[]; readonly redirected: boolean };
  /** Origins. */
  HTTP_ELSEWHERE: { readonly method: string; readonly from: string; readonly to: string };
  HTTP_HEADER: { readonly header: string };
  /** A value that would name another path. */
  HTTP_PATH: { readonly argument: string; readonly value: string };
  HTTP_BODY: { readonly bytes: number; readonly limit: number };
  /** `excerpt`: what the service says, cut; may be empty. */
  HTTP_STATUS: Request & { readonly status: number; readonly excerpt: string };
  HTTP_FAILED: Request & { readonly reason: string };
}

export const HTTP_FAILURES: ToolTable<HttpFailures> = {
  HTTP_HOST: {
    message: ({ host, hosts, redirected }) =>
      `${host}${redirected ? ", where the service sends the call," : ""} is not among the named hosts: ` +
      `${hosts.join(", ")}.`,
    next: () => [
      "If it is meant, name it with the others, as in ",
      { action: "set", setting: "builtins.http.hosts" },
      ".",
    ],
  },
  HTTP_ELSEWHERE: {
    message: ({ method, from, to }) =>
      `${from} did nothing and sends the ${method} to ${to}. A call that acts is not made at another host than its own. ` +
      `If that one is meant, call it by its address.`,
  },
  HTTP_HEADER: {
    message: ({ header }) =>
      `The header "${header}" cannot be sent. A name is a word, a value is one line of ASCII, and headers of the ` +
      "connection, or for another method, are not for plans.",
  },
  HTTP_PATH: {
    message: ({ argument, value }) =>
      `The argument "${argument}" is ${value === "" ? "empty" : `"${value}"`}, which cannot be a part of a path.`,
  },
  HTTP_BODY: { message: ({ bytes, limit }) => `The body has ${bytes} bytes. At most ${limit} are sent.` },
  HTTP_STATUS: {
    message: ({ method, url, status, excerpt }) =>
      `${method} ${url} was answered with status ${status}${excerpt === "" ? "" : `: ${excerpt}`}.`,
  },
  HTTP_FAILED: { message: ({ method, url, reason }) => `${method} ${url} could not be sent: ${reason}.` },
};
