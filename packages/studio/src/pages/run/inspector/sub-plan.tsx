// The run of a sub-plan inside its step. In: the child run, as the run above knows it. Out: its state, its steps in place,
// and a link to its page. It is read again whenever the run above has changed.
import { useEffect } from "preact/hooks";
import { pageOfRun, runPath } from "../../../api/people.js";
import type { RowView, RunView } from "../../../api/run-view.js";
import { useGet } from "../../../api/use-get.js";
import { statusState } from "../../../parts/run-state.js";
import { Mark, State } from "../../../parts/state.js";

interface SubPlanProps {
  readonly child: NonNullable<RowView["child"]>;
  /** The last event of the run above. */
  readonly seq: number;
}

export function SubPlan({ child, seq }: SubPlanProps) {
  const { data, reload } = useGet<RunView>(runPath(child.runId, "/view"));
  useEffect(reload, [seq, child.status]);
  const { shape, word, asks } = statusState(data?.status ?? child.status);
  return (
    <details class="sub-plan" open>
      <summary>
        <b>Sub-plan</b>{" "}
        <State shape={shape} loud>
          {word}
        </State>
      </summary>
      {data !== undefined && <ChildSteps view={data} />}
      <p>
        <a class={asks ? "btn primary" : "btn"} href={pageOfRun(child.runId)}>
          {asks ? "Answer in the sub-plan" : "Open the sub-plan"}
        </a>
      </p>
    </details>
  );
}

function ChildSteps({ view }: { readonly view: RunView }) {
  const steps = view.rows.filter(({ kind }) => kind === "step");
  if (steps.length === 0) return <p class="soft">It has no plan yet.</p>;
  return (
    <ol>
      {steps.map(({ key, title, status, line }) => (
        <li key={key}>
          <Mark shape={status} />
          <a href={pageOfRun(view.runId, `?step=${encodeURIComponent(key)}`)}>{title}</a>
          <span class="soft">{line}</span>
        </li>
      ))}
    </ol>
  );
}
