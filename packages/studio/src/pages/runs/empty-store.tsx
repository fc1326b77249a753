// The page of a store without runs: what can be done first. In: the goals of a demo, if the server has one. Out: buttons
// that start them, or the command of the demo.
import { useState } from "preact/hooks";
import { useGet } from "../../api/use-get.js";
import { Button } from "../../parts/button.js";
import { EmptyNote, ErrorNote } from "../../parts/note.js";
import { startRun } from "./start-run.js";

/** What the server tells the Studio about itself. */
interface StudioFacts {
  readonly demo: { readonly says: string; readonly goals: readonly DemoGoal[] } | null;
}

interface DemoGoal {
  readonly goal: string;
  readonly shows: string;
}

export function EmptyStore() {
  const { data } = useGet<StudioFacts>("/studio.json");
  return (
    <div class="sheet">
      <EmptyNote title="No run yet.">
        <p>
          A run is one pursuit of one goal: a plan is written and checked, its steps run as soon as they can, and you
          are asked where something acts.
        </p>
        {data?.demo ? <Demo says={data.demo.says} goals={data.demo.goals} /> : <DemoCommand />}
      </EmptyNote>
    </div>
  );
}

function Demo({ says, goals }: NonNullable<StudioFacts["demo"]>) {
  const [error, setError] = useState<unknown>();
  return (
    <>
      <p>{says}</p>
      <ul class="ways">
        {goals.map(({ goal, shows }) => (
          <li key={goal}>
            <div>
              <h3>{goal}</h3>
              <p>{shows}</p>
            </div>
            <Button working="Starting …" onPress={() => startRun({ goal }).catch(setError)}>
              Start this run
            </Button>
          </li>
        ))}
      </ul>
      {error !== undefined && <ErrorNote error={error} />}
    </>
  );
}

function DemoCommand() {
  return (
    <p>
      Write a goal above, or run a plan file. To look around without a model of your own, end this server and run{" "}
      <code>planloom studio --demo</code>.
    </p>
  );
}
