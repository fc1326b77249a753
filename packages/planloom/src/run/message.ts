// An earlier turn of the conversation that a goal belongs to, as a run records it. In: nothing. Out: types.

export interface Message {
  readonly role: "user" | "assistant";
  readonly content: string;
  /** untrusted: the planner reads it quoted, as data, and a plan made after it is marked. trusted: as good as the goal. */
  readonly trust: "trusted" | "untrusted";
}
