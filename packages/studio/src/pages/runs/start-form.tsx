// Starts a run. In: a goal, or a plan file that is chosen or dropped on the page. Out: the page of the new run.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../parts/button.js";
import { FileButton, useDrop } from "../../parts/file-choice.js";
import { ErrorNote } from "../../parts/note.js";
import { PlanFile, type ChosenFile } from "./plan-file.js";
import { startRun } from "./start-run.js";

/** A larger file is no plan. */
const MOST_BYTES = 1_000_000;

export function StartForm() {
  const [file, setFile] = useState<ChosenFile>();
  const [error, setError] = useState<unknown>();
  const take = async (given: File | undefined) => {
    if (given === undefined) return;
    setError(undefined);
    if (given.size > MOST_BYTES) return setError(new Error(`${given.name} is too large for a plan.`));
    setFile({ name: given.name, text: await given.text() });
  };
  const isOver = useDrop((given) => void take(given));
  return (
    <section aria-label="Start a run" class={isOver ? "starts over" : "starts"}>
      <GoalForm onError={setError}>
        <FileButton label="Plan file" accept=".yaml,.yml,.json,.md,.txt" onFile={(given) => void take(given)}>
          Run a plan file …
        </FileButton>
      </GoalForm>
      {error !== undefined && <ErrorNote error={error} />}
      {file !== undefined && <PlanFile key={file.name + file.text} file={file} onClose={() => setFile(undefined)} />}
      {isOver && <p class="drop-here">Drop the plan file to check it. Nothing runs yet.</p>}
    </section>
  );
}

interface GoalFormProps {
  readonly onError: (error: unknown) => void;
  readonly children: ComponentChildren;
}

/** Enter sends, Shift Enter begins a new line. */
function GoalForm({ onError, children }: GoalFormProps) {
  const [goal, setGoal] = useState("");
  const [strategy, setStrategy] = useState("");
  const [isWorking, setWorking] = useState(false);
  const send = async () => {
    if (isWorking) return;
    if (goal.trim() === "") return document.getElementById("goal")?.focus();
    setWorking(true);
    onError(undefined);
    await startRun({ goal: goal.trim(), ...(strategy !== "" && { strategy }) }).catch(onError);
    setWorking(false);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <form class="start" onSubmit={(event) => (event.preventDefault(), void send())}>
      <label class="vh" for="goal">
        Goal
      </label>
      <textarea
        class="field grows"
        id="goal"
        rows={1}
        placeholder="What should be done? One goal, in your words."
        value={goal}
        onInput={(event) => setGoal(event.currentTarget.value)}
        onKeyDown={press}
      />
      <StrategyChoice strategy={strategy} onChange={setStrategy} />
      {children}
      <Button kind="primary" submit working="Starting …" isWorking={isWorking}>
        Plan and run
      </Button>
    </form>
  );
}

interface StrategyChoiceProps {
  readonly strategy: string;
  readonly onChange: (strategy: string) => void;
}

const STRATEGIES = [
  ["", "Strategy: default"],
  ["plan", "Plan first"],
  ["react", "One agent step"],
  ["tools", "One turn of calls"],
  ["auto", "Choose for me"],
] as const;

function StrategyChoice({ strategy, onChange }: StrategyChoiceProps) {
  return (
    <select
      class="field"
      aria-label="Strategy"
      value={strategy}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {STRATEGIES.map(([name, label]) => (
        <option key={name} value={name}>
          {label}
        </option>
      ))}
    </select>
  );
}
