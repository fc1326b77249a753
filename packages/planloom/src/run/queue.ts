// A first-in first-out queue with operations in constant time. In: values. Out: the same values, in order. It is
// separate because an array's shift is linear, and a run may have 100,000 ready steps.

export class Queue<T> {
  private items: T[] = [];
  private head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  peek(): T | undefined {
    return this.items[this.head];
  }

  shift(): T | undefined {
    const item = this.items[this.head];
    if (item === undefined) return undefined;
    this.head++;
    // The memory of taken values is freed in one go, so that each shift is cheap on average.
    if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  /** Takes a value out, wherever it stands. */
  remove(value: T): void {
    this.items = this.values().filter((one) => one !== value);
    this.head = 0;
  }

  /** In order, without taking any. */
  values(): readonly T[] {
    return this.items.slice(this.head);
  }

  clear(): void {
    this.items = [];
    this.head = 0;
  }
}
