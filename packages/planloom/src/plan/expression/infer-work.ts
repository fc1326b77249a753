// Counts the work of inference over all expressions of a plan. In: units. Out: an end when there are too many.

/** Ends a check. Thrown by InferenceWork, and caught where the check began. */
export class TooMuchInference extends Error {}

export class InferenceWork {
  /** A unit takes about 1 µs: a node of an expression, or some nodes of its type. Default: no limit. */
  constructor(private left = Infinity) {}

  spend(units: number): void {
    this.left -= units;
    if (this.left < 0) throw new TooMuchInference();
  }
}
