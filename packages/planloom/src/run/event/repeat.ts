// The fact about the rounds of a step with `repeat`. In: nothing. Out: its type, which event.ts adds to the others.

export interface RepeatEvents {
  /**
   * A round has ended, or the first one is due (`round` 0). A round is a work of its own, like an item of a fan-out: its
   * events have `item`, which is its number less one.
   */
  "step.repeated": {
    readonly step: string;
    /** The number of rounds that have ended. */
    readonly round: number;
    /** Whether `until` is true of the output of the last of them. */
    readonly met: boolean;
    /** Another round follows. Otherwise the next event ends the step. */
    readonly again?: true;
    /** Set if the step goes on after its end: this many rounds had ended before. `most` counts only later ones. */
    readonly since?: number;
    /** As in step.completed: the run that had these rounds. */
    readonly carried?: string;
  };
}
