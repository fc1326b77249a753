// An amount of the budget: what was used, or is reserved. In: nothing. Out: a type.

export interface Spent {
  readonly modelCalls: number;
  readonly tokens: number;
  readonly costUsd: number;
}
