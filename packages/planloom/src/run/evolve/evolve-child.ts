// Folds what is told of child runs: whether they wait, and what they have used. In: a run and an event. Out: the same
// run, changed in place.
import { addUsage, usageSince } from "../../plan/usage.js";
import { noteChild } from "../acted-calls.js";
import type { EventOf } from "../event.js";
import type { ChildUse } from "../event/child.js";
import { NOTHING_USED, childNews } from "../child-use.js";
import { callKey } from "../keys.js";
import { workOf } from "../lookup.js";
import type { Run } from "../state.js";
import type { Spent } from "../spent.js";
import { add } from "./budget.js";
import { stopCall } from "./evolve-step.js";
import { isFailing } from "../status.js";

const ROLES = ["planner", "executor", "synthesizer"] as const;

export function onDelegated(run: Run, { data, at }: EventOf<"step.delegated">): void {
  const work = workOf(run, data);
  const before = work.child?.run === data.run ? work.child.used : NOTHING_USED;
  for (const role of ROLES) {
    const more = usageSince(before[role], data.used[role]);
    if (more.calls === 0) continue;
    run.usage[role] = addUsage(run.usage[role], more);
    work.usage = addUsage(work.usage, more);
    if (work.item !== null) work.step.work.usage = addUsage(work.step.work.usage, more);
  }
  spendBelow(run, callKey(work), since(before, data.used));
  const waited = work.child?.waits !== undefined;
  const { waits } = data;
  run.execution.childWaits += (waits === undefined ? 0 : 1) - (waited ? 1 : 0);
  work.child = childNews(data);
  noteChild(run, work, data.acted, at);
  // A run that fails waits for nobody.
  if (waits !== undefined && isFailing(run)) stopCall(run, callKey(work));
}

const since = ({ spent: before }: ChildUse, { spent }: ChildUse): Spent => ({
  modelCalls: spent.modelCalls - before.modelCalls,
  tokens: spent.tokens - before.tokens,
  costUsd: spent.costUsd - before.costUsd,
});

/** The part that was reserved for the child run shrinks by what it uses. */
function spendBelow(run: Run, key: string, more: Spent): void {
  const allowance = run.spending.allowances.get(key);
  if (allowance === undefined) run.spending.used = add(run.spending.used, more);
  else
    run.spending.allowances.set(key, {
      ...allowance,
      spent: add(allowance.spent, more),
      reserved: {
        modelCalls: Math.max(0, allowance.reserved.modelCalls - more.modelCalls),
        tokens: Math.max(0, allowance.reserved.tokens - more.tokens),
        costUsd: Math.max(0, allowance.reserved.costUsd - more.costUsd),
      },
    });
}
