// Tells an `expect` in prose from an expression without ${{ }}. In: its text. Out: whether it is an expression.
import { parseExpression } from "./expression/expression.js";

/** Marks of expressions, in ours and in other languages. */
const MARKS = /&&|\|\||[=!<>]=|=>|\boutput\s*(?:\.\w|\[)|\w\(\)/;

/** Whether a text without ${{ }} is rather an expression than prose. */
export const isForgottenExpression = (text: string): boolean => MARKS.test(text) || parseExpression(text).ok;
