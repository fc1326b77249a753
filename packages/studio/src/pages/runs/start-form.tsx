// Starts a run. In: a goal, or a plan file that is chosen or dropped on the page. Out: the page of the new run.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../parts/button.js";
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
        <FileButton onFile={(given) => void take(given)} />
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
  const [isWorking, setWorking] = useState(false);
  const send = async () => {
    if (isWorking) return;
    if (goal.trim() === "") return document.getElementById("goal")?.focus();
    setWorking(true);
    onError(undefined);
    await startRun({ goal: goal.trim() }).catch(onError);
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
      {children}
      <Button kind="primary" submit working="Starting …" isWorking={isWorking}>
        Plan and run
      </Button>
    </form>
  );
}

function FileButton({ onFile }: { readonly onFile: (file: File | undefined) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept=".yaml,.yml,.json,.md,.txt"
        aria-label="Plan file"
        onChange={(event) => {
          onFile(event.currentTarget.files?.[0]);
          // The same file can be chosen again after it was changed.
          event.currentTarget.value = "";
        }}
      />
      <Button onPress={() => input.current?.click()}>Run a plan file …</Button>
    </>
  );
}

/** Files may be dropped anywhere on the page. True while one is over it. */
function useDrop(onFile: (file: File | undefined) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(onFile);
  latest.current = onFile;
  useEffect(() => {
    const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    const over = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(false);
      latest.current(event.dataTransfer?.files[0]);
    };
    const listeners = { dragover: over, dragleave: leave, drop } as const;
    for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener as EventListener);
    };
  }, []);
  return isOver;
}
