// Each shape of messages that Planloom sends, against the rules of chat templates, at each rung of tool calling. In: the
// shapes. Out: replies. A template that refuses a shape is learnt from its refusal.
import { describe, expect, it, onTestFinished, test } from "vitest";
import { asksFor, messagesUnder, orderedMessages, type MessageRule } from "../../src/model/request/message-rules.js";
import { openModel } from "../../src/model/model.js";
import type { ModelMessage, ModelRequest } from "../../src/model/port.js";
import { TOOL_RUNGS, type ToolRung } from "../../src/model/request/tool-rung.js";
import type { WayKeeper } from "../../src/model/ways/way-memory.js";
import { startFakeOpenAI, type ChatBody } from "../../src/testing/index.js";
import { refusalBy, TEMPLATES, type Template } from "./chat-templates.js";

const look = { name: "look", description: "Looks.", input: { type: "object", properties: {} } };
const user = (text: string): ModelMessage => ({ role: "user", text });
const said = (text: string): ModelMessage => ({ role: "assistant", text });
const call = (...ids: string[]): ModelMessage => ({
  role: "assistant",
  text: "",
  toolCalls: ids.map((id) => ({ id, name: "look", args: {} })),
});
const results = (...ids: string[]): ModelMessage => ({
  role: "tool",
  results: ids.map((id) => ({ id, name: "look", text: `Result ${id}.` })),
});

const output = { name: "verdict", schema: { type: "object", properties: { ok: { type: "boolean" } } } };
const step = { tools: [look], toolChoice: "auto" } as const;

/** By where they come from. */
const SHAPES: { readonly [name: string]: Partial<ModelRequest> & { readonly messages: readonly ModelMessage[] } } = {
  "a first draft": { messages: [user("Goal.")], output },
  "a draft to repair": { messages: [user("Goal."), said("{}"), user("Findings.")], output },
  "an answer": { messages: [user("Outputs.")] },
  "without instructions": { system: "", messages: [user("Outputs.")] },
  "a step begins": { messages: [user("Step.")], ...step },
  "a step with one turn": { messages: [user("Step."), user("Last turn.")], ...step, toolChoice: "none" },
  "after a call": { messages: [user("Step."), call("call_1"), results("call_1")], ...step },
  "after two calls at once": { messages: [user("Step."), call("a", "b"), results("a", "b")], ...step },
  "after calls of two turns": {
    messages: [user("Step."), call("a"), results("a"), call("b", "c"), results("b", "c")],
    ...step,
  },
  "a note after results": {
    messages: [user("Step."), call("a"), results("a"), user("Last turn.")],
    ...step,
    toolChoice: "none",
  },
  "a corrected result": { messages: [user("Step."), call("a"), results("a"), said("?"), user("Once more.")], ...step },
  "a step that goes on": { messages: [user("Step."), said("Half."), user("Go on."), call("a"), results("a")], ...step },
};

/** Remembers one rung of tools, as another process would have found it. */
const remembering = (tools: ToolRung): WayKeeper => ({
  recall: () => ({ rung: "json_schema", temperature: true, tools, at: Date.now() }),
  keep: () => undefined,
  forget: () => undefined,
});

async function serverWith(template: Template) {
  const bodies: ChatBody[] = [];
  const server = await startFakeOpenAI({
    reply: (body) => {
      const words = refusalBy(template, body);
      if (words === undefined) bodies.push(body);
      const raw = JSON.stringify({ error: { message: words } });
      return words === undefined ? { text: '{"ok": true}' } : { status: template.status, raw };
    },
  });
  onTestFinished(() => server.close());
  return { server, bodies };
}

describe.each(TOOL_RUNGS)("from the rung %s on", (rung) => {
  it.each(TEMPLATES.map((template) => [template.name, template] as const))(
    "%s takes every shape",
    async (_name, template) => {
      const { server, bodies } = await serverWith(template);
      const model = openModel({ model: "m", baseURL: server.url }, "executor", { keeper: remembering(rung) });
      for (const [name, shape] of Object.entries(SHAPES)) {
        const request = { system: "Do the step.", signal: new AbortController().signal, ...shape };
        const reply = await model.call(request).catch((thrown: unknown) => `${name}: ${String(thrown)}`);
        expect(reply).toMatchObject({ text: '{"ok": true}' });
        const sent = JSON.stringify(bodies.at(-1)!.messages);
        // Whatever is joined or written as text, nothing is lost.
        const texts = shape.messages.flatMap((one) =>
          one.role === "tool" ? one.results.map(({ text }) => text) : [one.text],
        );
        for (const text of texts) expect(sent).toContain(JSON.stringify(text).slice(1, -1));
        if (shape.system === undefined) expect(sent).toContain("Do the step.");
      }
      // What was learnt is not refused again.
      const before = server.requests.length;
      for (const shape of Object.values(SHAPES))
        await model.call({ system: "Do the step.", signal: new AbortController().signal, ...shape });
      expect(server.requests.length - before).toBe(Object.keys(SHAPES).length);
    },
  );
});

test("texts of one side that would follow each other are joined", () => {
  const messages = [user("a"), user("b"), said("c"), said("d"), call("x"), results("x"), results("y"), user("e")];
  expect(orderedMessages(messages)).toEqual([
    user("a\n\nb"),
    { ...call("x"), text: "c\n\nd" },
    {
      role: "tool",
      results: [
        { id: "x", name: "look", text: "Result x." },
        { id: "y", name: "look", text: "Result y.\n\ne" },
      ],
    },
  ]);
});

test("ids of nine letters and digits stay; others get some, the same for a call and its result", () => {
  const [calls, answers] = messagesUnder(
    [call("Ab3456789", "call_1"), results("Ab3456789", "call_1")],
    new Set(["short-ids"]),
  );
  const ids = calls?.role === "assistant" ? calls.toolCalls!.map(({ id }) => id) : [];
  expect(ids[0]).toBe("Ab3456789");
  expect(ids[1]).toMatch(/^[a-z0-9]{9}$/);
  expect(answers?.role === "tool" && answers.results.map(({ id }) => id)).toEqual(ids);
});

test.each<[string, MessageRule | undefined]>([
  ["System role not supported", "no-system"],
  ["Developer instruction is not enabled for models/gemma-3-4b-it", "no-system"],
  ["Conversation roles must alternate user/assistant/user/assistant/...", "no-system"],
  ["Only user and assistant roles are supported!", "no-system"],
  ["After the optional system message, conversation roles must alternate user/assistant", undefined],
  ["Tool call id was call_abc but must be a-z, A-Z, 0-9, with a length of 9.", "short-ids"],
  ["Tool call IDs should be alphanumeric strings with length 9!", "short-ids"],
  ["Invalid 'messages[2].tool_calls[0].id': string too long. Expected a maximum length of 40", "short-ids"],
  ["messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'", "short-ids"],
  ["An assistant message with 'tool_calls' must be followed by tool messages for each 'tool_call_id'", undefined],
  ["This model only supports single tool-calls at once!", "one-call"],
  ["The system is overloaded, try again later", undefined],
])("%j asks for %s", (words, rule) => {
  const asked = (["no-system", "short-ids", "one-call"] as const).filter((one) => asksFor(one, words));
  expect(asked).toEqual(rule === undefined ? [] : [rule]);
});
