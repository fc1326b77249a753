// The keys of the run page. In: the view, the address and the list. Out: keys with what they do, for the keyboard map.
// Enter on a row opens its step, because a row is a link.
import type { RunView } from "../../api/run-view.js";
import { go } from "../../app/router.js";
import { useKeys, type Key } from "../../app/keys.js";
import { PLAN_ASK } from "./run-words.js";
import { runAddress, TABS, type Chosen, type PlaceChange, type RunPlace } from "./run-place.js";
import type { ListMoves } from "./step-list.js";

interface RunKeys {
  readonly view: RunView;
  readonly place: RunPlace;
  readonly chosen: Chosen | undefined;
  readonly moves: { readonly current: ListMoves | undefined };
  readonly close: () => void;
}

export function useRunKeys({ view, place, chosen, moves, close }: RunKeys): void {
  const to = (change: PlaceChange) => go(runAddress(view.runId, place, change), { replace: true });
  const beside = (by: 1 | -1) => {
    const change = besideOf(view, place, chosen, by);
    if (change !== undefined) to(change);
  };
  const kept = chosen === undefined || place.step !== undefined ? {} : { step: chosen.key, item: chosen.item };
  const keys: readonly Key[] = [
    { keys: "j", does: "next row", run: () => moves.current?.move(1) },
    { keys: "k", does: "row before", run: () => moves.current?.move(-1) },
    { keys: "Enter", does: "open the step" },
    { keys: "]", does: "next item or attempt", run: () => beside(1) },
    { keys: "[", does: "item or attempt before", run: () => beside(-1) },
    { keys: "f", does: "failed only, or all", run: () => to({ filter: place.filter === "failed" ? "all" : "failed" }) },
    { keys: "n", does: "next open or failed step", run: () => moves.current?.next("open") },
    { keys: "u", does: "next that waits for you", run: () => focusPlanAsk() || moves.current?.next("waiting") },
    ...TABS.map((tab, at) => ({ keys: String(at + 1), does: tab, run: () => to({ ...kept, tab }) })),
    { keys: "g s", does: "steps", run: () => to({ view: "steps" }) },
    { keys: "g g", does: "graph", run: () => to({ view: "graph" }) },
    { keys: "g t", does: "timeline", run: () => to({ view: "timeline" }) },
    { keys: "Escape", does: "close the step, back to its row", run: close },
  ];
  useKeys("Run", keys);
}

/** The button of the head that leads to the plan that waits. False if none waits. */
function focusPlanAsk(): boolean {
  const button = document.getElementById(PLAN_ASK);
  button?.focus();
  return button !== null;
}

/** The item beside the chosen one; on the tab of attempts, the attempt. */
function besideOf({ rows }: RunView, place: RunPlace, chosen: Chosen | undefined, by: 1 | -1): PlaceChange | undefined {
  const row = rows.find(({ key }) => key === chosen?.key);
  if (row === undefined) return undefined;
  if (place.tab === "attempts" && (row.items === undefined || chosen?.item !== undefined)) {
    const attempt = (place.attempt ?? (by > 0 ? 0 : 2)) + by;
    return attempt < 1 ? undefined : { step: row.key, item: chosen?.item, attempt, tab: "attempts" };
  }
  if (row.items === undefined || row.items.total === 0) return undefined;
  const item = chosen?.item === undefined ? (by > 0 ? 0 : row.items.total - 1) : chosen.item + by;
  return item < 0 || item >= row.items.total ? undefined : { step: row.key, item };
}
