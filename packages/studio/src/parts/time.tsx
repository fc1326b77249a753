// Times on a page. In: a moment or a length. Out: short text, with the full moment as its title. All ages and running
// lengths of a page follow one clock.
import { useEffect, useState } from "preact/hooks";
import { ageText, durationText, fullText, momentText } from "./time-text.js";

const listeners = new Set<(now: number) => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The present time in ms, renewed each second while the page is seen. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    listeners.add(setNow);
    timer ??= setInterval(tick, 1_000);
    return () => {
      listeners.delete(setNow);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return now;
}

function tick(): void {
  if (document.hidden) return;
  const now = Date.now();
  for (const listener of listeners) listener(now);
}

/** ISO 8601, or ms since 1970. */
type Moment = string | number;

const msOf = (at: Moment): number => (typeof at === "number" ? at : Date.parse(at));
const isoOf = (at: Moment): string => new Date(at).toISOString();

export function Time({ at }: { readonly at: Moment }) {
  return (
    <time class="nowrap" dateTime={isoOf(at)} title={fullText(msOf(at))}>
      {momentText(msOf(at), Date.now())}
    </time>
  );
}

export function Age({ at }: { readonly at: Moment }) {
  const now = useNow();
  return (
    <time class="nowrap" dateTime={isoOf(at)} title={fullText(msOf(at))}>
      {ageText(msOf(at), now)}
    </time>
  );
}

/** A length that is over. */
const Duration = ({ ms }: { readonly ms: number }) => <span>{durationText(ms)}</span>;

/** A length that grows until it has an end. */
export function Elapsed({ from, to }: { readonly from: Moment; readonly to?: Moment | null }) {
  return to === undefined || to === null ? <Growing from={msOf(from)} /> : <Duration ms={msOf(to) - msOf(from)} />;
}

function Growing({ from }: { readonly from: number }) {
  const now = useNow();
  return <span>{durationText(Math.floor(Math.max(0, now - from) / 1_000) * 1_000 || Math.max(0, now - from))}</span>;
}
