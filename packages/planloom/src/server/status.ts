// The HTTP status of each error. In: the code and kind of an error. Out: a status.
import type { ErrorKind } from "../words/error-words.js";
import type { ErrorCode } from "../words/errors.js";

const OF_KIND: { readonly [kind in ErrorKind]: number } = {
  usage: 400,
  plan: 422,
  provider: 502,
  config: 422,
  store: 503,
  run: 409,
  refused: 409,
  interrupted: 503,
};

/** Codes whose status is not that of their kind. */
const OF_CODE: { readonly [code in ErrorCode]?: number } = {
  TOKEN_NEEDED: 401,
  RIGHT_NEEDED: 403,
  HOST_REFUSED: 403,
  ORIGIN_REFUSED: 403,
  SETTING_LOOSER: 403,
  PERSON_DECIDES: 403,
  RUN_NOT_OWN: 403,
  RUN_UNKNOWN: 404,
  APPROVAL_UNKNOWN: 404,
  NO_REVISION: 404,
  NO_PLAN: 404,
  STEP_NOT_BEGUN: 404,
  NO_SUCH_STEP: 404,
  OPENED_GONE: 404,
  ROUTE_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  RUN_EXISTS: 409,
  NOTHING_TO_RETRY: 409,
  RUN_NOT_STOPPED: 409,
  RUN_DAMAGED: 409,
  EVENT_NEWER: 409,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE: 415,
  PROVIDER_NOT_INSTALLED: 422,
  EXPORT_INVALID: 422,
  EXPORT_DAMAGED: 422,
  FILE_NOT_UTF8: 422,
  INPUT_REUSED: 422,
  KEY_REUSED: 422,
  TOO_MANY_REQUESTS: 429,
  TOO_MANY_STREAMS: 503,
  PROVIDER_RATE_LIMITED: 503,
  PROVIDER_TIMEOUT: 504,
  STORE_FULL: 507,
};

export const httpStatus = (code: ErrorCode, kind: ErrorKind): number => OF_CODE[code] ?? OF_KIND[kind];
