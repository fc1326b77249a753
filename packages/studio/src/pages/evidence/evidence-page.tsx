// The evidence card of a run: what was planned, what each action changed, what the log shows to be wrong, and whether the
// answer is as expected. In: a run. Out: the card, to be read, saved or printed.
import { useEffect, useState } from "preact/hooks";
import { expectedIn, readCard, readCardMarkdown, type EvidenceCard, type Expected } from "../../api/evidence.js";
import { isOpenedId } from "../../api/opened.js";
import { pageOfRun } from "../../api/people.js";
import { saveFile } from "../../api/save-file.js";
import { useTitle } from "../../app/page.js";
import type { PageProps } from "../../app/routes.js";
import { Button } from "../../parts/button.js";
import { ErrorNote } from "../../parts/note.js";
import { Prose } from "../../parts/prose.js";
import { statusState } from "../../parts/run-state.js";
import { State } from "../../parts/state.js";
import { durationText, fullText } from "../../parts/time-text.js";
import { Value } from "../../parts/value.js";
import { Changes } from "./changes.js";
import { Checks } from "./checks.js";
import { ExpectedResult } from "./expected-result.js";
import { Identity } from "./identity.js";
import { Plans } from "./plans.js";
import { Trace } from "./trace.js";
import "../../style/value.css";
import "./evidence.css";

export function EvidencePage({ params: { id = "" } }: PageProps) {
  const [expected, setExpected] = useState<Expected>();
  const [card, setCard] = useState<EvidenceCard>();
  const [error, setError] = useState<unknown>();
  useTitle(card === undefined ? "Evidence card" : `Evidence: ${card.goal}`);
  const load = (wanted: Expected) => readCard(id, wanted).then(setCard, setError);
  useEffect(() => void load(undefined), [id]);
  const compare = async (text: string) => {
    const wanted = text.trim() === "" ? undefined : expectedIn(text);
    setCard(await readCard(id, wanted));
    setExpected(wanted);
  };
  if (card === undefined)
    return (
      <div class="page">
        <h1 class="vh">Evidence card</h1>
        {error === undefined ? <p class="faint">Loading …</p> : <ErrorNote error={error} />}
      </div>
    );
  return (
    <div class="evidence">
      <Acts id={id} card={card} expected={expected} />
      <article class="card">
        <Head card={card} />
        <section>
          <h2>Answer</h2>
          <Answer card={card} />
        </section>
        <Plans card={card} />
        <Trace card={card} />
        <Changes card={card} />
        <Checks id={id} card={card} />
        <ExpectedResult card={card} mayAct={!isOpenedId(id)} onCompare={compare} />
        <Identity card={card} />
      </article>
    </div>
  );
}

interface ActsProps {
  /** The run in addresses: of a file, the id of the file. */
  readonly id: string;
  readonly card: EvidenceCard;
  readonly expected: Expected;
}

function Acts({ id, card, expected }: ActsProps) {
  const { runId } = card;
  const saveMarkdown = async () =>
    saveFile(`evidence-${runId}.md`, await readCardMarkdown(id, expected), "text/markdown");
  const saveJson = () => saveFile(`evidence-${runId}.json`, `${JSON.stringify(card, null, 2)}\n`, "application/json");
  return (
    <nav class="card-acts" aria-label="Evidence card">
      <p class="crumb">
        <a href="/runs">Runs</a> <span aria-hidden="true">/</span> <a href={pageOfRun(id)}>{runId}</a>{" "}
        <span aria-hidden="true">/</span> <span>Evidence card</span>
      </p>
      <Button working="Saving …" onPress={saveMarkdown}>
        Save as Markdown
      </Button>
      <Button onPress={saveJson}>Save as JSON</Button>
      <Button onPress={() => print()}>Print</Button>
    </nav>
  );
}

function Head({ card }: { readonly card: EvidenceCard }) {
  const { goal, status, stepsCompleted, stepsTotal, tookMs, startedAt, refused } = card;
  const { shape, word } = statusState(status);
  const took = tookMs === null ? "it goes on" : `in ${durationText(tookMs)}`;
  return (
    <header>
      <p class="crumb">Evidence card</p>
      <h1>{goal}</h1>
      <dl class="verdict">
        <div>
          <dt>Run</dt>
          <dd>
            <State shape={shape}>{word}</State>
            <span class="second">
              {stepsCompleted} of {stepsTotal} steps, {took}
            </span>
          </dd>
        </div>
        <CheckVerdict card={card} />
        <ExpectedVerdict card={card} />
        <div>
          <dt>Started</dt>
          <dd>{fullText(Date.parse(startedAt))}</dd>
        </div>
      </dl>
      {refused !== undefined && (
        <p class="note is-failed" role="alert">
          Event {refused.seq} makes no run with those before it: {refused.reason}. The card shows the run up to there.
        </p>
      )}
    </header>
  );
}

function CheckVerdict({ card: { checks } }: { readonly card: EvidenceCard }) {
  const found = checks.filter(({ verdict }) => verdict === "found");
  const checked = checks.filter(({ verdict }) => verdict !== "not-checked");
  const word = found.length > 0 ? `${found.length} found something` : checked.length === 0 ? "Not checked" : "Clean";
  return (
    <div>
      <dt>Failure checks</dt>
      <dd>
        <span class={`said ${found.length > 0 ? "no" : "yes"}`}>{word}</span>
        <span class="second">
          {checked.length} of {checks.length} checked
        </span>
      </dd>
    </div>
  );
}

function ExpectedVerdict({ card: { evaluation } }: { readonly card: EvidenceCard }) {
  return (
    <div>
      <dt>Expected result</dt>
      <dd>
        {evaluation === undefined ? (
          <span class="soft">Not given</span>
        ) : (
          <>
            <span class={`said ${evaluation.met ? "yes" : "no"}`}>{evaluation.met ? "Met" : "Not met"}</span>
            {"points" in evaluation.comparison && (
              <span class="second">
                {evaluation.comparison.pointsMet} of {evaluation.comparison.points} points
              </span>
            )}
          </>
        )}
      </dd>
    </div>
  );
}

function Answer({ card: { answer, partial, error } }: { readonly card: EvidenceCard }) {
  return (
    <>
      {partial === true && <p class="soft">Written from what was done before the run failed.</p>}
      {answer === null ? (
        <p class="soft">There is none.</p>
      ) : typeof answer === "string" ? (
        <Prose text={answer} />
      ) : (
        <Value value={answer} />
      )}
      {error !== undefined && (
        <p class="note is-failed">
          {error.message} <span class="code">{error.code}</span>
        </p>
      )}
    </>
  );
}
