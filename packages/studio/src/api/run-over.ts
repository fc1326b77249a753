// Whether a run has ended, as all that the server tells of runs names it.
import type { RunView } from "./run-view.js";

export const isOver = ({ status }: Pick<RunView, "status">): boolean =>
  status === "completed" || status === "failed" || status === "cancelled";
