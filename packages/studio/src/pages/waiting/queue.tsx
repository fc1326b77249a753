// The queue of the inbox: what needs an answer, then what goes on by itself. In: entries. Out: links; the open one is marked.
import type { WaitingEntry } from "../../api/people.js";
import { Button } from "../../parts/button.js";
import { Mark } from "../../parts/state.js";
import { durationText } from "../../parts/time-text.js";
import { Age, Time, useNow } from "../../parts/time.js";
import { KIND_WORDS, shapeOf, shortName } from "./entry-words.js";

interface QueueProps {
  readonly asked: readonly WaitingEntry[];
  readonly byItself: readonly WaitingEntry[];
  readonly open: string | undefined;
  readonly more: (() => Promise<void>) | undefined;
}

export function Queue({ asked, byItself, open, more }: QueueProps) {
  return (
    <nav class="queue" aria-label="What waits">
      {asked.length > 0 && <h2>Needs an answer</h2>}
      <ul>
        {asked.map((entry) => (
          <li key={entry.key}>
            <a
              href={`/waiting?item=${encodeURIComponent(entry.key)}`}
              aria-current={entry.key === open ? "true" : undefined}
            >
              <Mark shape={shapeOf(entry)} />
              <b>{KIND_WORDS[entry.kind]}</b>
              <span class="faint nowrap">
                <Age at={entry.since} />
              </span>
              <span class="w">{shortName(entry)}</span>
            </a>
          </li>
        ))}
      </ul>
      {byItself.length > 0 && <h2>Goes on by itself</h2>}
      <ul>
        {byItself.map((entry) => (
          <li key={entry.key}>
            <div>
              <Mark shape={shapeOf(entry)} />
              <span>
                {entry.kind === "retry" ? `Retry, attempt ${entry.attempt} of ${entry.attempts}` : "Time is up"}
              </span>
              <span class="faint nowrap">{"until" in entry && <In at={entry.until} />}</span>
              <span class="w">{shortName(entry)}</span>
            </div>
          </li>
        ))}
      </ul>
      {more !== undefined && (
        <Button small working="Loading …" onPress={more}>
          Show more
        </Button>
      )}
    </nav>
  );
}

/** `in 8 s`, or the time if that is far. */
function In({ at }: { readonly at: string }) {
  const left = Date.parse(at) - useNow();
  if (left <= 0) return <>now</>;
  return left < 3_600_000 ? <>in {durationText(Math.ceil(left / 1_000) * 1_000)}</> : <Time at={at} />;
}
