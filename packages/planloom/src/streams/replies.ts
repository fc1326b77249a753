// The replies of a person in a front end, as commands to the run. In: a message of `useChat`, or the `resume` of an
// AG-UI request. Out: commands. They come from outside, so only what fits is taken; the run checks the rest.
import type { Json } from "../plan/json.js";
import { CALL_VERDICTS, type CallVerdict, type Command } from "../run/command.js";
import type { StepRef } from "../run/event.js";
import type { AskedMoment } from "./moments.js";

/** A command that answers a question of the run. `reply` is the name that the stream gave the question. */
export type ReplyCommand = Extract<Command, { type: "approve" | "reject" | "respond" | "settle" }> & {
  readonly reply: string;
};

/** What is read of a message of the AI SDK. Its parts are looked at one by one. */
export interface RepliedMessage {
  readonly role: string;
  readonly parts: readonly object[];
}

/** What is read of an entry of `resume` in an AG-UI request. */
export interface AgUiReply {
  readonly interruptId: string;
  readonly status: "resolved" | "cancelled";
  readonly payload?: unknown;
}

/**
 * The answers in the tool parts of a message: approvals (`addToolApprovalResponse`), answers to questions and settled
 * doubts (`addToolOutput`). Parts that hold no answer, and those of other tools, are passed over.
 */
export function uiReplies(message: RepliedMessage): readonly ReplyCommand[] {
  // It comes from a browser, so it may be anything.
  const { role, parts } = asRecord(message);
  return role === "assistant" && Array.isArray(parts) ? parts.flatMap((part) => partReply(asRecord(part))) : [];
}

/** The answers in the `resume` of an AG-UI request. */
export function agUiReplies(resume: readonly AgUiReply[]): readonly ReplyCommand[] {
  return Array.isArray(resume) ? resume.flatMap((entry) => resumeReply(asRecord(entry))) : [];
}

function resumeReply({ interruptId, status, payload }: Record<string, unknown>): readonly ReplyCommand[] {
  const { approved: said, comment } = asRecord(payload);
  const approved = status === "cancelled" ? false : said;
  if (hashIn(textOf(interruptId)) !== undefined)
    return typeof approved === "boolean" ? approvalReply(interruptId, approved, comment) : [];
  return status === "resolved" ? outputReply(interruptId, payload) : [];
}

function partReply({ state, approval, toolCallId, output, type }: Record<string, unknown>): readonly ReplyCommand[] {
  if (type !== "dynamic-tool") return [];
  if (state === "approval-responded") {
    const { id, approved, reason } = asRecord(approval);
    return typeof approved === "boolean" ? approvalReply(id, approved, reason) : [];
  }
  return state === "output-available" ? outputReply(toolCallId, output) : [];
}

const APPROVAL = /^\d+\.([0-9a-f]{64})$/;

/** The hash of the approval that a reply is about; undefined if it is about none. */
export const hashIn = (reply: string): string | undefined => APPROVAL.exec(reply)?.[1];

function approvalReply(id: unknown, approved: boolean, said: unknown): readonly ReplyCommand[] {
  const hash = hashIn(textOf(id));
  if (hash === undefined) return [];
  const comment = textOf(said);
  const reply = textOf(id);
  if (!approved) return [{ type: "reject", reply, hash, comment }];
  return [{ type: "approve", reply, hash, ...(comment === "" ? {} : { comment }) }];
}

const QUESTION = /^(ask|doubt):\d+:([^[\]:]+)(?:\[(\d+)\])?$/;

/** The step or item that a reply is about: ask answers its question, doubt settles its call. undefined: neither. */
export function questionIn(reply: string): { readonly about: "ask" | "doubt"; readonly ref: StepRef } | undefined {
  const [, about, step, item] = QUESTION.exec(reply) ?? [];
  if (step === undefined) return undefined;
  return {
    about: about === "ask" ? about : "doubt",
    ref: item === undefined ? { step } : { step, item: Number(item) },
  };
}

function outputReply(id: unknown, output: unknown): readonly ReplyCommand[] {
  const reply = textOf(id);
  const question = questionIn(reply);
  if (question === undefined || output === undefined) return [];
  const of = { reply, ...question.ref };
  if (question.about === "ask") return [{ type: "respond", ...of, value: output as Json }];
  const { verdict, output: value } = asRecord(output);
  if (!isVerdict(verdict)) return [];
  return [{ type: "settle", ...of, verdict, ...(value === undefined ? {} : { output: value as Json }) }];
}

/**
 * Whether the question that is answered has been asked again since. A front end sends its whole message each time, so
 * an answer to an earlier question comes again.
 */
export function isStale({ reply }: ReplyCommand, asked: Iterable<Pick<AskedMoment, "reply">>): boolean {
  const open = [...asked].map((moment) => moment.reply);
  return !open.includes(reply) && open.some((other) => withoutSeq(other) === withoutSeq(reply));
}

const withoutSeq = (reply: string): string => reply.replace(/\d+(?=[.:])/, "");

const isVerdict = (value: unknown): value is CallVerdict => (CALL_VERDICTS as readonly unknown[]).includes(value);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
