// Scripted models of a task: each role replies after a fixed time, and the size of each request is kept. In: a task, the
// strategy, and a timer. Out: models for a configuration, and the list of requests.
import { LATENCY } from "./strategy-tasks.mjs";

/** How tokens are counted; printed with the tables. */
export const TOKEN_RULE =
  "system text, messages, definitions of tools and the schema of the reply, as JSON; 4 characters are one token";

const TOKEN_CHARS = 4;
const PIECE_CHARS = 12;
const tokensOf = (value) => (value === undefined ? 0 : JSON.stringify(value).length / TOKEN_CHARS);

/** `wait(ms, signal)`; `scale`: a factor for all latencies; `streamed`: whether a text arrives piece by piece. */
export function scriptedRoles(task, { strategy, streamed, wait, scale }) {
  const asked = [];

  const role = (name, seconds, replyTo) => ({
    name: `scripted-${name}`,
    async call(request) {
      const index = asked.filter((one) => one.role === name).length;
      const { system, messages, tools, output } = request;
      const tokens = Math.round(tokensOf([system, output?.described?.enforced, messages, tools]));
      const schemaTokens = Math.round(tokensOf(output?.schema));
      asked.push({ role: name, tokens, schemaTokens });
      const { text = "", calls = [] } = replyTo(index);
      await speak(text, request, seconds * 1000 * scale);
      const toolCalls = calls.map((made, at) => ({ id: `${name}-${index}-${at}`, ...made }));
      const usage = { calls: 1, inputTokens: tokens + schemaTokens, outputTokens: Math.round(tokensOf(text)) };
      return { text, toolCalls, usage, finish: toolCalls.length > 0 ? "tool-calls" : "stop" };
    },
  });

  /** The text in pieces, evenly over the time; all at its end if nothing is streamed. Timers are late: each is set anew. */
  async function speak(text, { onText, signal }, ms) {
    const pieces = onText === undefined ? [] : (text.match(new RegExp(`[^]{1,${PIECE_CHARS}}`, "g")) ?? []);
    const began = performance.now();
    const until = async (due) => {
      const left = began + due - performance.now();
      if (left > 0) await wait(left, signal);
    };
    if (!streamed) await until(ms);
    for (const [at, piece] of pieces.entries()) {
      if (streamed) await until((ms * (at + 1)) / pieces.length);
      onText(piece);
    }
    await until(ms);
  }

  const turns = strategy === "plan" ? task.inside : task.turns[strategy];
  const models = {
    planner: role("planner", LATENCY.planner, (index) => ({ text: JSON.stringify(task.plans[index]) })),
    executor: role("executor", LATENCY.turn, (index) => turns[index]),
    synthesizer: role("synthesizer", LATENCY.join, () => ({
      text: task.answer ?? "Film 3, by its year and its makers.",
    })),
  };
  return { asked, models };
}
