// Playbooks as the server tells them. In: nothing. Out: types.
import type { Json } from "planloom";

type JsonObject = { readonly [key: string]: Json };

export interface PlaybookInputFacts {
  readonly name: string;
  readonly wanted: string;
  readonly type?: string | JsonObject;
  readonly description?: string;
  readonly default?: Json;
}

export interface PlaybookFacts {
  readonly name: string;
  readonly file: string;
  readonly goal: string;
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly inputs: readonly PlaybookInputFacts[];
  readonly steps: number;
  readonly standing: { readonly by: string; readonly at: string; readonly free: readonly string[] } | null;
  readonly lost: readonly string[];
  readonly runs: readonly { readonly runId: string; readonly status: string }[];
}

export interface ProposedFacts {
  readonly name: string;
  readonly type: string | JsonObject;
  readonly default?: Json;
  readonly why: "goal" | "input" | "repeated";
  readonly places: readonly string[];
}
