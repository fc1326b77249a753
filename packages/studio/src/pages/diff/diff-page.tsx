// Two revisions of a plan beside each other. In: a run and `from`, `to` in the address. Out: the later one, with what changed
// since the earlier one.
import type { RunDocument } from "planloom";
import { isOpenedId } from "../../api/opened.js";
import { pageOfReview, pageOfRun, runPath, type PlanReview } from "../../api/people.js";
import { useGet } from "../../api/use-get.js";
import type { PageProps } from "../../app/routes.js";
import { go, usePlace } from "../../app/router.js";
import { counted } from "../../parts/counted.js";
import { Change } from "../../parts/diff.js";
import { EmptyNote, ErrorNote } from "../../parts/note.js";
import { PlanStep } from "../review/plan-step.js";
import "../../style/value.css";
import "../../style/review.css";
import "../../style/again.css";

type Plans = RunDocument["plans"];

export function DiffPage({ params: { id = "" } }: PageProps) {
  const { query } = usePlace();
  const run = useGet<RunDocument>(runPath(id));
  const plans = run.data?.plans ?? [];
  const to = revisionIn(plans, query.get("to")) ?? plans.at(-1);
  // Of one plan alone there is nothing to compare: it is shown as it is.
  const from = revisionIn(plans, query.get("from")) ?? plans.at(-2) ?? to;
  const both = to === undefined || from === undefined ? undefined : { from, to };
  const path =
    both === undefined ? null : runPath(id, `/review/${both.to.hash}?against=${encodeURIComponent(both.from.hash)}`);
  const review = useGet<PlanReview>(path);
  const error = run.error ?? review.error;
  return (
    <div class="reading">
      <div class="page diff-page">
        <p class="trail">
          <a href={pageOfRun(id)}>Run</a> <span aria-hidden="true">/</span>{" "}
          <span>{plans.length === 1 ? "plan" : "what changed"}</span>
        </p>
        <h1>{run.data?.goal ?? "What changed in the plan"}</h1>
        {error !== undefined && <ErrorNote error={error} />}
        {both !== undefined && plans.length > 1 && (
          <Pick id={id} plans={plans} from={both.from.revision} to={both.to.revision} />
        )}
        {run.data !== undefined && plans.length === 0 && (
          <EmptyNote title="There is no plan.">
            <p>When the planner writes one, it appears here.</p>
          </EmptyNote>
        )}
        {plans.length === 1 && review.data !== undefined && <OnlyPlan review={review.data} />}
        {plans.length > 1 && review.data !== undefined && <Changes id={id} review={review.data} />}
      </div>
    </div>
  );
}

const revisionIn = (plans: Plans, text: string | null) => plans.find(({ revision }) => String(revision) === text);

interface PickProps {
  readonly id: string;
  readonly plans: Plans;
  readonly from: number;
  readonly to: number;
}

function Pick({ id, plans, from, to }: PickProps) {
  const show = (next: { readonly from: number; readonly to: number }) =>
    go(pageOfRun(id, `/diff?from=${next.from}&to=${next.to}`));
  const choices = plans.map(({ revision }) => (
    <option key={revision} value={revision}>
      revision {revision}
    </option>
  ));
  return (
    <p class="pick">
      <label>
        From{" "}
        <select class="field" value={from} onChange={(event) => show({ from: Number(event.currentTarget.value), to })}>
          {choices}
        </select>
      </label>{" "}
      <label>
        to{" "}
        <select class="field" value={to} onChange={(event) => show({ from, to: Number(event.currentTarget.value) })}>
          {choices}
        </select>
      </label>
    </p>
  );
}

function OnlyPlan({ review }: { readonly review: PlanReview }) {
  return (
    <>
      <p class="lead">There is one revision of the plan. Changes of later ones appear here.</p>
      <ol class="plan">
        {review.steps.map((step) => (
          <PlanStep key={step.id} step={step} compares={false} />
        ))}
      </ol>
    </>
  );
}

function Changes({ id, review }: { readonly id: string; readonly review: PlanReview }) {
  const { steps, diff, against } = review;
  const changed = steps.filter(({ mark }) => mark !== "same");
  const same = steps.length - changed.length;
  return (
    <>
      <p class="lead" role="status">
        {changed.length === 0 && diff?.plan.length === 0
          ? "The two revisions do not differ."
          : `${counted(changed.length, "step")} changed from revision ${against?.revision ?? 0} to ${review.revision}.`}
        {same > 0 && ` ${counted(same, "step")} did not change.`}
      </p>
      {diff !== undefined && diff.plan.length > 0 && (
        <table class="kv plan-fields">
          <caption class="vh">The plan as a whole</caption>
          <tbody>
            {diff.plan.map(({ field, before, after }) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                <td>
                  <Change before={textOf(before)} after={textOf(after)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <ol class="plan">
        {steps.map((step) => (
          <PlanStep key={`${step.mark === "removed" ? "-" : ""}${step.id}`} step={step} compares />
        ))}
      </ol>
      {review.waiting && !isOpenedId(id) && (
        <p>
          <a class="btn primary" href={pageOfReview(id, review.hash)}>
            Review revision {review.revision}
          </a>
        </p>
      )}
    </>
  );
}

const textOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);
