// The place of the graph and the timeline. In: which of them. Out: the part, loaded when it is first shown.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RunView } from "../../api/run-view.js";
import { ErrorNote } from "../../parts/note.js";
import type { Chosen } from "./run-place.js";

export interface DrawnViewProps {
  readonly view: RunView;
  readonly selected: Chosen | undefined;
  readonly onSelect: (chosen: Chosen) => void;
}

type Drawn = ComponentType<DrawnViewProps>;
export type DrawnName = "graph" | "timeline";

const LOAD: { readonly [name in DrawnName]: () => Promise<Drawn> } = {
  graph: async () => (await import("./graph/graph-view.js")).GraphView,
  timeline: async () => (await import("./timeline/timeline-view.js")).TimelineView,
};

export function ViewSlot({ name, ...props }: DrawnViewProps & { readonly name: DrawnName }) {
  const [loaded, setLoaded] = useState<{ readonly name: DrawnName; readonly Part: Drawn }>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    setError(undefined);
    LOAD[name]().then(
      (Part) => setLoaded({ name, Part }),
      (thrown: unknown) => setError(thrown),
    );
  }, [name]);
  if (error !== undefined) return <ErrorNote error={error} />;
  if (loaded?.name !== name) return <p class="soft pad">Loading …</p>;
  return <loaded.Part {...props} />;
}
