// The stops of a line that shows progress. In: how many steps are in which state. Out: the state of each stop, in the order
// in which they are drawn.
import type { Shape } from "./state.js";

export interface Stops {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  /** The mark of the stop where the run is now; absent if it has ended. */
  readonly now?: Shape;
}

export function stopShapes({ total, done, failed, skipped, now }: Stops): readonly Shape[] {
  const passed = [
    ...Array<Shape>(done).fill("done"),
    ...Array<Shape>(skipped).fill("skipped"),
    ...Array<Shape>(failed).fill("failed"),
  ];
  const open = total - passed.length;
  if (open <= 0) return passed.slice(0, total);
  const here: readonly Shape[] = now === undefined ? [] : [now];
  return [...passed, ...here, ...Array<Shape>(open - here.length).fill("planned")];
}
