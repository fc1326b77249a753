// What holds for every answer of a server. In: answers and errors. Out: headers, and errors as problems.
import type { ErrorHandler, MiddlewareHandler } from "hono";
import type { CallerVariables } from "./access/tokens.js";
import { thrownResponse } from "./problem.js";
import { surfaceFor } from "./surface-studio.js";

/** No answer is guessed to be a page, kept, or read by a page of another server. */
export const inert: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  headers.set("x-content-type-options", "nosniff");
  headers.set("cross-origin-resource-policy", "same-origin");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
};

/** An error as a response, with its next step in the words of the caller's surface. */
export const told: ErrorHandler<CallerVariables> = (thrown, { req }) => thrownResponse(thrown, surfaceFor(req.raw));
