// What a model can do in each role, in plain words. In: the results of trials, and what is remembered of a model. Out:
// lines.
import type { BodyRule } from "../../model/request/body-rules.js";
import type { LengthTrial } from "../../model/trial/try-length.js";
import type { ToolTrial } from "../../model/trial/try-tools.js";
import type { ToolRung } from "../../model/request/tool-rung.js";
import type { Trial } from "../../model/trial/trial.js";
import type { KeptWay } from "../../model/ways/way-memory.js";
import { replyNoteText } from "../../words/reply-notes.js";
import { oneLine, paint } from "../style.js";
import { durationText } from "../../words/phrases.js";

const TOOLS: { readonly [R in ToolRung]: string } = {
  auto: "calls tools natively",
  required: "must call a tool in each turn, and gives its result by one more tool",
  text: "calls tools in a text protocol, because its server has no tool calling for it",
};

/** One line of a trial. */
export function trialLine(name: string, { end, usage, ms, problem }: Trial): string {
  const tokens = usage === undefined ? "" : `${usage.inputTokens ?? "?"} + ${usage.outputTokens ?? "?"} tokens`;
  const state = paint(end === "works" ? "green" : end === "ignored" ? "yellow" : "red", end.padEnd(8));
  return `  ${name.padEnd(15)} ${state} ${tokens.padEnd(18)} ${durationText(ms).padEnd(8)} ${problem === undefined ? "" : oneLine(problem)}`.trimEnd();
}

export function toolsText(trials: readonly ToolTrial[]): string {
  const works = trials.find(({ end }) => end === "works");
  return works === undefined ? "calls no tools in any way: an agent step with tools would fail" : TOOLS[works.rung];
}

export function lengthText({ end, sent, read, problem = "" }: LengthTrial): string {
  if (end === "works") return `reads a request of about ${sent} tokens to its end`;
  const what = end === "refused" ? "refuses" : read === undefined ? "may not read" : "does not read";
  return `${what} a request of about ${sent} tokens: ${oneLine(problem, 200)}`;
}

/** Whether the server is known to cut or refuse. A small model may just have forgotten the first line. */
export const isTooShort = ({ end, read }: LengthTrial): boolean =>
  end === "refused" || (end === "ignored" && read !== undefined);

export const LENGTH_NEXT =
  "Raise the context of the server. Ollama: OLLAMA_CONTEXT_LENGTH or num_ctx; llama.cpp: -c; LM Studio: context length.";

const RULES: { readonly [R in BodyRule]: string } = {
  "no-stream-options": "stream_options left out, so the tokens of streams are unknown",
  "max-completion-tokens": "max_completion_tokens in place of max_tokens",
  "no-strict": "strict left out",
  "no-parallel-calls": "parallel_tool_calls left out",
  "effort-none": 'reasoning_effort "none" beside tools',
  "plain-tools": "schemas of tools with fewer keywords",
  "text-content": '"" for a message without text',
  "think-in-streams": "thinking in streams only",
  "no-system": "no system message",
  "short-ids": "ids of calls with 9 letters and digits",
  "one-call": "one call in each message",
  "no-top-p": "top_p left out",
  "no-seed": "seed left out",
  "no-stop": "stop left out",
  "no-effort": "reasoning_effort left out",
};

/** What is remembered of a model. */
export function learntLines(learnt: KeptWay | undefined): readonly string[] {
  if (learnt === undefined)
    return ["  nothing is remembered: requests begin with the best form, and tools are called natively"];
  const { rung, tools = "auto", temperature, rules = [], cut, at } = learnt;
  const left = [...(temperature ? [] : ["temperature left out"]), ...rules.map((rule) => RULES[rule])];
  return [
    `  asked for JSON by ${rung}, as found out ${new Date(at).toISOString()}`,
    ...(tools === "auto" ? [] : [`  ${TOOLS[tools]}`]),
    ...(left.length === 0 ? [] : [`  learnt: ${left.join("; ")}`]),
    ...(cut === undefined ? [] : [`  ${replyNoteText({ note: "input-cut", ...cut })}`]),
  ];
}
