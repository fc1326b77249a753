// Drives the runs that nobody drives, at the start of a server and later, when another process has died. In: a loom.
// Out: errors, each told once until a look succeeds.
import { systemClock, type Clock } from "../clock.js";
import { LIMITS } from "../limits.js";
import type { Loom } from "../loom/loom.js";

/** Resolves after the first look, or rejects with its error. The returned function ends the looks. */
export async function keepRecovering(
  loom: Loom,
  tell: (error: unknown) => void,
  clock: Clock = systemClock,
): Promise<() => void> {
  await loom.recover();
  let cancel = () => {};
  let isOver = false;
  let isFailing = false;
  const look = async (): Promise<void> => {
    try {
      await loom.recover();
      isFailing = false;
    } catch (error) {
      if (!isFailing && !isOver) tell(error);
      isFailing = true;
    }
    if (!isOver) arm();
  };
  const arm = () => (cancel = clock.setTimer(LIMITS.recoverMs, () => void look()));
  arm();
  return () => {
    isOver = true;
    cancel();
  };
}
