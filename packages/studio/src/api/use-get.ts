// Data of the server inside a part. In: a path. Out: the data, the error, and a way to load again. Old data stay until
// new ones are there; when a lost server is back, they are loaded anew.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get } from "./client.js";
import { useWhenBack } from "./connection.js";

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  /** One request is in flight at a time; calls meanwhile become one more. */
  readonly reload: () => void;
}

interface Kept<T> {
  readonly path: string | null;
  readonly data?: T;
  readonly error?: unknown;
}

/** `null`: nothing to load. Data of another path are not given. */
export function useGet<T>(path: string | null): Loaded<T> {
  const [kept, setKept] = useState<Kept<T>>({ path });
  const [isLoading, setLoading] = useState(path !== null);
  const flight = useRef<{ path: string; again: boolean } | undefined>(undefined);
  const load = useCallback((target: string, signal: AbortSignal): void => {
    if (flight.current?.path === target) return void (flight.current.again = true);
    const mine = (flight.current = { path: target, again: false });
    setLoading(true);
    get<T>(target, signal)
      .then(
        (data) => signal.aborted || setKept({ path: target, data }),
        (error: unknown) =>
          signal.aborted || setKept((old) => ({ ...(old.path === target ? old : { path: target }), error })),
      )
      .finally(() => {
        if (flight.current === mine) flight.current = undefined;
        if (signal.aborted) return;
        setLoading(false);
        if (mine.again) load(target, signal);
      });
  }, []);
  const scope = useRef<AbortController | undefined>(undefined);
  const reload = useCallback(() => {
    if (path !== null && scope.current !== undefined) load(path, scope.current.signal);
  }, [path]);
  useEffect(() => {
    scope.current = new AbortController();
    flight.current = undefined;
    reload();
    return () => scope.current?.abort();
  }, [reload]);
  useWhenBack(reload);
  const current = kept.path === path;
  return { data: current ? kept.data : undefined, error: current ? kept.error : undefined, isLoading, reload };
}
