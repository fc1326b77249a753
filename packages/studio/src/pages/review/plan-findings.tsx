// What the check found, for a person who approves. In: the review. Out: a list; no errors is said, too.
import type { PlanReview } from "../../api/people.js";
import { FindingList } from "../../parts/finding-list.js";
import { SmallMark } from "../../parts/tag.js";

export function PlanFindings({ plan: { findings } }: { readonly plan: PlanReview }) {
  return (
    <section aria-labelledby="h-find">
      <h2 id="h-find">The check found</h2>
      <p class="all-well small">
        <SmallMark mark="yes" /> No errors. Every reference has the type that its tool wants.
      </p>
      <FindingList findings={findings} />
    </section>
  );
}
