// A journal in memory with the contract of checkpoint.ts, for tests of the roles. In: rows as the roles write them.
// Out: contexts for attempts, which may "crash": the process stops right before or after a row's work.
import { UnknownOutcome, type AgentContext, type CheckpointOptions } from "../../src/agents/checkpoint.js";
import type { Json } from "../../src/plan/json.js";

export interface Row extends CheckpointOptions {
  readonly attempt: number;
  readonly n: number;
  readonly name: string;
  outcome?: Json;
}

/** Ends a call in a test as the end of its process would. */
export class Crash extends Error {}

export interface AttemptOptions {
  readonly attempt?: number;
  readonly signal?: AbortSignal;
  /** Stops at the named row: before its work, or after it and before the outcome is written. */
  readonly crash?: { readonly at: string; readonly when: "before" | "after" };
}

export class MemoryJournal {
  readonly rows: Row[] = [];
  readonly progress: (number | string)[] = [];

  context({ attempt = 1, signal = new AbortController().signal, crash }: AttemptOptions = {}): AgentContext {
    let n = 0;
    return {
      signal,
      runId: "run",
      stepId: "step",
      item: null,
      attempt,
      progress: (value) => void this.progress.push(value),
      checkpoint: async (name, options, run) => {
        const row = this.#rowFor({ ...options, attempt, n: ++n, name });
        const known = this.#known(row);
        if (known !== undefined) return known as Awaited<ReturnType<typeof run>>;
        await Promise.resolve(); // writing the intent takes a while
        if (crash?.at === name && crash.when === "before") throw new Crash(name);
        const outcome = await run();
        if (crash?.at === name && crash.when === "after") throw new Crash(name);
        row.outcome = outcome;
        return outcome;
      },
    };
  }

  names(attempt = 1): string[] {
    return this.rows.filter((row) => row.attempt === attempt).map((row) => row.name);
  }

  #rowFor(row: Row): Row {
    const written = this.rows.find((one) => one.attempt === row.attempt && one.n === row.n);
    if (written === undefined) this.rows.push(row);
    else if (written.name !== row.name) throw new Error(`row ${row.n} was ${written.name}, now ${row.name}`);
    return written ?? row;
  }

  #known(row: Row): Json | undefined {
    if (row.outcome !== undefined || row.effects === "none") return row.outcome;
    const alike = this.rows.filter((one) => one !== row && one.key === row.key);
    const done = alike.find((one) => one.outcome !== undefined);
    if (done !== undefined) return (row.outcome = done.outcome!);
    const begun = alike.length > 0 || this.#begun.has(row);
    this.#begun.add(row);
    if (begun && row.effects === "once") throw new UnknownOutcome({ key: row.key!, tool: row.tool! });
    return undefined;
  }

  readonly #begun = new Set<Row>();
}
