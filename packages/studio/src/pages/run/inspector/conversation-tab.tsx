// The conversation of a step, turn by turn: what the model was asked, what it said, and the tools it called. In: the step.
// Out: the tab.
import type { StepView } from "../../../api/run-view.js";
import { countText } from "../../../parts/money.js";
import { durationText } from "../../../parts/time-text.js";
import { Value } from "../../../parts/value.js";
import { callText, shortValue } from "../../../parts/value-text.js";
import type { TabProps } from "./inspector.js";
import { replyParts } from "./turn-parts.js";
import { TurnPrompt, usePrompts, type Prompts } from "./turn-prompt.js";

type Turn = StepView["turns"][number];

export function ConversationTab({ view, step }: TabProps) {
  const { turns, row, attempts } = step;
  const prompts = usePrompts(view.runId, step);
  if (turns.length === 0)
    return <p class="soft">{row.does === "tool" ? directText(row.tool) : "No model has been asked yet."}</p>;
  const isRunning = (step.item?.status ?? row.status) === "running";
  return (
    <ol class="turns" aria-busy={isRunning ? "true" : undefined}>
      {step.instruction !== undefined && <Told step={step} />}
      {turns.map((turn, at) => (
        <li key={at} class={turn.kind}>
          {attempts.length > 1 && turns[at - 1]?.attempt !== turn.attempt && (
            <p class="xs faint">Attempt {turn.attempt}</p>
          )}
          <TurnHead turn={turn} />
          {turn.kind === "tool" ? <ToolTurn turn={turn} /> : <ModelTurn turn={turn} prompts={prompts} />}
        </li>
      ))}
      {isRunning && (
        <li>
          <p class="who">
            <b>Now</b> <span class="caret" />
          </p>
        </li>
      )}
    </ol>
  );
}

/** What every turn goes out from: the instruction, and the values that the model gets with it. */
function Told({ step: { instruction, args } }: Pick<TabProps, "step">) {
  return (
    <li>
      <p class="who">
        <b>Asked</b>
      </p>
      <p class="told">{instruction}</p>
      {args.length > 0 && (
        <p class="xs faint">with {args.map(({ name, value }) => `${name}: ${shortValue(value, 40)}`).join(", ")}</p>
      )}
    </li>
  );
}

const directText = (tool = "its tool"): string => `A direct call of ${tool}. No model took part.`;

function TurnHead({ turn: { kind, turn, name, usage, tookMs } }: { readonly turn: Turn }) {
  const used = usage && [usage.input, usage.output].map((count) => (count === null ? "not known" : countText(count)));
  const figures = [used && `${used[0]} in, ${used[1]} out`, tookMs !== undefined && durationText(tookMs)];
  return (
    <p class="who">
      <b>{kind === "model" ? `Turn ${turn}` : name}</b>
      {kind === "model" && <span class="cut">{name}</span>}
      <span class="num">{figures.filter(Boolean).join(" · ")}</span>
    </p>
  );
}

function ToolTurn({ turn: { name, asked, answered, tookMs } }: { readonly turn: Turn }) {
  return (
    <>
      <p class="call">{callText(name, asked)}</p>
      {answered === null && tookMs === undefined ? <p class="soft">No answer yet.</p> : <Value value={answered} />}
    </>
  );
}

function ModelTurn({ turn, prompts }: { readonly turn: Turn; readonly prompts: Prompts }) {
  const { text, calls, other } = replyParts(turn.answered);
  return (
    <>
      <TurnPrompt turn={turn} prompts={prompts} />
      {text !== undefined && <Value value={text} />}
      {calls.map((call, at) => (
        <p key={at} class="call">
          {call}
        </p>
      ))}
      {other !== undefined && <Value value={other} />}
    </>
  );
}
