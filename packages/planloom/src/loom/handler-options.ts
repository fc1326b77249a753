// The options of `loom.handler`, and who may ask a server. In: nothing. Out: types. The server itself is in server/, which
// knows the loom.

/** read: GET only. approve: also the commands that answer what waits. all: everything. */
export type TokenRight = "read" | "approve" | "all";

/** Who asks: the name is the author of the caller's commands, for the log. */
export interface Caller {
  readonly name: string;
  readonly right: TokenRight;
}

export interface AccessToken extends Caller {
  readonly token: string;
}

/** Tells who sends a request, by means of the program. undefined: nobody who may ask. */
export type Authenticate = (request: Request) => Promise<Caller | undefined> | Caller | undefined;

/** Exactly one of `tokens` and `authenticate` says who may ask. */
export interface HandlerOptions {
  /** Tokens, as records or as text: `TOKEN`, `NAME=TOKEN`, `NAME:RIGHT=TOKEN`. */
  readonly tokens?: readonly (string | AccessToken)[];
  /** Who sends a request, by the program's own login. undefined: nobody who may ask. */
  readonly authenticate?: Authenticate;
  /** The path under which the routes are mounted, such as `/api/planloom`. Default: none. */
  readonly basePath?: string;
  /** The names under which the server answers (`Host`). Default: any; the program's own server checks it. */
  readonly hosts?: readonly string[];
  /** Aborted when the program stops: streams end, and new requests are refused. */
  readonly stopping?: AbortSignal;
}

/** Never rejects: errors are responses. */
export type RequestHandler = (request: Request) => Promise<Response>;
