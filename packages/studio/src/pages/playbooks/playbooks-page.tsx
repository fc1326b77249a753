// The playbooks of the server's project: inputs, last runs, standing approval. In: the server's list. Out: one section a
// playbook, with a form that starts a run of it.
import { useTitle } from "../../app/page.js";
import { pageOfRun } from "../../api/people.js";
import type { PlaybookFacts } from "../../api/playbooks.js";
import { useGet } from "../../api/use-get.js";
import { Button } from "../../parts/button.js";
import { EmptyNote, ErrorNote } from "../../parts/note.js";
import { Tag } from "../../parts/tag.js";
import "../../style/tools.css";
import { PlaybookForm } from "./playbook-form.js";

export function PlaybooksPage() {
  const { data, error, reload } = useGet<{ readonly playbooks: readonly PlaybookFacts[] }>("/v1/playbooks");
  useTitle("Playbooks");
  return (
    <div class="page">
      <div class="page-head">
        <h1>Playbooks</h1>
      </div>
      {error !== undefined && (
        <ErrorNote error={error}>
          <Button onPress={reload}>Try again</Button>
        </ErrorNote>
      )}
      <div class="sheet">
        {data === undefined && error === undefined && <p class="empty faint">Loading …</p>}
        {data?.playbooks.length === 0 && (
          <EmptyNote title="No plan is saved yet.">
            <p>“Save as a playbook” on the page of a completed run keeps its plan, with the goal's data as inputs.</p>
          </EmptyNote>
        )}
        {data?.playbooks.map((playbook) => (
          <PlaybookSection key={playbook.name} playbook={playbook} />
        ))}
      </div>
    </div>
  );
}

function PlaybookSection({ playbook }: { readonly playbook: PlaybookFacts }) {
  const { name, goal, ok, problems, standing, lost, runs, steps } = playbook;
  return (
    <section class="tool" aria-label={name}>
      <h2>
        <code>{name}</code>
      </h2>
      <p>{goal}</p>
      <p class="tags">
        {ok ? <Tag>{steps === 1 ? "1 step" : `${steps} steps`}</Tag> : <Tag mark="note">cannot run now</Tag>}
        {standing !== null && <Tag>{`standing approval by ${standing.by}`}</Tag>}
      </p>
      {[...problems, ...lost.map((why) => `Its standing approval does not hold: ${why}.`)].map((text) => (
        <p key={text} class="note">
          {text}
        </p>
      ))}
      {ok && <PlaybookForm playbook={playbook} />}
      {runs.length > 0 && (
        <p class="faint">
          Last runs:{" "}
          {runs.map(({ runId, status }) => (
            <span key={runId}>
              <a href={pageOfRun(runId)}>{runId}</a> {status}{" "}
            </span>
          ))}
        </p>
      )}
    </section>
  );
}
