// Notes on a page. In: an error, or a place without content. Out: what happened, and what to do next.
import type { ComponentChildren } from "preact";
import { Problem } from "../api/problem.js";

interface ErrorNoteProps {
  readonly error: unknown;
  /** A button that tries again. */
  readonly children?: ComponentChildren;
}

/** Announced at once. A Problem brings its next step. */
export function ErrorNote({ error, children }: ErrorNoteProps) {
  const known = error instanceof Problem;
  const text = error instanceof Error ? error.message : String(error);
  return (
    <div class="note is-failed" role="alert">
      <p>
        {text} {known && error.code !== "UNEXPECTED" && <span class="code">{error.code}</span>}
      </p>
      {known && error.next !== "" && <p class="next">{error.next}</p>}
      {children}
    </div>
  );
}

interface EmptyNoteProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

export function EmptyNote({ title, children }: EmptyNoteProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
