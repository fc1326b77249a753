// The date that a model is told. In: a time of the run, in ms. Out: the day, for a request. The time comes from the
// log, so that a request is the same when the run is resumed.

/** UTC. Nothing for a time that no calendar has. */
export function todayAt(ms: number): { readonly today?: string } {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? {} : { today: date.toISOString().slice(0, 10) };
}
