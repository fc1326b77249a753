// The conversation of a step, turn by turn: what the model was asked, what it said, and the tools it called. In: the step.
// Out: the tab.
import type { Json } from "planloom";
import type { StepView } from "../../../api/run-view.js";
import { countText } from "../../../parts/money.js";
import { durationText } from "../../../parts/time-text.js";
import { Value } from "../../../parts/value.js";
import { callText, isRecord } from "../../../parts/value-text.js";
import type { TabProps } from "./inspector.js";

type Turn = StepView["turns"][number];

export function ConversationTab({ step }: TabProps) {
  const { turns, row, attempts } = step;
  if (turns.length === 0)
    return <p class="soft">{row.does === "tool" ? directText(row.tool) : "No model has been asked yet."}</p>;
  const isRunning = (step.item?.status ?? row.status) === "running";
  return (
    <ol class="turns" aria-busy={isRunning ? "true" : undefined}>
      {turns.map((turn, at) => (
        <li key={at} class={turn.kind}>
          {attempts.length > 1 && turns[at - 1]?.attempt !== turn.attempt && (
            <p class="xs faint">Attempt {turn.attempt}</p>
          )}
          <TurnHead turn={turn} />
          {turn.kind === "tool" ? <ToolTurn turn={turn} /> : <ModelTurn turn={turn} />}
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

function ToolTurn({ turn: { name, asked, answered } }: { readonly turn: Turn }) {
  return (
    <>
      <p class="call">{callText(name, asked)}</p>
      <Value value={answered} />
    </>
  );
}

function ModelTurn({ turn: { asked, answered } }: { readonly turn: Turn }) {
  return (
    <>
      <details class="prompt">
        <summary>What it was asked</summary>
        <Prompt asked={asked} />
      </details>
      <Reply reply={answered} />
    </>
  );
}

/** Messages with their roles, if they are that. */
function Prompt({ asked }: { readonly asked: Json }) {
  const messages = isRecord(asked) && Array.isArray(asked["messages"]) ? asked["messages"] : asked;
  if (!Array.isArray(messages) || !messages.every((one) => isRecord(one) && "role" in one))
    return <Value value={asked} />;
  return (
    <>
      {messages.map((message, at) => {
        const { role, content, ...rest } = message as { readonly role: Json; readonly content?: Json };
        return (
          <div key={at}>
            <p class="xs faint">{String(role)}</p>
            {content !== undefined && content !== null && <Value value={content} />}
            {Object.keys(rest).length > 0 && <Value value={rest as Json} />}
          </div>
        );
      })}
    </>
  );
}

/** Text and calls of tools, if it is a reply of that form; else the value as it is. */
function Reply({ reply }: { readonly reply: Json }) {
  if (!isRecord(reply)) return <Value value={reply} />;
  const { text, calls } = reply;
  if (text === undefined && !Array.isArray(calls)) return <Value value={reply} />;
  return (
    <>
      {text !== undefined && text !== null && text !== "" && <Value value={text} />}
      {Array.isArray(calls) && calls.map((call, at) => <CallLine key={at} call={call} />)}
    </>
  );
}

function CallLine({ call }: { readonly call: Json }) {
  if (!isRecord(call)) return <Value value={call} />;
  const name = call["tool"] ?? call["name"] ?? "";
  return <p class="call">{callText(String(name), call["args"] ?? call["arguments"] ?? {})}</p>;
}
