// Work that waits for a time: a binary heap by due time. In: values with a time. Out: the earliest.
// Separate because retries of a wide plan must not cost a scan each.

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
    heap.push({ at, value });
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1;
      if (heap[parent]!.at <= heap[i]!.at) break;
      [heap[parent], heap[i]] = [heap[i]!, heap[parent]!];
      i = parent;
    }
  }

  take(): T | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length === 0) return first.value;
    heap[0] = last;
    for (let i = 0; ;) {
      const left = 2 * i + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && heap[left + 1]!.at < heap[left]!.at ? left + 1 : left;
      if (heap[i]!.at <= heap[child]!.at) break;
      [heap[i], heap[child]] = [heap[child]!, heap[i]!];
      i = child;
    }
    return first.value;
  }

  clear(): void {
    this.heap = [];
  }
}
