// Asks a person at the MCP client. In: a run that waits. Out: a form with all that is decided, and later the command that
// the person's answer means. What a model writes never comes here: a client sends answers beside the arguments.
import { LIMITS } from "../../limits.js";
import type { LoomRun } from "../../loom/loom-run.js";
import { isObject, readableText, type Json, type JsonObject } from "../../plan/json.js";
import { schemaFromType } from "../../plan/type/schema.js";
import type { Type } from "../../plan/type/type.js";
import { visible } from "../../plan/visible.js";
import { typeAsked } from "../../run/decide/tool-question.js";
import type { StepRef } from "../../run/event.js";
import { findWork } from "../../run/lookup.js";
import { waitingChildren } from "../../run/status.js";
import type { Work } from "../../run/work.js";
import { Moments, type AskedMoment } from "../../streams/moments.js";
import { hashIn, questionIn } from "../../streams/replies.js";
import type { WordedReply } from "../../loom/worded-reply.js";
import type { AskedAbout, AskForm, McpOutcome, McpPorts } from "./offered-tool.js";
import { personName } from "./own-runs.js";
import { indented, reviewInFull } from "./review-text.js";

/** What a person is asked: all that waits, or what is named. */
export interface AskedFor {
  readonly hash?: string;
  readonly step?: string;
  readonly item?: number;
}

/** An answer as the client sent it. */
export type FormAnswer =
  { readonly action: "accept"; readonly content: JsonObject } | { readonly action: "decline" | "cancel" };

/** undefined: nothing of this waits, nobody can be asked, or the question is too long for a form. */
export async function askPerson(
  ports: McpPorts,
  run: LoomRun,
  waitMs: number,
  of: AskedFor = {},
): Promise<McpOutcome | undefined> {
  const { call, options, caller, loom } = ports;
  const mayAsk = options.asksClient && call.canAsk && caller.right !== "read" && call.round < LIMITS.mcpRounds;
  if (!mayAsk || call.signal.aborted) return undefined;
  const { asked, run: state } = await momentsOf(run);
  for (const moment of asked.values()) {
    const form = fits(moment, of) ? await formOf(run, moment, state) : undefined;
    if (form === undefined || form.message.length > LIMITS.mcpAskedChars) continue;
    return { kind: "ask", about: { runId: run.id, reply: moment.reply, waitMs, round: call.round + 1 }, form };
  }
  // What waits in a sub-plan is asked about here, too.
  for (const { child } of waitingChildren(state)) {
    const below = child && (await askPerson(ports, await loom.get(child.run), waitMs, of));
    if (below !== undefined) return below;
  }
  return undefined;
}

async function momentsOf(run: LoomRun): Promise<Moments> {
  const moments = new Moments(run.id);
  for await (const event of run.events()) moments.of(event);
  return moments;
}

function fits(moment: AskedMoment, { hash, step, item }: AskedFor): boolean {
  if (hash !== undefined) return hashIn(moment.reply) === hash;
  if (step === undefined) return true;
  const of = askedIn(moment);
  return of !== undefined && of.step === step && of.item === item;
}

/** The step or item that asks; undefined if an approval or a doubt waits. */
function askedIn({ reply }: AskedMoment): StepRef | undefined {
  const question = questionIn(reply);
  return question?.about === "ask" ? question.ref : undefined;
}

/** Doubts are for a place where the call can be looked up. */
async function formOf(run: LoomRun, moment: AskedMoment, state: Moments["run"]): Promise<AskForm | undefined> {
  const hash = hashIn(moment.reply);
  if (hash !== undefined) return { message: await approvalText(run, hash), schema: DECISION };
  const of = askedIn(moment);
  const work = of && findWork(state, of);
  if (work === undefined) return undefined;
  const { data, tool } = moment.input;
  const shown = Object.entries(isObject(data) ? data : {});
  const message = [
    `${typeof tool === "string" ? `The tool ${tool}` : "A run"} asks: ${indented(moment.message)}`,
    ...shown.map(([name, value]) => `${name}: ${indented(readableText(value))}`),
  ];
  const { schema } = fieldFor(typeAsked(work));
  return {
    message: visible(message.join("\n")),
    schema: { type: "object", properties: { value: schema }, required: ["value"] },
  };
}

async function approvalText(run: LoomRun, hash: string): Promise<string> {
  const review = await run.review(hash);
  const text = reviewInFull(review);
  return text.length > LIMITS.mcpAskedChars ? reviewInFull(review, "without") : text;
}

const DECISION: AskForm["schema"] = {
  type: "object",
  properties: {
    decision: { type: "string", enum: ["approve", "reject"], title: "Decision" },
    comment: { type: "string", title: "Comment", description: "What should change, if you reject it." },
  },
  required: ["decision"],
};

/** The field of a form for an answer of this type. `isJson`: the person writes JSON. */
function fieldFor(wanted: Type | undefined): { readonly schema: JsonObject; readonly isJson?: true } {
  const { type, enum: choices } = wanted === undefined ? { type: "string" } : schemaFromType(wanted);
  if (Array.isArray(choices) && choices.every((one) => typeof one === "string"))
    return { schema: { type: "string", enum: choices, title: "Answer" } };
  if (type === "boolean" || type === "number" || type === "string") return { schema: { type, title: "Answer" } };
  return { schema: { type: "string", title: "Answer", description: "As JSON." }, isJson: true };
}

export type PersonDecision = WordedReply | "left" | "stale";

/** Sends what the person decided. `left`: they did not. `stale`: it does not wait any more. */
export async function sendDecision(
  { caller }: McpPorts,
  run: LoomRun,
  { reply }: AskedAbout,
  answer: FormAnswer,
): Promise<PersonDecision> {
  const { asked, run: state } = await momentsOf(run);
  const moment = [...asked.values()].find((one) => one.reply === reply);
  if (moment === undefined) return "stale";
  const by = { by: personName(caller) };
  const hash = hashIn(moment.reply);
  if (hash !== undefined) {
    if (answer.action === "decline") return run.reject("", { ...by, hash });
    const { decision, comment } = answer.action === "accept" ? answer.content : {};
    const said = typeof comment === "string" ? comment : "";
    if (decision === "approve") return run.approve(hash, { ...by, ...(said === "" ? {} : { comment: said }) });
    return decision === "reject" ? run.reject(said, { ...by, hash }) : "left";
  }
  const of = askedIn(moment);
  const work = of && findWork(state, of);
  if (of === undefined || work === undefined) return "left";
  const value = answerValue(answer, work);
  if (value === undefined) return "left";
  const { asking } = work;
  const place = {
    ...(of.item === undefined ? {} : { item: of.item }),
    ...(asking === undefined ? {} : { asked: asking.seq }),
  };
  return run.respond(of.step, value, { ...by, ...place });
}

function answerValue(answer: FormAnswer, work: Work): Json | undefined {
  if (answer.action === "decline") return work.asking?.declines === true ? { declined: true } : undefined;
  if (answer.action !== "accept") return undefined;
  return valueIn(answer.content["value"], fieldFor(typeAsked(work)).isJson === true);
}

function valueIn(given: Json | undefined, isJson: boolean): Json | undefined {
  if (!isJson || typeof given !== "string") return given;
  try {
    return JSON.parse(given) as Json;
  } catch {
    return given;
  }
}
