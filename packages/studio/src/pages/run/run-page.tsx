// One run: its head, the list of steps, a drawing or the answer beside it, and the chosen step in full. In: the address.
// Out: the page, live. The address holds all that is chosen, so Back, reload and a lost server change nothing.
import { useMemo, useRef } from "preact/hooks";
import { useTitle } from "../../app/page.js";
import { go, usePlace } from "../../app/router.js";
import type { PageProps } from "../../app/routes.js";
import { ErrorNote } from "../../parts/note.js";
import { useNow } from "../../parts/time.js";
import { useMedia } from "../../parts/use-media.js";
import type { LiveRun } from "../../api/run-live.js";
import { isOpenedId } from "../../api/opened.js";
import type { RunView } from "../../api/run-view.js";
import { AnswerBox } from "./answer-box.js";
import { Board } from "./board.js";
import { firstChosen, isThere } from "./first-chosen.js";
import { Inspector } from "./inspector/inspector.js";
import { RunHead } from "./run-head.js";
import { chosenIn, readRunPlace, runAddress, type Chosen, type RunPlace } from "./run-place.js";
import { runClock } from "./row-text.js";
import { useEventStep } from "./use-event-step.js";
import { useLiveRun } from "./use-live-run.js";
import { useRunKeys } from "./run-keys.js";
import type { ListMoves } from "./step-list.js";
import "../../style/value.css";
import "./run.css";
import "./inspector/inspector.css";

export function RunPage({ params }: PageProps) {
  const runId = params["id"] ?? "";
  const { run, again } = useLiveRun(runId);
  const { query } = usePlace();
  useEventStep(runId, readRunPlace(query));
  useTitle(run.view?.goal ?? "Run");
  if (run.refused !== undefined && run.view === undefined) return <Refused error={run.refused} />;
  if (run.view === undefined) return <p class="page faint">Loading …</p>;
  return <OpenRun run={run} view={run.view} place={readRunPlace(query)} again={again} />;
}

function Refused({ error }: { readonly error: unknown }) {
  return (
    <div class="page">
      <h1 class="vh">Run</h1>
      <ErrorNote error={error}>
        <p>
          <a href="/runs">All runs</a>
        </p>
      </ErrorNote>
    </div>
  );
}

interface OpenRunProps {
  readonly run: LiveRun;
  readonly view: RunView;
  readonly place: RunPlace;
  readonly again: () => void;
}

function OpenRun({ run, view, place, again }: OpenRunProps) {
  const isPhone = useMedia("(max-width: 799px)");
  const now = useNow();
  // The run of a file stands still.
  const clock = isOpenedId(view.runId)
    ? { elapsedMs: view.axis.endMs, now: Date.parse(view.updatedAt) }
    : runClock(view, run.readAt, now);
  const moves = useRef<ListMoves>();
  const chosen = useChosen(view, place, isPhone);
  const close = () => {
    if (place.step !== undefined) go(runAddress(view.runId, place, { step: undefined }));
    queueMicrotask(() => moves.current?.focus());
  };
  useRunKeys({ view, place, chosen, moves, close });
  const row = view.rows.find(({ key }) => key === chosen?.key);
  const isStepAlone = isPhone && place.step !== undefined && row !== undefined;
  return (
    <div class={`run-page${isStepAlone ? " step-alone" : ""}`}>
      {isStepAlone && <h1 class="vh">{view.goal}</h1>}
      {!isStepAlone && <RunHead run={run} view={view} place={place} clock={clock} again={again} />}
      <div class="work">
        {!isStepAlone && (
          <Board view={view} place={place} chosen={chosen} clock={clock} notes={run.notes} moves={moves}>
            <AnswerBox run={run} view={view} />
          </Board>
        )}
        {chosen !== undefined && row !== undefined && (isStepAlone || !isPhone) && (
          <Inspector {...{ view, place, chosen, row, clock }} onClose={close} />
        )}
      </div>
    </div>
  );
}

/** The step of the address; without one, the step that asks to be looked at. A phone shows none until one is opened. */
function useChosen(view: RunView, place: RunPlace, isPhone: boolean): Chosen | undefined {
  return useMemo(() => {
    const named = chosenIn(place);
    if (named !== undefined && isThere(view, named)) return named;
    return isPhone ? undefined : firstChosen(view);
  }, [view, place.step, place.item, isPhone]);
}
