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

/** Built from the files that are there. */
const FILES = import.meta.glob<{ readonly GraphView?: Drawn; readonly TimelineView?: Drawn }>([
  "./graph/graph-view.tsx",
  "./timeline/timeline-view.tsx",
]);

const fileOf = (name: DrawnName) => FILES[`./${name}/${name}-view.tsx`];

export const isDrawn = (name: DrawnName): boolean => fileOf(name) !== undefined;

export function ViewSlot({ name, ...props }: DrawnViewProps & { readonly name: DrawnName }) {
  const [loaded, setLoaded] = useState<{ readonly name: DrawnName; readonly Part: Drawn | undefined }>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    setError(undefined);
    fileOf(name)?.().then(
      ({ GraphView, TimelineView }) => setLoaded({ name, Part: name === "graph" ? GraphView : TimelineView }),
      (thrown: unknown) => setError(thrown),
    );
  }, [name]);
  if (error !== undefined) return <ErrorNote error={error} />;
  if (loaded?.name !== name || loaded.Part === undefined) return <p class="soft pad">Loading …</p>;
  return <loaded.Part {...props} />;
}
