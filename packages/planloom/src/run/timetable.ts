// Values that wait for a time: a binary heap by due time. In: values with a time. Out: the earliest. It is separate
// because the retries of a wide plan must not cost a scan each.

export class Timetable<T> {
  private heap: { readonly at: number; readonly value: T }[] = [];

  get size(): number {
    return this.heap.length;
  }

  first(): { readonly at: number; readonly value: T } | undefined {
    return this.heap[0];
  }

  add(at: number, value: T): void {
    const { heap } = this;
    const added = { at, value };
    let index = heap.push(added) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.at <= at) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = added;
  }

  take(): T | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length === 0) return first.value;
    let index = 0;
    for (;;) {
      const below = 2 * index + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      const rightIsFirst = right !== undefined && right.at < left.at;
      const child = rightIsFirst ? right : left;
      if (last.at <= child.at) break;
      heap[index] = child;
      index = rightIsFirst ? below + 1 : below;
    }
    heap[index] = last;
    return first.value;
  }

  /** Takes a value out, wherever it stands. */
  remove(value: T): void {
    const left = this.heap.filter((one) => one.value !== value);
    this.heap = [];
    for (const { at, value: kept } of left) this.add(at, kept);
  }

  clear(): void {
    this.heap = [];
  }
}
