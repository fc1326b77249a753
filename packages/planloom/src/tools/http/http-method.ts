// The methods of HTTP that tools use, and the effects of each. In: nothing. Out: a table. RFC 9110 says which methods are
// safe and which are idempotent.
import type { EffectClass } from "../../plan/tool-spec.js";

export type HttpMethod = "GET" | "HEAD" | "PUT" | "DELETE" | "POST" | "PATCH";

export const HTTP_EFFECTS: { readonly [method in HttpMethod]: EffectClass } = {
  GET: "none",
  HEAD: "none",
  PUT: "idempotent",
  DELETE: "idempotent",
  POST: "once",
  PATCH: "once",
};
