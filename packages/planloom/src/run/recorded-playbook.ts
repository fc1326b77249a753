// Facts about the playbook that a run comes from. In: nothing. Out: types.

/** What is not as it was when the standing approval was given. */
export type PlaybookChange =
  | { readonly what: "plan" }
  | { readonly what: "tool"; readonly tool: string }
  /** A fixed input has another value. */
  | { readonly what: "input"; readonly input: string }
  /** `at`: ms since 1970. */
  | { readonly what: "expired"; readonly at: number };

/** A standing approval that holds for the run: who gave it, when (ms since 1970), and the inputs that it fixes. */
export interface StandingGrant {
  readonly by: string;
  readonly at: number;
  readonly fixed: readonly string[];
}

/** One that does not hold for it, and why. */
export interface StandingLost {
  readonly changed: readonly PlaybookChange[];
}

export interface RecordedPlaybook {
  readonly name: string;
  /** Hash of its program: the plan and the definitions of its tools. */
  readonly hash: string;
  /** Absent: nobody has given it one. */
  readonly standing?: StandingGrant | StandingLost;
}
