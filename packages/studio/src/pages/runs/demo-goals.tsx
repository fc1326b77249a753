// The goals of a demo. In: what the server tells the Studio about itself. Out: the goals as buttons, each with what its run
// shows. A server with a model of its own has none.
import { useState } from "preact/hooks";
import { useGet } from "../../api/use-get.js";
import { useMay } from "../../parts/allowed.js";
import { Button } from "../../parts/button.js";
import { ErrorNote } from "../../parts/note.js";
import { startRun } from "./start-run.js";

/** The answer of /studio.json. */
interface StudioFacts {
  readonly demo: Demo | null;
}

export interface Demo {
  readonly says: string;
  readonly goals: readonly { readonly goal: string; readonly shows: string }[];
}

/** undefined until it is known; null if the server has a model of its own. */
export const useDemo = (): Demo | null | undefined => useGet<StudioFacts>("/studio.json").data?.demo;

interface DemoGoalsProps {
  readonly demo: Demo;
  /** The level of the headings. */
  readonly level: 2 | 3;
}

export function DemoGoals({ demo: { says, goals }, level }: DemoGoalsProps) {
  const Heading = level === 2 ? "h2" : "h3";
  const [error, setError] = useState<unknown>();
  const mayStart = useMay("all");
  return (
    <>
      <p>{says}</p>
      <ul class="ways">
        {goals.map(({ goal, shows }) => (
          <li key={goal}>
            <div>
              <Heading>{goal}</Heading>
              <p>{shows}</p>
            </div>
            {mayStart && (
              <Button working="Starting …" onPress={() => startRun({ goal }).catch(setError)}>
                Start this run
              </Button>
            )}
          </li>
        ))}
      </ul>
      {error !== undefined && <ErrorNote error={error} />}
    </>
  );
}
