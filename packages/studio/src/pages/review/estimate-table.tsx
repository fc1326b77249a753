// The estimate of a plan. In: the review. Out: a table. A figure that is not known says why; it is never 0.
import type { PlanReview } from "../../api/people.js";
import { moneyText, countText } from "../../parts/money.js";
import { durationText } from "../../parts/time-text.js";

export function EstimateTable({ plan }: { readonly plan: PlanReview }) {
  const { estimate, acts, budgetUsd } = plan;
  const times = acts.some((act) => act.times === undefined)
    ? "as often as a list or a model decides"
    : acts.length === 0
      ? "never"
      : timesText(acts.reduce((sum, act) => sum + (act.times ?? 0), 0));
  return (
    <section aria-labelledby="h-est">
      <h2 id="h-est">Estimate</h2>
      <table class="est">
        <tbody>
          <Row name="Acts in the world" value={<b>{times}</b>} />
          {estimate !== undefined && (
            <>
              <Row name="Time" value={`about ${durationText(estimate.criticalPathMs)}`} />
              <Row name="Calls of tools" value={countText(estimate.toolCalls)} />
              <Row name="Calls of models" value={countText(estimate.modelCalls)} />
              <Row
                name="Cost of models"
                value={estimate.costUsd === null ? "not known" : `about ${moneyText(estimate.costUsd)}`}
              />
            </>
          )}
          <Row name="Limit of the run" value={budgetUsd === null ? "none" : moneyText(budgetUsd)} />
        </tbody>
      </table>
      {estimate?.unknown.map((text) => (
        <p key={text} class="hint">
          Not known: {text}
        </p>
      ))}
      {estimate !== undefined && <p class="hint">{basisText(estimate.basis.runs)}</p>}
    </section>
  );
}

function Row({ name, value }: { readonly name: string; readonly value: preact.ComponentChildren }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{value}</td>
    </tr>
  );
}

const timesText = (times: number): string => (times === 1 ? "once" : `${times} times`);

const basisText = (runs: number): string =>
  runs === 0 ? "From assumptions: no earlier run tells." : `From ${runs} earlier run${runs === 1 ? "" : "s"}.`;
