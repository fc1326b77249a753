// The page of the chat: messages, states of steps, and buttons for what waits for approval.
"use client";

import { useChat } from "@ai-sdk/react";
import {
  DefaultChatTransport,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  lastAssistantMessageIsCompleteWithToolCalls,
  type UIMessage,
} from "ai";
import { useState } from "react";

interface Step {
  readonly id: string;
  readonly title: string;
  readonly status: string;
}

type Message = UIMessage<
  { readonly planloom: { readonly runId: string; readonly seq: number; readonly status: string } },
  { readonly step: Step; readonly error: { readonly code: string; readonly message: string } }
>;

const ENDED = ["completed", "failed", "cancelled"];

/** A run that has ended takes no answer. */
function mayGoOn({ messages }: { readonly messages: Message[] }): boolean {
  const status = messages.at(-1)?.metadata?.planloom.status ?? "completed";
  if (ENDED.includes(status)) return false;
  return (
    lastAssistantMessageIsCompleteWithApprovalResponses({ messages }) ||
    lastAssistantMessageIsCompleteWithToolCalls({ messages })
  );
}

const transport = new DefaultChatTransport<Message>({
  api: "/api/chat",
  // The log of the run holds the rest, so the last message is enough.
  prepareSendMessagesRequest: ({ messages }) => ({ body: { message: messages.at(-1) } }),
});

export default function Page() {
  const [goal, setGoal] = useState("Refund order 12345");
  const { messages, sendMessage, addToolApprovalResponse, addToolOutput, status, error } = useChat<Message>({
    transport,
    sendAutomaticallyWhen: mayGoOn,
  });
  const decide = (id: string, approved: boolean) => void addToolApprovalResponse({ id, approved });
  const answer = (toolCallId: string, output: string) => void addToolOutput({ tool: "ask", toolCallId, output });

  return (
    <main>
      {messages.map((message) => (
        <section key={message.id}>
          <strong>{message.role}</strong>
          {message.parts.map((part, index) => (
            <Part key={index} part={part} decide={decide} answer={answer} />
          ))}
        </section>
      ))}
      {error === undefined ? null : <p role="alert">{error.message}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void sendMessage({ text: goal });
        }}
      >
        <input value={goal} onChange={(event) => setGoal(event.target.value)} aria-label="Goal" />
        <button disabled={status !== "ready" && status !== "error"}>Send</button>
      </form>
    </main>
  );
}

interface PartProps {
  readonly part: Message["parts"][number];
  readonly decide: (id: string, approved: boolean) => void;
  readonly answer: (toolCallId: string, output: string) => void;
}

function Part({ part, decide, answer }: PartProps) {
  if (part.type === "text") return <p>{part.text}</p>;
  if (part.type === "data-step") return <p>{`${part.data.title || part.data.id}: ${part.data.status}`}</p>;
  if (part.type === "data-error") return <p>{`${part.data.code}: ${part.data.message}`}</p>;
  if (part.type !== "dynamic-tool") return null;
  const { id } = part.approval ?? {};
  if (part.state === "approval-requested" && id !== undefined)
    return (
      <p>
        {`May it call ${part.toolName} with ${JSON.stringify(part.input)}?`}
        <button onClick={() => decide(id, true)}>Approve</button>
        <button onClick={() => decide(id, false)}>Reject</button>
      </p>
    );
  if (part.toolName !== "ask" || part.state !== "input-available") return null;
  const { question } = part.input as { readonly question: string };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget).get("answer");
        if (typeof given === "string") answer(part.toolCallId, given);
      }}
    >
      <label>
        {question} <input name="answer" />
      </label>
    </form>
  );
}
