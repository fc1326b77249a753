// The route of the chat. In: the last message of the page. Out: the run as a UI message stream. A message of the user
// starts a run; a message of the assistant holds decisions of the user for its run.
import { createLoom, tool } from "planloom";
import type { UIMetadata } from "planloom/streams";
import { scriptedModel } from "planloom/testing";
import { z } from "zod";

/** Planloom needs files: the Edge runtime has none. */
export const runtime = "nodejs";

const refund = tool({
  name: "refund",
  description: "Pays an order back.",
  input: z.object({ order: z.string(), amount: z.number() }),
  output: z.object({ receipt: z.string() }),
  effects: "once",
  approval: "required",
  run: ({ order, amount }, { key }) => ({ receipt: `${amount} for order ${order} (${key.slice(0, 8)})` }),
});

/** No model runs in this example: this one plans one refund, and tells its receipt. Give `models.default` yours. */
const scripted = scriptedModel(({ messages }) => {
  const text = JSON.stringify(messages);
  const receipt = /(\d+) for order (\d+)/.exec(text)?.[0];
  if (receipt !== undefined) return `I have paid back ${receipt}.`;
  const order = /\d+/.exec(text)?.[0] ?? "0";
  return {
    json: {
      goal: "Refund an order",
      steps: [{ id: "refund", title: `Refund order ${order}`, tool: "refund", with: { order, amount: 40 } }],
      answer: { from: ["refund"] },
    },
  };
});

const loom = createLoom({ tools: [refund], models: { default: scripted } });

interface ChatMessage {
  readonly role: "user" | "assistant";
  readonly metadata?: UIMetadata;
  readonly parts: readonly { readonly type: string; readonly text?: string }[];
}

export async function POST(request: Request): Promise<Response> {
  const { message } = (await request.json()) as { readonly message: ChatMessage };
  const { signal } = request;
  const place = message.metadata?.planloom;
  if (message.role === "assistant" && place !== undefined) {
    // A server with several users checks here that the run belongs to this one.
    const run = await (await loom).get(place.runId);
    await run.answerUIMessage(message);
    return run.toUIMessageStreamResponse({ after: place.seq, signal });
  }
  const goal = message.parts.map(({ text = "" }) => text).join("\n");
  const run = await (await loom).start(goal);
  return run.toUIMessageStreamResponse({ signal });
}
