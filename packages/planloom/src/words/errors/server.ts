// Words for refused requests to the HTTP API, and for servers that cannot start. The library itself never throws them.
import { byCase } from "../by-case.js";
import type { ErrorTable } from "../error-words.js";
import { quoted } from "../phrases.js";

/** Why a token of the configuration cannot be used. Its text is never shown. */
export type TokenFault =
  | { readonly fault: "empty" | "characters" }
  | { readonly fault: "short"; readonly least: number }
  | { readonly fault: "name" | "twice"; readonly name: string }
  | { readonly fault: "right"; readonly name: string; readonly right: string }
  | { readonly fault: "same"; readonly names: readonly string[] };

type WebhookFault =
  { readonly fault: "url" | "on"; readonly given: string } | { readonly fault: "secret"; readonly least: number };

/** Why a webhook did not take a message. waiting: too many messages wait already. */
export type WebhookRefusal =
  | { readonly because: "status"; readonly status: number }
  | { readonly because: "late" | "waiting" }
  | { readonly because: "unreachable"; readonly reason: string };

export interface ServerErrors {
  TOKEN_NEEDED: Record<string, never>;
  TOKEN_IN_QUERY: { readonly parameter: string };
  RIGHT_NEEDED: { readonly name: string; readonly right: string; readonly needed: string };
  HOST_REFUSED: { readonly host: string };
  /** Without `origin`, the browser did not say where the request comes from. */
  ORIGIN_REFUSED: { readonly origin?: string };
  BODY_TOO_LARGE: { readonly most: number };
  OPENED_GONE: { readonly id: string };
  TOO_MANY_REQUESTS: { readonly most: number };
  TOO_MANY_STREAMS: { readonly of: "run" | "server"; readonly most: number };
  SERVER_STOPPING: Record<string, never>;
  /** `both`: tokens and a function are given. */
  HANDLER_OPEN: { readonly both: boolean };
  WEBHOOK_INVALID: WebhookFault;
  WEBHOOK_FAILED: WebhookRefusal & { readonly host: string; readonly runId: string; readonly type: string };
  TOKEN_INVALID: TokenFault;
  HOST_INVALID: { readonly given: string };
  HOST_NEEDS_TOKEN: { readonly host: string };
  PORT_INVALID: { readonly given: string };
  LISTEN_FAILED: {
    readonly host: string;
    readonly port: number;
    readonly because: "in-use" | "not-allowed" | "no-such-address" | "other";
    readonly reason: string;
  };
}

const webhookRefusalText = byCase<WebhookRefusal, "because", string>("because", {
  status: ({ status }) => `it answered ${status}`,
  late: () => "it did not answer in time",
  waiting: () => "too many messages wait",
  unreachable: ({ reason }) => reason,
});

const SYNTAX =
  "Write a token as `TOKEN`, `NAME=TOKEN` or `NAME:RIGHT=TOKEN`, with the right `read`, `approve` or `all`.";

