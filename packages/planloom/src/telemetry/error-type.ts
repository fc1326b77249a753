// The value of `error.type`, and of codes in lines of the logger. In: a code or anything thrown. Out: a short word. A tool
// chooses the codes of its errors, and may put anything there: what is no code is not passed on.
import { PlanloomError } from "../words/planloom-error.js";

const CODE = /^[\w.:-]{1,60}$/;
const OTHER = "_OTHER";

export const errorType = (code: string): string => (CODE.test(code) ? code : OTHER);

/** Our code, else the name of the class of the error. */
export function errorTypeOf(thrown: unknown): string {
  if (thrown instanceof PlanloomError) return thrown.code;
  return thrown instanceof Error ? errorType(thrown.name) : OTHER;
}
