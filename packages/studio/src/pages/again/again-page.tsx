// Again from here: retry a run, fork it at a step with other inputs, or change its goal. In: a run, and `do` and `step` in
// the address. Out: what is reused, what runs and what acts again, before the button that does it.
import type { RunDocument } from "planloom";
import { pageOfRun, runPath } from "../../api/people.js";
import { isOver } from "../../api/run-over.js";
import { useGet } from "../../api/use-get.js";
import type { PageProps } from "../../app/routes.js";
import { go, usePlace } from "../../app/router.js";
import { ErrorNote } from "../../parts/note.js";
import { ForkForm } from "./fork-form.js";
import { GoalForm } from "./goal-form.js";
import { RetryForm } from "./retry-form.js";
import "../../style/value.css";
import "../../style/review.css";
import "../../style/again.css";

export interface AgainProps {
  readonly run: RunDocument;
  readonly step: string | undefined;
  readonly onStep: (step: string | undefined) => void;
}

const WAYS = [
  { way: "retry", word: "Retry this run", says: "Goes on in this run. What has finished is kept." },
  { way: "fork", word: "Fork a new run", says: "Starts another run from a step of this one, also with other inputs." },
  { way: "goal", word: "Change the goal", says: "The planner plans again. Finished work is kept if it still helps." },
] as const;

/** Nothing is left to retry in a run that has completed, unless a step is named. */
function firstWay(run: RunDocument, step: string | null): "retry" | "fork" | "goal" {
  if (!isOver(run)) return "goal";
  return run.status === "completed" && step === null ? "fork" : "retry";
}

export function AgainPage({ params: { id = "" } }: PageProps) {
  const { query } = usePlace();
  const { data: run, error } = useGet<RunDocument>(runPath(id));
  if (run === undefined)
    return <div class="page">{error === undefined ? <p class="faint">Loading …</p> : <ErrorNote error={error} />}</div>;
  const asked = query.get("do");
  const way = WAYS.find((one) => one.way === asked)?.way ?? firstWay(run, query.get("step"));
  const show = (next: { readonly do?: string; readonly step?: string | undefined }) => {
    const step = "step" in next ? next.step : (query.get("step") ?? undefined);
    const named = step === undefined ? "" : `&step=${encodeURIComponent(step)}`;
    go(pageOfRun(id, `/again?do=${next.do ?? way}${named}`), { replace: true });
  };
  const given = { run, step: query.get("step") ?? undefined, onStep: (step: string | undefined) => show({ step }) };
  return (
    <div class="page again-page">
      <p class="trail">
        <a href={pageOfRun(id)}>Run</a> <span aria-hidden="true">/</span> <span>again from here</span>
      </p>
      <h1>Again from here</h1>
      <p class="lead">{run.goal}</p>
      <fieldset class="ways">
        <legend class="vh">What to do</legend>
        <div class="answers">
          {WAYS.map((one) => (
            <label key={one.way}>
              <input type="radio" name="way" checked={one.way === way} onChange={() => show({ do: one.way })} />
              <b>{one.word}</b>
              <span>{one.says}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {way === "retry" && <RetryForm {...given} />}
      {way === "fork" && <ForkForm {...given} />}
      {way === "goal" && <GoalForm {...given} />}
    </div>
  );
}
