// A value that several parts of the page read. In: a first value. Out: the value, changes of it, and a hook that draws a
// part again when it changes.
import { useEffect, useState } from "preact/hooks";

export interface Cell<T> {
  readonly get: () => T;
  readonly set: (value: T) => void;
  readonly listen: (listener: (value: T) => void) => () => void;
}

export function cell<T>(first: T): Cell<T> {
  let value = first;
  const listeners = new Set<(value: T) => void>();
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener(next);
    },
    listen: (listener) => (listeners.add(listener), () => void listeners.delete(listener)),
  };
}

export function useCell<T>(source: Cell<T>): T {
  const [value, setValue] = useState(source.get);
  useEffect(() => {
    setValue(source.get);
    return source.listen((next) => setValue(() => next));
  }, [source]);
  return value;
}
