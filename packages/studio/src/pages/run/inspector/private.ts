import type { StepView } from "../../../api/run-view.js";

/** A step whose arguments or output are private. What it said and did may hold them, too. */
export const isPrivate = ({ labels, args }: StepView): boolean =>
  labels.private || args.some(({ origin }) => origin.private);
