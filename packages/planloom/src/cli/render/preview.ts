// Shows what a call would change. In: a preview, and its place among the lines of an approval. Out: lines. Lines of a
// diff are coloured where the terminal has colours; their signs tell them apart without.
import type { CallReview } from "../../loom/review/call-review.js";
import type { PlanReview } from "../../loom/review/plan-review.js";
import { visible } from "../../plan/visible.js";
import { GUTTER, oneLine, paint } from "../style.js";

type ShownPreview = NonNullable<CallReview["preview"]>;

/** The previews of all calls of a review. */
export function reviewPreviewLines(review: PlanReview | CallReview): readonly string[] {
  if (review.kind === "call") return review.preview === undefined ? [] : previewLines("  would change", review.preview);
  return review.steps.flatMap(({ id, preview }) =>
    preview === undefined ? [] : previewLines(`  step ${oneLine(id, 80)} would change`, preview),
  );
}

function previewLines(name: string, preview: ShownPreview): readonly string[] {
  if (preview.kind === "failed") return [`${name}  ?`, `    ${oneLine(preview.note, 2_000)}`];
  const { kind, text, note } = preview;
  const path = kind === "diff" && preview.path !== undefined ? `  ${oneLine(preview.path, 200)}` : "";
  const lines = text.replace(/\n$/u, "").split("\n");
  // The names of the files stand above the first part.
  const head = kind === "diff" ? lines.findIndex((line) => line.startsWith("@@")) : lines.length;
  return [
    `${name}${path}`,
    ...lines.map((line, at) => `${GUTTER}${at < head ? visible(line) : diffLine(line)}`),
    ...(note === undefined ? [] : [`    ${oneLine(note, 400)}`]),
  ];
}

function diffLine(line: string): string {
  const shown = visible(line);
  if (line.startsWith("+")) return paint("green", shown);
  if (line.startsWith("-")) return paint("red", shown);
  return line.startsWith("@@") ? paint("cyan", shown) : shown;
}
