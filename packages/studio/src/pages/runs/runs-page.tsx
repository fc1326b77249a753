// The list of runs: what waits first, then by day. Search and filter stand in the address.
import { useEffect, useState } from "preact/hooks";
import { announce } from "../../app/announce.js";
import { moveFocus, useKeys } from "../../app/keys.js";
import { useTitle } from "../../app/page.js";
import { go, usePlace } from "../../app/router.js";
import { Button } from "../../parts/button.js";
import { FindField } from "../../parts/find-field.js";
import { EmptyNote, ErrorNote } from "../../parts/note.js";
import { useNow } from "../../parts/time.js";
import "../../style/runs.css";
import { Allowed } from "../../parts/allowed.js";
import { DemoGoals, useDemo } from "./demo-goals.js";
import { EmptyStore } from "./empty-store.js";
import { FILTER_WORD, FILTERS, runsAddress, shownIn, type Shown } from "./run-filter.js";
import { groupsOf, type Group, type RunList } from "./run-list.js";
import { RunRow } from "./run-row.js";
import { StartForm } from "./start-form.js";
import { useRuns, type RunsOnPage } from "./use-runs.js";

export function RunsPage() {
  const { query } = usePlace();
  const shown = shownIn(query);
  const runs = useRuns(shown);
  const demo = useDemo();
  useTitle("Runs");
  useKeys("Runs", [
    { keys: "/", does: "find a run", run: () => document.getElementById("find-run")?.focus() },
    { keys: "j", does: "next run", run: () => moveFocus("[data-row]", 1) },
    { keys: "k", does: "previous run", run: () => moveFocus("[data-row]", -1) },
    { keys: "Enter", does: "open the run" },
    { keys: "Escape", does: "leave the search", run: () => (document.activeElement as HTMLElement | null)?.blur() },
  ]);
  const { list } = runs;
  const isEmpty = list !== undefined && countOf(list) + list.fresh.length === 0;
  const isStoreEmpty = isEmpty && shown.filter === "all" && shown.text === "";
  return (
    <div class="page">
      <div class="page-head">
        <h1>Runs</h1>
      </div>
      <Allowed needs="all" to="start runs">
        <StartForm />
      </Allowed>
      {demo && list !== undefined && !isStoreEmpty && (
        <details class="demo" open={list !== undefined && countOf(list) < FEW_RUNS}>
          <summary>Demo: the model is scripted. Goals that it knows</summary>
          <DemoGoals demo={demo} level={2} />
        </details>
      )}
      {isStoreEmpty ? <EmptyStore demo={demo} /> : <Found shown={shown} runs={runs} isEmpty={isEmpty} />}
    </div>
  );
}

/** A newcomer has run one goal at the terminal, and looks for the next. */
const FEW_RUNS = 3;

const countOf = ({ waiting, rest }: RunList): number => waiting.length + rest.length;

interface FoundProps {
  readonly shown: Shown;
  readonly runs: RunsOnPage;
  readonly isEmpty: boolean;
}

function Found({ shown, runs: { list, error, more, renew }, isEmpty }: FoundProps) {
  const now = useNow();
  return (
    <>
      <div class="filters" role="search">
        <FindField
          id="find-run"
          label="Find in goals"
          text={shown.text}
          onText={(text) => go(runsAddress({ ...shown, text }), { replace: true })}
        />
        <ul class="chips" aria-label="Filter by state">
          {FILTERS.map((filter) => (
            <li key={filter}>
              <a
                class="chip"
                href={runsAddress({ ...shown, filter })}
                aria-current={filter === shown.filter ? "true" : undefined}
              >
                {FILTER_WORD[filter]}
              </a>
            </li>
          ))}
        </ul>
      </div>
      {error !== undefined && (
        <ErrorNote error={error}>
          <Button onPress={renew}>Try again</Button>
        </ErrorNote>
      )}
      {list !== undefined && <Fresh list={list} onShow={renew} />}
      <div class="sheet">
        {list === undefined && error === undefined && <p class="empty faint">Loading …</p>}
        {list !== undefined && isEmpty && <NoMatch shown={shown} />}
        {list !== undefined && !isEmpty && <Rows groups={groupsOf(list, now)} />}
        {list !== undefined && !isEmpty && <More list={list} more={more} />}
      </div>
    </>
  );
}

/** New runs wait here, so that no row moves under the reader. */
function Fresh({ list, onShow }: { readonly list: RunList; readonly onShow: () => void }) {
  const count = list.fresh.length;
  const text = count === 0 ? "" : count === 1 ? "1 new run" : `${count} new runs`;
  useEffect(() => {
    if (text !== "") announce(text);
  }, [text]);
  if (text === "") return null;
  return (
    <p class="fresh">
      <Button small onPress={onShow}>
        {text}
      </Button>
    </p>
  );
}

function Rows({ groups }: { readonly groups: readonly Group[] }) {
  return (
    <table class="runs">
      <caption class="vh">Runs. Those that wait for a person come first, then the newest.</caption>
      <colgroup>
        <col class="c-state" />
        <col />
        <col class="c-route" />
        <col class="c-cost" />
        <col class="c-took" />
        <col class="c-at" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Goal</th>
          <th scope="col">Steps</th>
          <th scope="col" class="num">
            Cost
          </th>
          <th scope="col" class="num took">
            Time taken
          </th>
          <th scope="col" class="num">
            Started
          </th>
        </tr>
      </thead>
      {groups.map(({ title, runs }) => (
        <tbody key={title}>
          <tr class="group">
            <th colSpan={6} scope="rowgroup">
              {title}
            </th>
          </tr>
          {runs.map((head) => (
            <RunRow key={head.runId} head={head} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

function More({ list, more }: { readonly list: RunList; readonly more: () => Promise<void> }) {
  const [error, setError] = useState<unknown>();
  const count = countOf(list);
  return (
    <div class="more">
      <span>
        {count} {count === 1 ? "run" : "runs"}
        {list.cursor === null ? "" : " shown"}
      </span>
      {error !== undefined && <ErrorNote error={error} />}
      {list.cursor !== null && (
        <Button small working="Loading …" onPress={() => more().then(() => setError(undefined), setError)}>
          Show older runs
        </Button>
      )}
    </div>
  );
}

function NoMatch({ shown }: { readonly shown: Shown }) {
  const state = shown.filter === "all" ? "" : ` in the state “${FILTER_WORD[shown.filter]}”`;
  const text = shown.text === "" ? "" : ` with “${shown.text}” in its goal`;
  return (
    <EmptyNote title={`There is no run${state}${text}.`}>
      <p>
        <a href={shown.text !== "" && state !== "" ? runsAddress({ ...shown, filter: "all" }) : "/runs"}>
          {shown.text !== "" && state !== "" ? "Look in all states" : "Show all runs"}
        </a>
      </p>
    </EmptyNote>
  );
}
