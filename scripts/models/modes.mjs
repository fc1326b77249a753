// All modes of the compatibility table, in the order of its rows.
import { ERRORS } from "./errors.mjs";
import { REFUSED_FIELDS } from "./refused-fields.mjs";
import { REPLIES } from "./replies.mjs";
import { TOOL_CALLS } from "./tool-calls.mjs";

/** `most`: extra requests that are right. `told`: the words and the next step of the error in which the run must end. */
export const MODES = [...REFUSED_FIELDS, ...TOOL_CALLS, ...REPLIES, ...ERRORS];
