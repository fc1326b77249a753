// The prompts of a conversation, on demand: what each model call was sent, rebuilt from the log. In: the step. Out: a
// button at each turn, and the text as it is. All prompts of a step are loaded with the first one that is asked for.
import { useEffect, useState } from "preact/hooks";
import type { Json } from "planloom";
import type { PromptsView } from "planloom/streams";
import type { StepView } from "../../../api/run-view.js";
import { useGet, type Loaded } from "../../../api/use-get.js";
import { Button } from "../../../parts/button.js";
import { ErrorNote } from "../../../parts/note.js";
import { Value } from "../../../parts/value.js";
import { promptParts } from "./turn-parts.js";

type Prompt = PromptsView["prompts"][number];
type Turn = Pick<StepView["turns"][number], "attempt" | "turn">;

export interface Prompts extends Loaded<PromptsView> {
  /** Asks for them once. */
  readonly ask: () => void;
}

/** Nothing is loaded before `ask`; then again with each new turn. */
export function usePrompts(runId: string, { row, item, turns }: StepView): Prompts {
  const [asked, setAsked] = useState(false);
  const query = new URLSearchParams({ step: row.key, ...(item === undefined ? {} : { item: String(item.index) }) });
  const loaded = useGet<PromptsView>(asked ? `/v1/runs/${encodeURIComponent(runId)}/prompts?${query}` : null);
  const { reload } = loaded;
  useEffect(reload, [reload, turns.length]);
  return { ...loaded, ask: () => setAsked(true) };
}

/** The prompt of a turn with a reply. */
export function TurnPrompt({ turn: { attempt, turn }, prompts }: { readonly turn: Turn; readonly prompts: Prompts }) {
  const [open, setOpen] = useState(false);
  const toggle = () => {
    prompts.ask();
    setOpen(!open);
  };
  return (
    <div class="prompt">
      <Button kind="quiet" small onPress={toggle}>
        {open ? "Hide the prompt" : "Show the prompt"}
      </Button>
      {open && <Shown attempt={attempt} turn={turn} prompts={prompts} />}
    </div>
  );
}

function Shown({ attempt, turn, prompts: { data, error } }: Turn & { readonly prompts: Prompts }) {
  if (data === undefined) return error === undefined ? <p class="soft">Loading …</p> : <ErrorNote error={error} />;
  const found = data.prompts.find((one) => one.answered && one.attempt === attempt && one.turn === turn);
  const gap = data.gaps.find((one) => one.attempt === attempt);
  return (
    <>
      <p class="xs soft">{data.rebuilt}</p>
      {found === undefined ? (
        <p class="soft">{gap?.message ?? "The log does not tell this request."}</p>
      ) : (
        <PromptText {...found} />
      )}
    </>
  );
}

/** Later requests of an attempt begin with the one before, and show what was added. */
function PromptText({ system, repeats, messages, tools = [], output }: Prompt) {
  const parts = promptParts({ system: system ?? "", messages: messages as Json }) ?? [];
  return (
    <>
      {repeats > 0 && <p class="xs faint">The messages of the request before, and then:</p>}
      {parts.map(({ role, value }, at) => (
        <div key={at}>
          <p class="xs faint">{role}</p>
          <Value value={value} />
        </div>
      ))}
      {tools.length > 0 && (
        <>
          <p class="xs faint">tools that it may call</p>
          <Value value={tools} />
        </>
      )}
      {output !== undefined && (
        <>
          <p class="xs faint">form of the reply</p>
          <Value value={output.schema} />
        </>
      )}
    </>
  );
}
