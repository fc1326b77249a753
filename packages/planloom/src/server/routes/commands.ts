// Commands to a run over HTTP. In: nothing. Out: a route. The author of a command is the name of the caller's token.
import { z } from "zod";
import { LIMITS } from "../../limits.js";
import type { LoomRun, SendOptions } from "../../loom/loom-run.js";
import type { TokenRight } from "../../loom/handler-options.js";
import type { WordedRefusal, WordedReply } from "../../loom/worded-reply.js";
import { CALL_VERDICTS } from "../../run/command.js";
import { FIELD, onlyGiven } from "../api/parts.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";
import { runDocument } from "../documents.js";
import { commandProblem, problemResponse } from "../problem.js";
import { surfaceFor } from "../surface-studio.js";
import { retryFields } from "./again.js";

const hash = FIELD.text.meta({ description: "The hash of what is meant, as it stands under `waiting.approvals`." });
const comment = FIELD.text.meta({ description: "In words: for the log." });
const reason = comment.optional();

const again = {
  inputId: z
    .string()
    .min(1, "a text of 1 to 200 characters")
    .max(LIMITS.nameChars, "a text of 1 to 200 characters")
    .optional()
    .meta({
      description: "An id of your own. The same command with the same id is obeyed once, and answered the same.",
    }),
};

const COMMANDS = [
  z.strictObject({
    ...again,
    type: z.literal("approve"),
    hash,
    comment: comment.optional(),
    calls: z
      .boolean()
      .optional()
      .meta({ description: "For a plan: also its calls whose arguments are written in it." }),
    args: FIELD.record.optional().meta({ description: "For one call: all arguments that it gets instead." }),
    rest: z
      .enum(["values", "host"])
      .optional()
      .meta({ description: "For a call of an agent step: later calls like it." }),
  }),
  z.strictObject({
    ...again,
    type: z.literal("reject"),
    comment: FIELD.text.meta({ description: "What should change. The planner reads it after a rejected plan." }),
    hash: hash.optional(),
  }),
  z.strictObject({
    ...again,
    type: z.literal("edit"),
    plan: FIELD.plan,
    hash: hash.optional(),
    comment: comment.optional(),
  }),
  z.strictObject({
    ...again,
    type: z.literal("respond"),
    step: FIELD.step,
    item: FIELD.item.optional(),
    value: FIELD.anyJson,
    asked: z
      .int()
      .min(1)
      .optional()
      .meta({ description: "The question of a tool that is meant, as `waiting.questions` names it." }),
  }),
  z.strictObject({
    ...again,
    type: z.literal("settle"),
    step: FIELD.step,
    item: FIELD.item.optional(),
    verdict: z.enum(CALL_VERDICTS),
    output: FIELD.anyJson.optional().meta({ description: "The output, for `happened` and `use`." }),
  }),
  z.strictObject({ ...again, type: z.literal("pause"), reason }),
  z.strictObject({
    ...again,
    type: z.literal("resume"),
    takeOver: z.boolean().optional().meta({ description: "Also from a process that is alive." }),
  }),
  z.strictObject({ ...again, type: z.literal("goal"), goal: FIELD.text, reason }),
  z.strictObject({
    ...again,
    type: z.literal("cancel"),
    reason,
    hash: FIELD.text
      .optional()
      .meta({ description: "A plan that waits, and is denied: the run ends only if that plan still waits." }),
    compensate: z
      .boolean()
      .optional()
      .meta({ description: "Whether the calls that acted are undone. Default: as `onFailure` of the run says." }),
  }),
  z.strictObject({
    ...again,
    type: z.literal("compensate"),
    reason,
    hash: FIELD.text
      .optional()
      .meta({ description: "That of the preview: a person saw these calls, and approves the undoing of each." }),
  }),
  z.strictObject({ ...again, type: z.literal("retry"), ...retryFields }),
  z.strictObject({ ...again, type: z.literal("answer") }),
] as const;

const body = z.discriminatedUnion("type", COMMANDS);

type Sent = z.output<typeof body>;

type Command = Sent extends infer One ? (One extends Sent ? Omit<One, "inputId"> : never) : never;

async function sent(run: LoomRun, command: Command, options: SendOptions): Promise<WordedReply> {
  switch (command.type) {
    case "approve": {
      const { type: _type, hash: approved, ...more } = command;
      return run.approve(approved, { ...options, ...onlyGiven(more) });
    }
    case "reject":
      return run.reject(command.comment, { ...options, ...onlyGiven({ hash: command.hash }) });
    case "edit":
      return run.edit(command.plan, { ...options, ...onlyGiven({ hash: command.hash, comment: command.comment }) });
    case "respond":
      return run.respond(command.step, command.value, {
        ...options,
        ...onlyGiven({ item: command.item, asked: command.asked }),
      });
    case "settle": {
      const { item: at, output } = command;
      return run.settle(command.step, command.verdict, { ...options, ...onlyGiven({ item: at, output }) });
    }
    case "pause":
      return run.pause(command.reason, options);
    case "resume":
      await run.resume(undefined, { ...options, ...onlyGiven({ takeOver: command.takeOver }) });
      return { ok: true };
    case "goal":
      return run.changeGoal(command.goal, { ...options, ...onlyGiven({ reason: command.reason }) });
    case "cancel":
      return run.cancel(command.reason, {
        ...options,
        ...onlyGiven({ hash: command.hash, compensate: command.compensate }),
      });
    case "compensate":
      return run.compensate({ ...options, ...onlyGiven({ hash: command.hash, reason: command.reason }) });
    case "retry": {
      const { type: _type, ...more } = command;
      return run.retry({ ...options, ...onlyGiven(more) });
    }
    case "answer":
      return run.answerPartly(options);
  }
}

/** What was looked at is not what waits: the difference of the two plans. */
async function changedSince(run: LoomRun, { code, params = {} }: WordedRefusal): Promise<object> {
  const { revision } = params;
  if (code !== "STALE_HASH" || typeof revision !== "number") return {};
  const { plan: current } = await run.document();
  return current === null || current.revision === revision ? {} : { diff: await run.diff(revision, current.revision) };
}

/** Commands that answer what waits. An edit is none: it replaces the plan. To deny a plan ends its run. */
const rightOf = (given: Sent): TokenRight =>
  ["approve", "reject", "respond", "settle"].includes(given.type) ||
  (given.type === "cancel" && given.hash !== undefined)
    ? "approve"
    : "all";

const command = route({
  method: "post",
  path: "/v1/runs/{id}/commands",
  id: "sendCommand",
  summary: "Send a command to a run",
  description:
    "The log names the caller's token as the author. An approval names the hash of what was looked at. If that is not " +
    "what waits any more, the answer is 409 STALE_HASH. `approve`, `reject`, `respond`, `settle`, and `cancel` with a " +
    "`hash`, need the right `approve`; the others need `all`.",
  right: "approve",
  rightOf,
  body,
  example: { type: "approve", hash: "sha256:…" },
  answers: { 200: { description: "The run after the command.", schema: "Run" } },
  problems: [404, 409, 422],
  handle: async (loom, { params: { id }, body: { inputId, ...given }, caller, request }) => {
    const surface = surfaceFor(request);
    const run = await loom.get(id);
    const reply = await sent(run, given, { by: caller.name, ...onlyGiven({ inputId }) });
    if (reply.ok) return jsonAnswer(await runDocument(loom, id, surface));
    return problemResponse(commandProblem(reply, id, surface, await changedSince(run, reply)));
  },
});

export const COMMAND_ROUTES = [command] as const;
