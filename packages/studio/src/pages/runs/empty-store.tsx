// The page of a store without runs: what can be done first. In: the demo of the server, if it has one. Out: its goals, or
// the command of the demo.
import { EmptyNote } from "../../parts/note.js";
import { DemoGoals, type Demo } from "./demo-goals.js";

export function EmptyStore({ demo }: { readonly demo: Demo | null | undefined }) {
  return (
    <div class="sheet">
      <EmptyNote title="No run yet.">
        <p>
          A run is one pursuit of one goal: a plan is written and checked, its steps run as soon as they can, and you
          are asked where something acts.
        </p>
        {demo === null && (
          <p>
            Write a goal above, or run a plan file. To look around without a model of your own, end this server and run{" "}
            <code>planloom studio --demo</code>.
          </p>
        )}
        {demo && <DemoGoals demo={demo} level={3} />}
      </EmptyNote>
    </div>
  );
}
