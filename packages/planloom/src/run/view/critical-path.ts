// The chain of attempts and waits that decided when a run ended, or (before its end) its time until now. In: the course of
// a run. Out: the bars of the chain. It uses real times, so a wait for a free place counts as well as a need.
import { needsIn } from "../steps.js";
import type { StepState } from "../work.js";
import { endOf } from "../status.js";
import type { Bar, Lane } from "./lane.js";
import { lanesOf, type RunTimeline, type StepLanes } from "./timeline.js";

type Closed = Bar & { readonly to: NonNullable<Bar["to"]> };

const isClosed = (bar: Bar): bar is Closed => bar.to !== undefined;

/** What a bar belongs to. */
interface Place {
  readonly lane: Lane;
  readonly index: number;
  /** Lanes whose work had to end first: steps that it needs; for a plan or the answer, none in particular. */
  readonly needs: readonly StepLanes[];
}

/**
 * `tail`: ms that are expected after a step of the current plan, by its id. It decides among several open bars. The
 * timeline is settled.
 */
export function criticalBars(timeline: RunTimeline, tail: ReadonlyMap<string, number> = new Map()): ReadonlySet<Bar> {
  const places = placesIn(timeline);
  const ended = [...places.keys()].filter(isClosed).sort((a, b) => a.to.seq - b.to.seq);
  const path = new Set<Bar>();
  let bar = lastBar(timeline, places, ended, tail);
  while (bar !== undefined && !path.has(bar)) {
    path.add(bar);
    bar = before(bar, places, ended);
  }
  return path;
}

/** All bars of work, with their places. The bar of a fan-out as a whole is not work. */
function placesIn(timeline: RunTimeline): ReadonlyMap<Bar, Place> {
  const places = new Map<Bar, Place>();
  const add = (lane: Lane, needs: readonly StepLanes[]): void =>
    lane.bars.forEach((bar, index) => {
      if (bar.whole !== true) places.set(bar, { lane, index, needs });
    });
  /** A round needs the round before it. */
  const addStep = (lanes: StepLanes, state: StepState | undefined): void => {
    const needs = state === undefined ? [] : neededBy(state, timeline);
    add(lanes.own, needs);
    for (const [index, lane] of lanes.items) {
      const round = state?.spec.repeat === undefined ? undefined : lanes.items.get(index - 1);
      add(lane, round === undefined ? needs : [{ own: round, items: new Map() }]);
    }
  };
  for (const lane of timeline.phases.all()) add(lane, []);
  for (const { state, lanes } of timeline.earlier) addStep(lanes, state);
  for (const [id, lanes] of timeline.steps) {
    addStep(lanes, timeline.run.execution.steps.get(id));
  }
  return places;
}

function neededBy({ spec, revision }: StepState, { run, steps }: RunTimeline): readonly StepLanes[] {
  const { plans } = run.planning;
  const plan = plans.find((one) => one.revision === revision) ?? plans.at(-1);
  const ids = plan === undefined ? spec.dependsOn : [...needsIn(plan.needs, spec)];
  return ids.flatMap((id) => steps.get(id) ?? []);
}

/** The bar that ended last, or the open one that is expected to take longest from now on. */
function lastBar(
  timeline: RunTimeline,
  places: ReadonlyMap<Bar, Place>,
  ended: readonly Closed[],
  tail: ReadonlyMap<string, number>,
): Bar | undefined {
  const how = endOf(timeline.run)?.how;
  // A run that failed did not wait for what its end stopped.
  if (how === "failed") return ended.findLast(({ stopped }) => stopped !== true) ?? ended.at(-1);
  if (how !== undefined) return ended.at(-1);
  const after = new Map<Lane, number>();
  for (const [id, lanes] of timeline.steps) for (const lane of lanesOf(lanes)) after.set(lane, tail.get(id) ?? 0);
  const open = [...places].filter(([bar]) => bar.to === undefined);
  if (open.length === 0) return ended.at(-1);
  const rest = ([, { lane }]: (typeof open)[number]): number => after.get(lane) ?? 0;
  return open.reduce((most, one) => (rest(one) > rest(most) ? one : most))[0];
}

/** What decided when a bar began: the wait before it, the last need, or the work that freed a place for it. */
function before(bar: Bar, places: ReadonlyMap<Bar, Place>, ended: readonly Closed[]): Closed | undefined {
  const { lane, index, needs } = places.get(bar) as Place;
  const own = lane.bars[index - 1];
  const known = [own, ...needs.map((lanes) => lastIn(lanes, bar))].filter((one) => one !== undefined).filter(isClosed);
  const last = known.reduce<Closed | undefined>((a, b) => (a === undefined || b.to.seq > a.to.seq ? b : a), undefined);
  if (last !== undefined && last.to.ms >= bar.from.ms) return last;
  const freed = endedBefore(ended, bar.from.seq);
  return freed !== undefined && freed.to.seq > (last?.to.seq ?? -1) ? freed : last;
}

/** The last bar of a step that ended before another one began. */
function lastIn(lanes: StepLanes, { from }: Bar): Closed | undefined {
  const known = latest.get(lanes) ?? latestIn(lanes, Infinity);
  if (known !== undefined) latest.set(lanes, known);
  return known === undefined || known.to.seq <= from.seq ? known : latestIn(lanes, from.seq);
}

const latest = new WeakMap<StepLanes, Closed>();

function latestIn(lanes: StepLanes, seq: number): Closed | undefined {
  let last: Closed | undefined;
  for (const lane of lanesOf(lanes)) {
    const bar = lane.bars.findLast((one) => one.whole !== true && isClosed(one) && one.to.seq <= seq);
    if (bar !== undefined && isClosed(bar) && bar.to.seq > (last?.to.seq ?? -1)) last = bar;
  }
  return last;
}

/** By binary search: the last of these that ended at this event or before. */
function endedBefore(ended: readonly Closed[], seq: number): Closed | undefined {
  let [low, high] = [0, ended.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ended[middle]?.to.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return ended[low - 1];
}
