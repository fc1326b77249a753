// The list of steps, and beside it the graph, the timeline or the answer alone. In: a view and the address. Out: filters,
// a switch, the list, and what was switched to.
import type { ComponentChildren } from "preact";
import type { RunView } from "../../api/run-view.js";
import { go } from "../../app/router.js";
import { useMedia } from "../../parts/use-media.js";
import { countsOf } from "./list-rows.js";
import { FILTERS, runAddress, VIEWS, type Chosen, type Filter, type RunPlace, type View } from "./run-place.js";
import type { RunClock } from "./row-text.js";
import { StepList, type ListMoves } from "./step-list.js";
import { ViewSlot } from "./view-slot.js";

interface BoardProps {
  readonly view: RunView;
  readonly place: RunPlace;
  readonly chosen: Chosen | undefined;
  readonly clock: RunClock;
  readonly notes: ReadonlyMap<string, string>;
  readonly moves: { current: ListMoves | undefined };
  /** The answer. */
  readonly children: ComponentChildren;
}

export function Board(props: BoardProps) {
  const { view, place, chosen, children } = props;
  const isPhone = useMedia("(max-width: 799px)");
  const shown = shownView(view, place, isPhone);
  const isListShown = !isPhone || shown === "steps";
  const select = ({ key, item }: Chosen) => go(runAddress(view.runId, place, { step: key, item }));
  return (
    <div class="board">
      <div class="board-bar">
        <Filters view={view} place={place} />
        <Switch view={view} place={place} shown={shown} />
      </div>
      {isListShown && (
        <section class="steps" aria-label="Steps">
          <div class="list-head" aria-hidden="true">
            <span>Step</span>
            <span>Start</span>
            <span>Took / est.</span>
          </div>
          <StepList {...props} />
        </section>
      )}
      <div class="beside">
        {shown !== "steps" && <ViewSlot name={shown} view={view} selected={chosen} onSelect={select} />}
        {children}
      </div>
    </div>
  );
}

/** Larger graphs are drawn only when a person asks for them. */
const LARGEST_GRAPH = 200;

function shownView(view: RunView, place: RunPlace, isPhone: boolean): View {
  return place.view ?? (!isPhone && view.rows.length <= LARGEST_GRAPH ? "graph" : "steps");
}

const FILTER_WORD: { readonly [filter in Filter]: string } = { all: "All", failed: "Failed", waiting: "Waiting" };

function Filters({ view, place }: { readonly view: RunView; readonly place: RunPlace }) {
  const counts = countsOf(view);
  return (
    <p class="chips" role="group" aria-label="Filter the steps">
      {FILTERS.map((filter) => (
        <a
          key={filter}
          class="chip"
          href={runAddress(view.runId, place, { filter })}
          aria-current={filter === place.filter ? "true" : undefined}
        >
          {FILTER_WORD[filter]} <span class="n">{counts[filter].toLocaleString("en-US")}</span>
        </a>
      ))}
    </p>
  );
}

const VIEW_WORD: { readonly [view in View]: string } = { steps: "Steps", graph: "Graph", timeline: "Timeline" };

function Switch({ view, place, shown }: { readonly view: RunView; readonly place: RunPlace; readonly shown: View }) {
  return (
    <p class="seg" role="group" aria-label="View">
      {VIEWS.map((one) => (
        <a
          key={one}
          href={runAddress(view.runId, place, { view: one })}
          aria-current={one === shown ? "true" : undefined}
        >
          {VIEW_WORD[one]}
        </a>
      ))}
    </p>
  );
}
