// Why a run cannot be read, as data. In: nothing. Out: a type that lists and checks of a store share.
import type { ErrorCode, ErrorParams } from "../words/errors.js";

/**
 * Why a run cannot be read: the error of reading it, as data. RUN_DAMAGED, EVENT_NEWER, or the store's own error. A
 * surface words it.
 */
export type Unreadable = {
  [Code in ErrorCode]: { readonly code: Code; readonly params: ErrorParams[Code] };
}[ErrorCode];