export const SERVER_ERRORS: ErrorTable<ServerErrors> = {
  TOKEN_NEEDED: {
    kind: "usage",
    message: () => "The request has no valid token.",
    next: () => ["Send the header `Authorization: Bearer TOKEN` with a token of this server."],
  },
  TOKEN_IN_QUERY: {
    kind: "usage",
    message: ({ parameter }) => `The query of the address holds a token, in \`${parameter}\`. Addresses are logged.`,
    next: () => ["Send the token in the header `Authorization: Bearer TOKEN`. If it was a real one, replace it."],
  },
  RIGHT_NEEDED: {
    kind: "refused",
    message: ({ name, right, needed }) =>
      `The token ${name} has the right \`${right}\`. This request needs \`${needed}\`.`,
    next: ({ needed }) => [`Ask with a token that has the right \`${needed}\`.`],
  },
  HOST_REFUSED: {
    kind: "refused",
    message: ({ host }) => `The server does not answer under the name ${host}.`,
    next: () => [
      "Use the address that the server printed. Where the server runs, `--allow-host NAME` adds a name, " +
        "for example that of a proxy.",
    ],
  },
  ORIGIN_REFUSED: {
    kind: "refused",
    message: ({ origin }) =>
      origin === undefined
        ? "The request has a cookie and does not say which page it comes from."
        : `The request comes from another page: ${origin}.`,
    next: () => [
      "Programs send a token and no `Origin`. Pages of another address cannot use this API; ask it from your own server.",
    ],
  },
  BODY_TOO_LARGE: {
    kind: "usage",
    message: ({ most }) => `The body is larger than ${most} bytes.`,
    next: () => ["Send less. Give large data as a file that a tool reads."],
  },
  OPENED_GONE: {
    kind: "usage",
    message: ({ id }) => `The server has no open file ${quoted(id)}. It keeps a file for a time, and until it stops.`,
    next: () => ["Open the file again."],
  },
  TOO_MANY_REQUESTS: {
    kind: "refused",
    retryable: true,
    message: ({ most }) => `More than ${most} requests came in a second.`,
    next: () => ["Wait as long as the header `Retry-After` says, then ask again."],
  },
  TOO_MANY_STREAMS: {
    kind: "refused",
    retryable: true,
    message: ({ of, most }) =>
      of === "run" ? `${most} readers follow this run already.` : `${most} readers follow runs of this server already.`,
    next: () => ["Close streams that nobody reads, or read the events as JSON."],
  },
  SERVER_STOPPING: {
    kind: "interrupted",
    retryable: true,
    message: () => "The server is stopping.",
    next: () => ["Ask again when it is back. Its runs go on then."],
  },
  HANDLER_OPEN: {
    kind: "usage",
    message: ({ both }) =>
      both
        ? "The handler has both `tokens` and `authenticate`."
        : "The handler has neither `tokens` nor `authenticate`. Everybody could use it.",
    next: () => ["Give it `tokens`, or an `authenticate` function that tells who sends a request."],
  },
  WEBHOOK_INVALID: {
    kind: "config",
    message: byCase<WebhookFault, "fault", string>("fault", {
      url: ({ given }) => `The webhook cannot use the address ${given}…`,
      secret: ({ least }) => `The secret of the webhook is missing, or its key has fewer than ${least} characters.`,
      on: ({ given }) => `The webhook cannot tell of "${given}".`,
    }),
    next: ({ fault }) => [
      fault === "url"
        ? "Write an address that begins with https:// or http://, without a user name, in "
        : fault === "secret"
          ? "Make one with `openssl rand -hex 24`, give it to the receiver, and set "
          : 'Write a list of "waiting" and "ended" in ',
      { action: "set", setting: fault === "url" ? "webhook" : `webhook.${fault}` },
      ".",
    ],
  },
  WEBHOOK_FAILED: {
    kind: "provider",
    message: ({ host, runId, type, ...refusal }) =>
      `The webhook at ${host} did not take ${type} of run ${runId}: ${webhookRefusalText(refusal)}.`,
    next: ({ runId }) => ["Look at the run: ", { action: "show", runId }, ". Check the receiver and the address."],
  },
  TOKEN_INVALID: {
    kind: "usage",
    message: byCase<TokenFault, "fault", string>("fault", {
      empty: () => "A token is empty.",
      characters: () => "A token has characters that a header cannot hold.",
      short: ({ least }) => `A token has fewer than ${least} characters.`,
      name: ({ name }) => `"${name}" is no name of a token.`,
      twice: ({ name }) => `The name ${name} is given to two tokens.`,
      right: ({ name, right }) => `The token ${name} has the right "${right}", which does not exist.`,
      same: ({ names }) => `${names.join(" and ")} have the same token.`,
    }),
    next: byCase<TokenFault, "fault", readonly string[]>("fault", {
      empty: () => [SYNTAX],
      characters: () => ["Use letters, digits and `-._~+/=`."],
      short: () => ["Make one with `openssl rand -hex 24`."],
      name: () => [`Use letters, digits and \`._@-\` in a name. ${SYNTAX}`],
      twice: () => ["Give each token a name of its own. It is the author of its commands."],
      right: () => [SYNTAX],
      same: () => ["Make a token for each name, with `openssl rand -hex 24`."],
    }),
  },
  HOST_INVALID: {
    kind: "usage",
    message: ({ given }) => `"${given}" is no name of a host.`,
    next: () => ["Write a name or an address, with a port where it has one: `example.org`, `10.0.0.5:8080`."],
  },
  HOST_NEEDS_TOKEN: {
    kind: "usage",
    message: ({ host }) => `Other machines can reach the host ${host}, and no token is given.`,
    next: () => [
      "Give a token of your own in the variable PLANLOOM_TOKEN, for example from `openssl rand -hex 24`, " +
        "or listen on 127.0.0.1.",
    ],
  },
  PORT_INVALID: {
    kind: "usage",
    message: ({ given }) => `"${given}" is no port.`,
    next: () => ["Write a number from 1 to 65535, or 0 for any free port."],
  },
  LISTEN_FAILED: {
    kind: "config",
    message: ({ host, port, because, reason }) =>
      because === "in-use"
        ? `The port ${port} of ${host} is in use.`
        : because === "not-allowed"
          ? `This user may not listen on port ${port}.`
          : because === "no-such-address"
            ? `This machine has no address ${host}.`
            : `The server cannot listen on ${host}, port ${port}: ${reason}.`,
    next: ({ because }) => [
      because === "no-such-address"
        ? "Give an address of this machine with --host."
        : because === "other"
          ? "Give another --host or --port."
          : "Give another port with --port. 0 takes any free one.",
    ],
  },
};
