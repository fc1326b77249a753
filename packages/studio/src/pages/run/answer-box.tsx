// The answer of a run: while it is written, when it is there, or what stands in its place. In: the live run. Out: text.
import type { LiveRun } from "../../api/run-live.js";
import { isOver } from "../../api/run-over.js";
import { isOpenedId } from "../../api/opened.js";
import type { RunDocument } from "planloom";
import type { RunView } from "../../api/run-view.js";
import { Prose } from "../../parts/prose.js";
import { Fields } from "../../parts/value.js";

interface AnswerBoxProps {
  readonly run: LiveRun;
  readonly view: RunView;
}

export function AnswerBox({ run, view }: AnswerBoxProps) {
  const { document, writing } = run;
  const answer = document?.answer ?? document?.partialAnswer ?? null;
  const title =
    document?.partial === true ? "A partial answer" : answer === null && document ? "In place of an answer" : "Answer";
  return (
    <section class="answer-box" aria-label={title}>
      <h2>{title}</h2>
      {answer !== null && (typeof answer === "string" ? <Prose text={answer} /> : <Fields value={answer} />)}
      {document?.critique !== undefined && <Critique critique={document.critique} />}
      {document?.report !== undefined && <Report report={document.report} />}
      {document === undefined && <Unfinished view={view} writing={writing} />}
    </section>
  );
}

/** What the critic of the answer said, and the claims that it marked. */
function Critique({ critique }: { readonly critique: NonNullable<RunDocument["critique"]> }) {
  const { text, points, unsupported } = critique;
  return (
    <div class="critique">
      <p class={critique.agreed ? "soft small" : "small is-unknown"}>{text}</p>
      {points.length > 0 && (
        <ul class="small">
          {points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      )}
      {unsupported.length > 0 && (
        <>
          <h3>Without a source, says the critic</h3>
          <ul class="small">
            {unsupported.map((claim) => (
              <li key={claim.text}>
                <mark>{claim.text}</mark>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Unfinished({ view, writing }: { readonly view: RunView; readonly writing: string }) {
  if (isOver(view)) return <p class="soft">Loading …</p>;
  if (isOpenedId(view.runId)) return <p class="soft">It was not written when the run was exported.</p>;
  if (writing === "") return <p class="soft">Not written yet. It appears here word by word.</p>;
  return (
    <div aria-busy="true" class="writing">
      <Prose text={writing} />
      <span class="caret" />
    </div>
  );
}

function Report({ report }: { readonly report: NonNullable<RunDocument["report"]> }) {
  const { done, notDone, why, next } = report;
  const rows = [
    ["Done", done.join("\n")],
    ["Not done", notDone.join("\n")],
    ["Why", why],
    ["What to do", next],
  ] as const;
  return (
    <table class="kv report">
      <tbody>
        {rows
          .filter(([, text]) => text !== "")
          .map(([name, text]) => (
            <tr key={name}>
              <th scope="row" class="words">
                {name}
              </th>
              <td>{text}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
