// A provider that counts every call that was let through, whatever its outcome: the real cost of a run. In:
// reservations and crashes. Out: the usage of each effect, and what was paid in all. Separate because the budget must
// hold for this, not for what the log says.
import { addUsage, NO_USAGE, type Usage } from "../../src/plan/usage.js";

interface Account {
  /** Calls whose replies the effect knows of. */
  done: Usage;
  /** The last one: a crash may lose its reply. */
  last: Usage;
}

export class Purse {
  calls = 0;
  tokens = 0;
  private readonly accounts = new Map<string, Account>();

  private account(key: string): Account {
    let account = this.accounts.get(key);
    if (account === undefined) this.accounts.set(key, (account = { done: NO_USAGE, last: NO_USAGE }));
    return account;
  }

  /** The usage that the effect knows: it has the last reply before it asks for more. */
  spent(key: string): Usage {
    const account = this.account(key);
    account.done = addUsage(account.done, account.last);
    account.last = NO_USAGE;
    return account.done;
  }

  /** A call that was let through is paid. */
  pay(key: string, inputTokens: number): void {
    this.account(key).last = { calls: 1, inputTokens, outputTokens: 0 };
    this.calls++;
    this.tokens += inputTokens;
  }

  /** The process ends: effects with a journal know of the replies that are in it, and others of none. */
  crash(lastIsKept: boolean, hasJournal: (key: string) => boolean): void {
    for (const [key, account] of this.accounts) {
      if (lastIsKept) this.spent(key);
      account.last = NO_USAGE;
      if (!hasJournal(key)) account.done = NO_USAGE;
    }
  }
}
