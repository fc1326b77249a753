// One writer of a file at a time, in this process. In: the real path of a file, and work. Out: its result. Two steps that
// edit one file would lose the edits of one of them. Other processes are noticed by the state of the file.
const last = new Map<string, Promise<unknown>>();

/** Begins the work when the work before it on this file has ended, in whatever way. */
export async function inTurn<T>(real: string, work: () => Promise<T>): Promise<T> {
  const before = last.get(real);
  const mine = (before ?? Promise.resolve()).then(work, work);
  last.set(real, mine);
  try {
    return await mine;
  } finally {
    if (last.get(real) === mine) last.delete(real);
  }
}
