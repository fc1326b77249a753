// Ends a `switch` over a union. In: a value of no type. It reads no limit, so that the fold can use it.

/** Reaching it is a programmer's error. */
export function assertNever(value: never): never {
  throw new Error(`unreachable case: ${JSON.stringify(value)}`);
}
