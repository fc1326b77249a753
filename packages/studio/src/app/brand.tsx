// The mark of Planloom. In: nothing. Out: a drawing.

/** A line with stops: one branch leaves it and comes back. */
export function Brand() {
  return (
    <svg viewBox="0 0 26 16" width="26" height="16" aria-hidden="true">
      <path d="M3 12h20M8 12c4 0 3-8 7.5-8s3.5 8 7.5 8" fill="none" stroke="currentColor" stroke-width="1.6" />
      <circle cx="3" cy="12" r="2.6" fill="currentColor" />
      <circle cx="15.5" cy="4" r="2.3" fill="var(--paper)" stroke="currentColor" stroke-width="1.6" />
      <circle cx="23" cy="12" r="2.6" fill="currentColor" />
    </svg>
  );
}
