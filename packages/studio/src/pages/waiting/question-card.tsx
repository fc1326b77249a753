// A question to a person, as a form of the type of its answer. In: the entry. Out: the answer. The data of the question
// stand above the form.
import { useState } from "preact/hooks";
import type { Json } from "planloom";
import { announceNow } from "../../app/announce.js";
import { pageOfRun, sendCommand, type Waiting } from "../../api/people.js";
import { Allowed } from "../../parts/allowed.js";
import { Button } from "../../parts/button.js";
import { DataTable } from "../../parts/data-table.js";
import { ErrorNote } from "../../parts/note.js";
import { State } from "../../parts/state.js";
import { Time } from "../../parts/time.js";
import { forgetDrafts } from "../../parts/use-draft.js";
import { AnswerFields, useAnswer } from "./answer-fields.js";

interface QuestionCardProps {
  readonly entry: Waiting<"question">;
  readonly onDone: () => void;
}

export function QuestionCard({ entry, onDone }: QuestionCardProps) {
  const answer = useAnswer(entry.key, entry.schema);
  const [error, setError] = useState<unknown>();
  const [isWorking, setWorking] = useState(false);
  const send = async (value: Json | undefined) => {
    if (value === undefined) return;
    setWorking(true);
    setError(undefined);
    const { runId, step, item, asked } = entry;
    const of = { step, ...(item === undefined ? {} : { item }), ...(asked === undefined ? {} : { asked }) };
    try {
      await sendCommand(runId, { type: "respond", ...of, value });
      forgetDrafts(entry.key);
      announceNow("Answered. The run goes on.");
    } catch (thrown) {
      setError(thrown);
    }
    setWorking(false);
    onDone();
  };
  const id = `h-${entry.key}`;
  return (
    <article class="askcard" aria-labelledby={id}>
      <header>
        <p class="kind">
          <State shape="waiting" loud>
            Answer a question
          </State>
          <span class="faint">
            Asked{" "}
            {entry.tool !== undefined && (
              <>
                by the tool <code>{entry.tool}</code>{" "}
              </>
            )}
            <Time at={entry.since} />
            {entry.expiresAt !== undefined && (
              <>
                , until <Time at={entry.expiresAt} />
              </>
            )}
          </span>
        </p>
        <h2 id={id}>{entry.question}</h2>
        <p class="of">
          {entry.item === undefined ? "" : `Item ${entry.item + 1} of “${entry.says}” · `}Step {entry.number} of{" "}
          {entry.of} of <a href={pageOfRun(entry.runId)}>{entry.goal}</a>
        </p>
      </header>
      <form
        onSubmit={(event) => (event.preventDefault(), void send(answer.value))}
        onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && void send(answer.value)}
      >
        <div class="body">
          {entry.data !== undefined && <DataTable data={entry.data} />}
          <AnswerFields answer={answer} label="Your answer" />
        </div>
        <footer>
          {error !== undefined && <ErrorNote error={error} />}
          <Allowed needs="approve" to="answer">
            <Button
              kind="primary"
              submit
              blocked={answer.value === undefined ? (answer.why ?? "Answer first.") : undefined}
              working="Sending …"
              isWorking={isWorking}
            >
              Answer and continue
            </Button>
            {entry.declines === true && <Button onPress={() => send({ declined: true })}>Decline</Button>}
            <span class="small">{answer.value === undefined ? answer.why : "The steps that wait for this go on"}</span>
          </Allowed>
        </footer>
      </form>
    </article>
  );
}
