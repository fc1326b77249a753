// The answer against the result that was expected. In: a card, and a function that compares. Out: a field for the result,
// each difference, and the offer of another plan with the difference as feedback.
import { useState } from "preact/hooks";
import type { EvidenceCard } from "../../api/evidence.js";
import { post } from "../../api/client.js";
import { pageOfRun, runPath } from "../../api/people.js";
import { go } from "../../app/router.js";
import { Allowed } from "../../parts/allowed.js";
import { Button } from "../../parts/button.js";
import { Field } from "../../parts/field.js";
import { FormDialog } from "../../parts/form-dialog.js";
import { ErrorNote } from "../../parts/note.js";

type Evaluation = NonNullable<EvidenceCard["evaluation"]>;

interface ExpectedResultProps {
  readonly card: EvidenceCard;
  /** False for the run of a file. */
  readonly mayAct: boolean;
  readonly onCompare: (text: string) => Promise<void>;
}

export function ExpectedResult({ card, mayAct, onCompare }: ExpectedResultProps) {
  const { evaluation } = card;
  return (
    <section>
      <h2>Against the expected result</h2>
      {evaluation !== undefined && <Outcome card={card} evaluation={evaluation} mayAct={mayAct} />}
      <Compare onCompare={onCompare} />
    </section>
  );
}

interface OutcomeProps {
  readonly card: EvidenceCard;
  readonly evaluation: Evaluation;
  readonly mayAct: boolean;
}

function Outcome({ card, evaluation, mayAct }: OutcomeProps) {
  const { deviations, met, text, offer } = evaluation;
  return (
    <>
      <p>
        <span class={`said ${met ? "yes" : "no"}`}>{met ? "Met" : "Not met"}</span> {text}
      </p>
      {deviations.length > 0 && (
        <ul class="entries">
          {deviations.map(({ at, message }) => (
            <li key={at}>{message}</li>
          ))}
        </ul>
      )}
      {mayAct && offer !== undefined && card.finishedAt !== null && (
        <Allowed needs="all" to="plan again">
          <Replan runId={card.runId} feedback={offer.feedback} />
        </Allowed>
      )}
    </>
  );
}

function Replan({ runId, feedback }: { readonly runId: string; readonly feedback: string }) {
  const [open, setOpen] = useState(false);
  const send = async (text: string) => {
    await post(runPath(runId, "/commands"), { type: "retry", feedback: text });
    go(pageOfRun(runId));
  };
  return (
    <p class="no-print">
      <Button onPress={() => setOpen(true)}>Replan with this difference …</Button>
      {open && (
        <FormDialog
          title="Ask for another plan"
          label="What should be different"
          needed
          initial={feedback}
          act="Plan again"
          working="Asking …"
          draft={`replan ${runId}`}
          onClose={() => setOpen(false)}
          onSend={send}
        >
          <p>
            The planner writes another plan with this text. Finished steps are kept if the new plan still has them.
            Steps that act are asked about as usual.
          </p>
        </FormDialog>
      )}
    </p>
  );
}

function Compare({ onCompare }: Pick<ExpectedResultProps, "onCompare">) {
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>();
  const compare = () => {
    setError(undefined);
    return onCompare(text).catch((thrown: unknown) => setError(thrown));
  };
  const take = async (files: FileList | null) => {
    const [file] = files ?? [];
    if (file !== undefined) setText(await file.text());
  };
  return (
    <form class="compare no-print" onSubmit={(event) => (event.preventDefault(), void compare())}>
      <Field label="What was expected" hint="JSON, or a text. It is compared here and stored nowhere.">
        {(ids) => (
          <textarea
            {...ids}
            class="field"
            rows={3}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      {error !== undefined && <ErrorNote error={error} />}
      <p class="compare-acts">
        <Button working="Comparing …" onPress={compare}>
          Compare
        </Button>
        <label class="btn">
          Choose a file …
          <input class="vh" type="file" onChange={(event) => void take(event.currentTarget.files)} />
        </label>
      </p>
    </form>
  );
}
