// One run of the list. In: its head. Out: a row; on a phone it becomes a block.
import { isOver } from "../../api/run-over.js";
import { Money } from "../../parts/money.js";
import { RouteLine } from "../../parts/route-line.js";
import { runState, type Head } from "../../parts/run-state.js";
import { State } from "../../parts/state.js";
import { Age, Elapsed, Time } from "../../parts/time.js";

type ReadableHead = Extract<Head, { readonly unreadable?: undefined }>;

export function RunRow({ head }: { readonly head: Head }) {
  const state = runState(head);
  const address = `/runs/${encodeURIComponent(head.runId)}`;
  return (
    <tr class={state.asks ? "wants" : undefined}>
      <td class="s">
        <State shape={state.shape} loud={state.asks}>
          {state.word}
        </State>
      </td>
      <td class="goal">
        <a class="cut2" href={address} data-row>
          {head.goal === "" ? head.runId : head.goal}
        </a>
        <Now head={head} />
      </td>
      {head.unreadable === undefined ? <Figures head={head} /> : <td colSpan={3} class="none" />}
      <td class="num at">
        {head.updatedAt === 0 ? (
          <span class="faint">not known</span>
        ) : (
          <>
            <Time at={head.startedAt === 0 ? head.updatedAt : head.startedAt} />
            <small>
              changed <Age at={head.updatedAt} />
            </small>
          </>
        )}
      </td>
    </tr>
  );
}

function Figures({ head }: { readonly head: ReadableHead }) {
  const { totals, status, startedAt, updatedAt } = head;
  const hasEnded = isOver(head);
  const { shape } = runState(head);
  return (
    <>
      <td class="route">
        <RouteLine
          total={totals.steps}
          done={totals.completed}
          failed={totals.failed}
          skipped={totals.skipped}
          {...(hasEnded || status === "planning" ? {} : { now: shape })}
        />
        <span>{totals.steps === 0 ? "no steps yet" : `${totals.completed} of ${totals.steps}`}</span>
      </td>
      <td class="num cost">
        <Money usd={totals.costUsd} />
      </td>
      <td class="num took">
        <Elapsed from={startedAt} to={hasEnded ? updatedAt : null} />
      </td>
    </>
  );
}

/** What a reader should know beside the state: in one line. */
function Now({ head }: { readonly head: Head }) {
  const text = head.unreadable === undefined ? nowText(head) : unreadableText(head);
  return text === "" ? null : <p class="now">{text}</p>;
}

function nowText({ waiting, revision, parent, tags }: ReadableHead): string {
  const parts = [
    waiting === undefined ? "" : waitsText(waiting),
    revision > 1 ? `plan ${revision}` : "",
    parent === undefined ? "" : `forked from ${parent.runId} at ${parent.at}`,
    tags.join(", "),
  ];
  const text = parts.filter((part) => part !== "").join(" · ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** More than one thing may wait; the state names the first. */
function waitsText({ approvals, questions, doubts, unusable = 0 }: NonNullable<ReadableHead["waiting"]>): string {
  const counts: readonly (readonly [number, string])[] = [
    [doubts, "unknown outcome"],
    [unusable, "unusable output"],
    [approvals, "approval"],
    [questions, "question"],
  ];
  const waits = counts.filter(([count]) => count > 0);
  if (waits.reduce((sum, [count]) => sum + count, 0) < 2) return "";
  return waits.map(([count, word]) => `${count} ${word}${count > 1 ? "s" : ""}`).join(", ");
}

const unreadableText = ({ unreadable }: Extract<Head, { readonly status?: undefined }>): string =>
  (unreadable as { readonly message?: string }).message ?? unreadable.code;
