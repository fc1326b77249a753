// The place of a sub-plan: the step of another run that it is. In: that place. Out: a link to the step.
import { pageOfRun, type Within } from "../api/people.js";

const refOf = ({ step, item }: Within): string => (item === undefined ? step : `${step}[${item}]`);

export function WithinLink({ within }: { readonly within: Within }) {
  const item = within.item === undefined ? "" : `&item=${within.item}`;
  return (
    <a href={pageOfRun(within.runId, `?step=${encodeURIComponent(within.step)}${item}`)}>
      step <span class="mono">{refOf(within)}</span> of run <span class="mono">{within.runId}</span>
    </a>
  );
}
