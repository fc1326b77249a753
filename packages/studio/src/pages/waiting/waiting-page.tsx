// All that waits for a person, over all runs, in one inbox. In: the server's list. Out: a queue, and the entry that is open.
// Entries never change their order while one reads; new ones gather behind a button.
import { useEffect, useMemo, useState } from "preact/hooks";
import { get } from "../../api/client.js";
import { useGet } from "../../api/use-get.js";
import type { WaitingEntry, WaitingPart } from "../../api/people.js";
import { moveFocus, useKeys } from "../../app/keys.js";
import { go, usePlace } from "../../app/router.js";
import { Button } from "../../parts/button.js";
import { EmptyNote, ErrorNote } from "../../parts/note.js";
import { goesByItself } from "./entry-words.js";
import { EntryCard } from "./entry-card.js";
import { Queue } from "./queue.js";
import "../../style/value.css";
import "../../style/review.css";
import "../../style/waiting.css";

const REFRESH_MS = 4_000;

export function WaitingPage() {
  const { entries, news, showNews, isLoading, error, more, reload } = useWaiting();
  const { query } = usePlace();
  const asked = entries.filter((entry) => !goesByItself(entry));
  const byItself = entries.filter(goesByItself);
  const named = asked.find(({ key, runId }) => key === query.get("item") || runId === query.get("run"));
  const open = named ?? asked[0];
  const isChosen = named !== undefined;
  useOpenFocus(named?.key);
  useKeys("Waiting", [
    { keys: "j", does: "next in the list", run: () => moveFocus(".queue a", 1) },
    { keys: "k", does: "previous in the list", run: () => moveFocus(".queue a", -1) },
    { keys: "u", does: "next thing that waits", run: () => openNext(asked, open) },
  ]);
  return (
    <div class={`inbox${isChosen ? " chosen" : ""}`}>
      {isChosen && (
        <p class="trail back">
          <a href="/waiting">All that waits</a>
        </p>
      )}
      <div class="page-head">
        <h1>Waiting for a person</h1>
        <span class="small soft">{countText(asked)}</span>
        {news > 0 && (
          <Button small onPress={showNews}>
            {news} new
          </Button>
        )}
      </div>
      {error !== undefined && <ErrorNote error={error} />}
      {entries.length > 0 && <Queue asked={asked} byItself={byItself} open={open?.key} more={more} />}
      <div class="asks">
        {open !== undefined && <EntryCard key={open.key} entry={open} onDone={reload} />}
        {open === undefined && !isLoading && (
          <div class="sheet">
            <EmptyNote title="Nothing waits for you.">
              <p>When a run asks for an approval or an answer, it appears here.</p>
              <p>
                <a href="/runs">Go to the runs</a>
              </p>
            </EmptyNote>
          </div>
        )}
      </div>
    </div>
  );
}

function openNext(asked: readonly WaitingEntry[], open: WaitingEntry | undefined): void {
  const at = asked.findIndex((one) => one === open);
  const next = asked[(at + 1) % Math.max(1, asked.length)];
  if (next !== undefined) go(entryAddress(next.key));
}

/** An entry that is opened gets the focus on its heading. */
function useOpenFocus(key: string | undefined): void {
  useEffect(() => {
    if (key === undefined) return;
    const heading = document.querySelector<HTMLElement>(".asks h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [key]);
}

const entryAddress = (key: string): string => `/waiting?item=${encodeURIComponent(key)}`;

function countText(asked: readonly WaitingEntry[]): string {
  const runs = new Set(asked.map(({ runId }) => runId)).size;
  if (asked.length === 0) return "";
  return `${asked.length} in ${runs} run${runs === 1 ? "" : "s"}, the gravest first`;
}

/** The first part is renewed; parts that were asked for later stay. Answered entries leave; new ones wait for a click. */
function useWaiting() {
  const { data, error, isLoading, reload } = useGet<WaitingPart>("/v1/waiting");
  const [shown, setShown] = useState<readonly WaitingEntry[]>();
  const [parts, setParts] = useState<readonly WaitingPart[]>([]);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || reload(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);
  const fresh = useMemo(
    () => (data === undefined ? undefined : [data, ...parts].flatMap(({ waits }) => waits)),
    [data, parts],
  );
  const known = new Set((shown ?? fresh ?? []).map(({ key }) => key));
  const byKey = new Map(fresh?.map((entry) => [entry.key, entry]));
  const kept = (shown ?? fresh ?? []).flatMap(({ key }) => byKey.get(key) ?? []);
  const newer = (fresh ?? []).filter(({ key }) => !known.has(key));
  // An empty page has nothing that a new entry could push away.
  const isEmpty = kept.every(goesByItself);
  useEffect(() => {
    if (fresh !== undefined && (shown === undefined || isEmpty)) setShown(fresh);
  }, [fresh]);
  const cursor = [data, ...parts].at(-1)?.cursor ?? null;
  return {
    entries: isEmpty && fresh !== undefined ? fresh : kept,
    news: isEmpty ? 0 : newer.filter((entry) => !goesByItself(entry)).length,
    showNews: () => setShown(fresh),
    isLoading: isLoading && data === undefined,
    error: data === undefined ? error : undefined,
    more:
      cursor === null
        ? undefined
        : async () => {
            const part = await get<WaitingPart>(`/v1/waiting?cursor=${encodeURIComponent(cursor)}`);
            setParts((now) => [...now, part]);
            setShown((now) => [...(now ?? []), ...part.waits]);
          },
    reload,
  };
}
