// A route of the HTTP API as data. In: its method, path, schemas and function. Out: the same with erased types, which
// `routed` serves and `openApi` describes.
import type { z } from "zod";
import type { Loom } from "../../loom/loom.js";
import type { Caller, TokenRight } from "../../loom/handler-options.js";
import type { AnswerName } from "./answers.js";

export type Method = "get" | "post" | "delete";

/** A request after its parts were checked. */
export interface Asked<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  readonly request: Request;
}

export interface RouteAnswer {
  readonly description: string;
  /** null: no body, or (with `stream`) no JSON. Absent: JSON. */
  readonly type?: null;
  /** The name of a schema in answers.ts. Absent: any JSON. */
  readonly schema?: AnswerName;
  /** Another media type in which the same can be had. */
  readonly stream?: string;
}

/** What a route is, without its function: enough to describe it. */
export interface RouteFacts {
  readonly method: Method;
  /** As OpenAPI writes it: `/v1/runs/{id}`. */
  readonly path: string;
  /** The operation's id. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Names of the headers that the route reads, each with a description. */
  readonly headers?: { readonly [name: string]: string };
  readonly example?: unknown;
  readonly answers: { readonly [status: number]: RouteAnswer };
  /** The statuses of its problems, beside those of every route. */
  readonly problems?: readonly number[];
  /** It needs no token. */
  readonly isOpen?: true;
  /** The least right of a token that may use it. Default: `read` for GET, `all` for others. */
  readonly right?: TokenRight;
}

export const rightFor = ({ method, right }: RouteFacts): TokenRight => right ?? (method === "get" ? "read" : "all");

export interface Route extends RouteFacts {
  /** The right that this body needs, if some need more than others. */
  readonly rightOf?: (body: unknown) => TokenRight;
  readonly handle: (loom: Loom, asked: Asked<unknown, unknown, unknown>) => Promise<Response>;
}

type PathParams<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [key in Name]: string } & PathParams<Rest>
  : unknown;

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** A route whose function gets the types of its schemas. */
export const route = <
  const Path extends string,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  facts: Omit<RouteFacts, "path" | "query" | "body"> & {
    readonly path: Path;
    readonly query?: Query;
    readonly body?: Body;
    readonly rightOf?: (body: Output<Body>) => TokenRight;
    readonly handle: (loom: Loom, asked: Asked<PathParams<Path>, Output<Query>, Output<Body>>) => Promise<Response>;
  },
): Route => facts as unknown as Route;

/** `/v1/runs/{id}` as hono writes it: `/v1/runs/:id`. */
export const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/gu, ":$1");
