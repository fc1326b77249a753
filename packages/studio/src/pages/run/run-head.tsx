// The head of a run: what it is, how it stands, what can be done, and the five facts. In: the live run. Out: the head.
import { useEffect, useRef } from "preact/hooks";
import type { LiveRun } from "../../api/run-live.js";
import { isOver } from "../../api/run-over.js";
import type { RunView } from "../../api/run-view.js";
import { isOpenedId } from "../../api/opened.js";
import { pageOfRun } from "../../api/people.js";
import { announce, announceNow } from "../../app/announce.js";
import { countText } from "../../parts/money.js";
import { StepsLine } from "../../parts/route-line.js";
import { Mark, State } from "../../parts/state.js";
import { Time } from "../../parts/time.js";
import { WithinLink } from "../../parts/within-link.js";
import { isCurrent } from "./list-rows.js";
import { RunActions } from "./run-actions.js";
import type { RunClock } from "./row-text.js";
import { runAddress, type RunPlace } from "./run-place.js";
import { asksIn, factsOf, PLAN_ASK, stateOf, timeText, tokensText, type Fact } from "./run-words.js";

interface RunHeadProps {
  readonly run: LiveRun;
  readonly view: RunView;
  readonly place: RunPlace;
  readonly clock: RunClock;
  readonly again: () => void;
}

export function RunHead({ run, view, place, clock, again }: RunHeadProps) {
  return (
    <section class="run-head" aria-label="Run">
      <Crumb view={view} />
      <div class="run-title">
        <h1>{view.goal}</h1>
        <RunActions view={view} again={again} />
      </div>
      <StateLine view={view} clock={clock} />
      <Need run={run} view={view} />
      <div class="facts-scroll" role="group" aria-label="Summary" tabIndex={0}>
        <dl class="facts">
          {factsOf(view).map((fact) => (
            <FactCell key={fact.name} fact={fact} view={view} place={place} />
          ))}
        </dl>
      </div>
    </section>
  );
}

function Crumb({ view: { runId, revision, revisions, within } }: { readonly view: RunView }) {
  const before = revisions.filter((one) => one < revision).at(-1);
  return (
    <p class="crumb">
      {isOpenedId(runId) ? (
        <a href="/open">Open a file</a>
      ) : (
        <>
          <a href="/runs">Runs</a> <span aria-hidden="true">/</span>{" "}
          {within !== undefined && (
            <span class="within">
              <WithinLink within={within} /> <span aria-hidden="true">/</span>{" "}
            </span>
          )}
          <span class="mono id">{runId}</span>
        </>
      )}
      {revision > 0 && (
        <>
          <span aria-hidden="true">/</span> <a href={pageOfRun(runId, "/diff")}>plan, revision {revision}</a>
        </>
      )}
      {before !== undefined && (
        <a href={`/runs/${encodeURIComponent(runId)}/diff?from=${before}&to=${revision}`}>what changed</a>
      )}
    </p>
  );
}

function StateLine({ view, clock }: { readonly view: RunView; readonly clock: RunClock }) {
  const { shape, word, asks } = stateOf(view, clock.now);
  const { stepsDone, stepsTotal, attempts } = view.facts;
  const tokens = tokensText(view);
  useAnnounced(word, asks);
  return (
    <p class="run-line">
      <State shape={shape} loud>
        {word}
      </State>
      {stepsTotal > 0 && (
        <span class="prog">
          <StepsLine shapes={shapesIn(view)} /> {countText(stepsDone)} of {countText(stepsTotal)} steps
        </span>
      )}
      <span>{timeText(view, clock.elapsedMs)}</span>
      {attempts > 0 && <span>{attempts === 1 ? "1 attempt" : `${countText(attempts)} attempts`}</span>}
      {tokens !== undefined && <span>{tokens}</span>}
      {view.simulated === true && <span>Simulated: tools with effects are not called</span>}
      {view.strategy !== undefined && <span>Strategy: {view.strategy}</span>}
      <span>
        Started <Time at={view.startedAt} />
      </span>
    </p>
  );
}

/** The states of the steps of the current plan, and of those that began before it. */
const shapesIn = ({ rows }: RunView) => rows.filter(({ kind }) => kind === "step").map(({ status }) => status);

/** The word of the state is said when it changes; a countdown is not. What waits for a person is said at once. */
function useAnnounced(word: string, asks: boolean): void {
  const said = word.replace(/ in .*$/u, "");
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) (asks ? announceNow : announce)(said);
    first.current = false;
  }, [said]);
}

/** What stops the run from going on, with the way to go on. */
function Need({ run, view }: { readonly run: LiveRun; readonly view: RunView }) {
  const base = `/runs/${encodeURIComponent(view.runId)}`;
  if (!isOver(view)) return <Asks view={view} base={base} />;
  const { error } = run.document ?? {};
  if (view.status !== "failed" || error === undefined) return null;
  const failed = view.rows.findLast((row) => isCurrent(row) && row.status === "failed");
  const isFile = isOpenedId(view.runId);
  const from = failed === undefined ? "" : `?step=${encodeURIComponent(failed.key)}`;
  return (
    <div class="need is-failed">
      <Mark shape="failed" />
      <p>
        <b>{error.message}</b> {!isFile && error.next}
      </p>
      {!isFile && (
        <a class="btn primary" href={`${base}/again${from}`}>
          {failed === undefined ? "Retry from a step …" : "Retry from this step …"}
        </a>
      )}
    </div>
  );
}

function Asks({ view, base }: { readonly view: RunView; readonly base: string }) {
  const [ask, ...others] = asksIn(view);
  if (ask === undefined) return null;
  const shape = ask.kind === "doubt" || ask.kind === "unusable" ? ask.kind : "waiting";
  const isPlan = ask.kind === "plan" && ask.hash !== undefined;
  const below = ask.kind === "child" && ask.runId !== undefined ? pageOfRun(ask.runId) : undefined;
  const href = below ?? (isPlan ? `${base}/review/${encodeURIComponent(ask.hash ?? "")}` : waitingAddress(view.runId));
  return (
    <div class={`need is-${shape === "doubt" ? "unknown" : shape}`}>
      <Mark shape={shape === "doubt" ? "unknown" : shape} />
      <p>
        <b>{ask.title}</b>
        {others.length > 0 && <span class="soft"> (and {others.length} more)</span>}
      </p>
      {!isOpenedId(view.runId) && (
        <a class="btn primary" id={isPlan ? PLAN_ASK : undefined} href={href}>
          {ASK_WORD[ask.kind] ?? "Answer"}
        </a>
      )}
    </div>
  );
}

const waitingAddress = (runId: string): string => `/waiting?run=${encodeURIComponent(runId)}`;

const ASK_WORD: { readonly [kind: string]: string } = {
  plan: "Review the plan",
  call: "Review the call",
  question: "Answer the question",
  doubt: "Say what happened",
  unusable: "Decide",
  child: "Open the sub-plan",
};

function FactCell({ fact, view, place }: { readonly fact: Fact; readonly view: RunView; readonly place: RunPlace }) {
  const { name, says, more, about } = fact;
  const href = about && runAddress(view.runId, place, { step: about.key, item: about.item });
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {href === undefined ? says : <a href={href}>{says}</a>}
        {more !== undefined && <span>{more}</span>}
      </dd>
    </div>
  );
}
