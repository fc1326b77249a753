// The tools that decide what waits, or have a person decide it. In: nothing. Out: `approve`, `reject`, `respond`, `cancel`.
import { z } from "zod";
import type { LoomRun } from "../../../loom/loom-run.js";
import { wordedRefusal, type WordedReply } from "../../../loom/worded-reply.js";
import type { Refusal } from "../../../run/refusal.js";
import type { PersonsPart } from "../../../words/errors/tool-callers.js";
import { PlanloomError } from "../../../words/planloom-error.js";
import { FIELD, onlyGiven } from "../../api/parts.js";
import type { AskedFor } from "../asking.js";
import { offeredTool, type McpOutcome, type McpPorts } from "../offered-tool.js";
import { modelName, ownRun } from "../own-runs.js";
import { refusedCommand } from "../result.js";
import { RUN_RESULT } from "../schemas.js";
import { askedAbout, steered, waitMsOf } from "../steering.js";
import { wait } from "./starts.js";

const runId = FIELD.text.meta({ description: "The run." });
const hash = FIELD.text.meta({ description: "The hash of what is meant, as it stands under `waiting.approvals`." });
const comment = FIELD.text.meta({ description: "Why, in words: for the log." });

const approve = offeredTool({
  name: "approve",
  title: "Have a plan or a call approved",
  description:
    "Asks a person, through the client, to approve or reject what waits under a hash, and then follows the run. The " +
    "person sees all of it. You cannot approve it yourself, unless the operator of the server allows that.",
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  right: "approve",
  input: z.strictObject({ runId, hash, comment: comment.optional(), wait }),
  output: RUN_RESULT,
  handle: async (ports, { runId: id, hash: meant, comment: said, wait: seconds }) => {
    const run = await ownRun(ports.loom, ports.caller, id);
    const waitMs = waitMsOf(seconds);
    if (ports.options.mayApprove) {
      // No person has seen what the plan says.
      const given = { by: modelName(ports.caller), ...onlyGiven({ comment: said }) };
      return obeyed(ports, run, await run.approve(meant, { ...given, unseen: true }), waitMs);
    }
    const of: PersonsPart = { of: "approval", runId: id, hash: meant };
    return asked(ports, run, waitMs, { hash: meant }, of);
  },
});

const reject = offeredTool({
  name: "reject",
  title: "Reject a plan or a call",
  description:
    "Rejects what waits under a hash. After a rejected plan, another one is written with your comment. A rejected call is " +
    "not made. Nothing acts because of a rejection.",
  hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  right: "approve",
  input: z.strictObject({
    runId,
    hash,
    comment: FIELD.text.meta({ description: "What should change. The planner reads it after a rejected plan." }),
    wait,
  }),
  output: RUN_RESULT,
  handle: async (ports, { runId: id, hash: meant, comment: said, wait: seconds }) => {
    const run = await ownRun(ports.loom, ports.caller, id);
    const reply = await run.reject(said, { by: modelName(ports.caller), hash: meant });
    return obeyed(ports, run, reply, waitMsOf(seconds));
  },
});

const respond = offeredTool({
  name: "respond",
  title: "Have a question answered",
  description:
    "Asks a person, through the client, the question of a step that waits, and then follows the run. Leave `value` out: " +
    "you can answer yourself only if the operator of the server allows that.",
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  right: "approve",
  input: z.strictObject({
    runId,
    step: FIELD.step,
    item: FIELD.item.optional(),
    value: FIELD.anyJson.optional().meta({ description: "The answer. Only where callers may decide." }),
    wait,
  }),
  output: RUN_RESULT,
  handle: async (ports, { runId: id, step, item, value, wait: seconds }) => {
    const run = await ownRun(ports.loom, ports.caller, id);
    const waitMs = waitMsOf(seconds);
    const place = onlyGiven({ item });
    const of: PersonsPart = { of: "question", runId: id, step, ...place };
    if (value === undefined) return asked(ports, run, waitMs, { step, ...place }, of);
    if (!ports.options.mayApprove) throw new PlanloomError("PERSON_DECIDES", of);
    return obeyed(ports, run, await run.respond(step, value, { by: modelName(ports.caller), ...place }), waitMs);
  },
});

const cancel = offeredTool({
  name: "cancel",
  title: "Cancel a run",
  description: "Ends a run. What its calls did stays, unless the run is set to undo it (`onFailure: compensate`).",
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  right: "all",
  input: z.strictObject({ runId, reason: comment.optional(), wait }),
  output: RUN_RESULT,
  handle: async (ports, { runId: id, reason, wait: seconds }) => {
    const run = await ownRun(ports.loom, ports.caller, id);
    return obeyed(ports, run, await run.cancel(reason, { by: modelName(ports.caller) }), waitMsOf(seconds));
  },
});

/** Throws PERSON_DECIDES if no person can be asked here, and the refusal of what does not wait. */
async function asked(
  ports: McpPorts,
  run: LoomRun,
  waitMs: number,
  of: AskedFor,
  choice: PersonsPart,
): Promise<McpOutcome> {
  const question = await askedAbout(ports, run, waitMs, of);
  if (question !== undefined) return question;
  const refused = await whyNotOpen(run, of);
  if (refused !== undefined) throw refusedCommand(wordedRefusal({ ok: false, ...refused }, run.id), run.id);
  // The caller may answer, and did not.
  if (ports.options.mayApprove)
    throw new PlanloomError("REQUEST_INVALID", { part: "arguments", faults: [{ at: "/value", is: "missing" }] });
  throw new PlanloomError("PERSON_DECIDES", choice);
}

/** undefined: it waits. */
async function whyNotOpen(
  run: LoomRun,
  { hash: meant, step: named = "", item }: AskedFor,
): Promise<Refusal | undefined> {
  const { waiting, steps } = await run.document();
  if (meant !== undefined) {
    const hashes = (waiting?.approvals ?? []).map((one) => one.hash);
    return hashes.includes(meant) ? undefined : { code: "STALE_HASH", params: { hash: meant, waiting: hashes } };
  }
  if ((waiting?.questions ?? []).some((one) => one.step === named && one.item === item)) return undefined;
  const place = { step: named, ...onlyGiven({ item }) };
  const found = steps.find(({ id }) => id === named);
  const status = item === undefined ? found?.status : found?.items?.[item]?.status;
  return status === undefined
    ? { code: "UNKNOWN_STEP", params: place }
    : { code: "NOT_ASKED", params: { ...place, status } };
}

async function obeyed(ports: McpPorts, run: LoomRun, reply: WordedReply, waitMs: number): Promise<McpOutcome> {
  if (!reply.ok) throw refusedCommand(reply, run.id);
  return steered(ports, run, waitMs);
}

export const DECISION_TOOLS = [approve, reject, respond, cancel];
