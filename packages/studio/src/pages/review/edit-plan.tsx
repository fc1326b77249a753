// Changes a plan that waits. In: the plan as YAML. Out: another revision, which waits for approval under its own hash. The
// server checks the text as it is typed; errors stand at their lines. The draft is kept until it is saved or undone.
import { useEffect, useState } from "preact/hooks";
import { announceNow } from "../../app/announce.js";
import { usePlanCheck, type PlanCheck } from "../../api/plan-check.js";
import { sendCommand, type PlanReview } from "../../api/people.js";
import { Button } from "../../parts/button.js";
import { ErrorNote } from "../../parts/note.js";
import { PlanText } from "../../parts/plan-text.js";
import { goToLine } from "../../parts/text-editor.js";
import { useDraft, type Draft } from "../../parts/use-draft.js";

interface EditPlanProps {
  readonly plan: PlanReview;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const EDITOR = "plan-yaml";

export function EditPlan({ plan, onClose, onDone }: EditPlanProps) {
  const draft = usePlanDraft(plan);
  const { check, error: unchecked } = usePlanCheck(draft.text, aroundOf(plan));
  const [error, setError] = useState<unknown>();
  const findings = check?.findings ?? [];
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const save = async () => {
    setError(undefined);
    try {
      await sendCommand(plan.runId, { type: "edit", hash: plan.hash, plan: draft.text });
      draft.undo();
      announceNow(`Saved as revision ${plan.revision + 1}. It waits for your approval.`);
      onClose();
      onDone();
    } catch (thrown) {
      setError(thrown);
    }
  };
  useEffect(() => goToLine(EDITOR, 1, 0), []);
  return (
    <section aria-labelledby="h-edit" class="edit">
      <div class="sec">
        <h2 id="h-edit">Edit the plan</h2>
        <p class="small" role="status">
          {checkText(draft.isEdited, check, errors, plan.hash)}
        </p>
      </div>
      <PlanText id={EDITOR} label="The plan as YAML" text={draft.text} findings={findings} onText={draft.set} />
      {unchecked !== undefined && <ErrorNote error={unchecked} />}
      {error !== undefined && <ErrorNote error={error} />}
      <div class="form-acts">
        <Button kind="primary" blocked={blockedBy(draft.isEdited, check, plan.hash)} working="Saving …" onPress={save}>
          Save as revision {plan.revision + 1}
        </Button>
        <Button blocked={draft.isEdited ? undefined : "Nothing is changed."} onPress={draft.undo}>
          Undo all changes
        </Button>
        <Button kind="quiet" onPress={onClose}>
          Back to the sentences
        </Button>
      </div>
      <p class="small soft">
        Saving runs nothing. The changed plan waits for your approval, with its differences shown. Your draft is kept
        while this tab is open.
      </p>
    </section>
  );
}

/** The text of the plan as it is being changed. */
export const usePlanDraft = ({ hash, document }: PlanReview): Draft => useDraft(`${hash}/yaml`, document);

function checkText(isEdited: boolean, check: PlanCheck | undefined, errors: number, hash: string): string {
  if (check === undefined) return "Checking …";
  if (errors > 0)
    return errors === 1 ? "1 error. It cannot be saved yet." : `${errors} errors. It cannot be saved yet.`;
  if (!isEdited) return "Nothing is changed yet.";
  return check.hash === hash ? "It means the same as the plan that waits." : "No errors. It can be saved.";
}

function blockedBy(isEdited: boolean, check: PlanCheck | undefined, hash: string): string | undefined {
  if (!isEdited) return "Nothing is changed yet.";
  if (check === undefined) return "The plan is being checked.";
  if (!check.ok) return "Mend the errors first.";
  return check.hash === hash ? "It means the same as the plan that waits." : undefined;
}

/** What the run gives the plan. */
const aroundOf = ({ goal, inputs, answerSchema }: PlanReview) => ({
  goal,
  inputs,
  ...(answerSchema === undefined ? {} : { answerSchema }),
});
