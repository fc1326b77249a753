// Words for errors of requests to the HTTP API. The library itself never throws them.
import type { ErrorTable } from "../error-words.js";

export interface ServerErrors {
  TOKEN_NEEDED: Record<string, never>;
}

export const SERVER_ERRORS: ErrorTable<ServerErrors> = {
  TOKEN_NEEDED: {
    kind: "usage",
    message: () => "The request has no valid token.",
    next: () => ["Send the header `Authorization: Bearer TOKEN` with a token of this server."],
  },
};
