// The example's route answers the AI SDK as the page asks it, and its files have sound types. `npm run example:next`
// builds the app with Next.js itself, which is too large to be installed here.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { DefaultChatTransport, readUIMessageStream, type DynamicToolUIPart, type UIMessage } from "ai";
import { expect, it } from "vitest";

process.env["PLANLOOM_STORE"] = "memory";
const { POST } = await import("./app/api/chat/route.js");

/** As the page sends a message: by the transport of the AI SDK. */
const transport = new DefaultChatTransport({
  api: "http://localhost/api/chat",
  prepareSendMessagesRequest: ({ messages }) => ({ body: { message: messages.at(-1) } }),
  fetch: (url, init) => POST(new Request(url, init)),
});

async function send(message: UIMessage): Promise<UIMessage> {
  const chat = { trigger: "submit-message", chatId: "chat", messageId: undefined, abortSignal: undefined } as const;
  const stream = await transport.sendMessages({ ...chat, messages: [message] });
  let last = message;
  for await (const one of readUIMessageStream({ ...(message.role === "assistant" && { message }), stream })) last = one;
  return last;
}

it("refunds after an approval, as the page does it", async () => {
  const asked = await send({ id: "1", role: "user", parts: [{ type: "text", text: "Refund order 12345" }] });
  const part = asked.parts.find(({ type }) => type === "dynamic-tool") as DynamicToolUIPart;
  expect(part).toMatchObject({
    toolName: "refund",
    state: "approval-requested",
    input: { order: "12345", amount: 40 },
  });
  Object.assign(part, { state: "approval-responded", approval: { ...part.approval, approved: true } });
  const done = await send(asked);
  expect(done.parts.findLast(({ type }) => type === "text")).toMatchObject({
    text: "I have paid back 40 for order 12345.",
  });
});

it("has sound types, by the types of the AI SDK and React", () => {
  const root = path.join(import.meta.dirname, "..", "..");
  const tsc = path.join(root, "node_modules", "@typescript", "native", "bin", "tsc");
  const args = [tsc, "-p", import.meta.dirname, "--incremental", "false"];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect([stdout, status]).toStrictEqual(["", 0]);
});

it.skipIf(process.env["PLANLOOM_EXAMPLE_NEXT"] === undefined)(
  "is built by Next.js and refunds an order (set PLANLOOM_EXAMPLE_NEXT; needs a registry and some minutes)",
  () => {
    const script = path.join(import.meta.dirname, "..", "..", "scripts", "example-next.mjs");
    const { stdout, stderr, status } = spawnSync(process.execPath, [script], { encoding: "utf8" });
    expect([stdout.trim().split("\n").at(-1), status], stderr).toStrictEqual([
      "the answer after the approval: I have paid back 40 for order 12345.",
      0,
    ]);
  },
  900_000,
);
