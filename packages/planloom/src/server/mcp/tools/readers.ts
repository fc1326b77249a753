// The tools that only read. In: nothing. Out: `status`, `answer`, `list`. They read every run of the store.
import { z } from "zod";
import { documentOf, shownAnswer } from "../../../loom/document.js";
import { STATUS_FILTERS } from "../../../store/listing.js";
import { readableText } from "../../../plan/json.js";
import { visible } from "../../../plan/visible.js";
import { isEndedStatus } from "../../../run/status.js";
import { inRun, sentenceText } from "../../../words/action.js";
import { FIELD, onlyGiven } from "../../api/parts.js";
import { followRun } from "../following.js";
import { offeredTool } from "../offered-tool.js";
import { runResult } from "../run-result.js";
import { ANSWER_RESULT, LIST_RESULT, RUN_RESULT } from "../schemas.js";
import { mcpSurface } from "../surface-mcp.js";
import { wait } from "./starts.js";

const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

const status = offeredTool({
  name: "status",
  title: "Read how a run stands",
  description:
    "How far a run is, what waits for a person, and its answer once it has ended. With `wait`, it returns when the run " +
    "has stopped, or when the time is over. It changes nothing and asks nobody.",
  hints: READS,
  right: "read",
  input: z.strictObject({
    runId: FIELD.text,
    wait: wait.meta({ description: "Seconds to wait for the run to stop. Default: 0." }),
  }),
  output: RUN_RESULT,
  handle: async (ports, { runId, wait: seconds = 0 }) => {
    const run = await ports.loom.get(runId);
    if (seconds > 0) await followRun(ports, run, seconds * 1_000);
    return runResult(ports, run);
  },
});

const answer = offeredTool({
  name: "answer",
  title: "Read the answer of a run",
  description: "The whole answer of a run that has ended, however long it is.",
  hints: READS,
  right: "read",
  input: z.strictObject({ runId: FIELD.text }),
  output: ANSWER_RESULT,
  handle: async ({ loom, options }, { runId }) => {
    const surface = inRun(runId, mcpSurface(options));
    const document = documentOf(await loom.engine.load(runId), surface);
    const shown = shownAnswer(document);
    const { status: state, partial, report } = document;
    const next = isEndedStatus(state)
      ? (report?.next ?? "Give the answer to the person.")
      : sentenceText(["It has not ended. Ask with ", { action: "show" }, " and a `wait`."], surface);
    const text = shown === null ? `Run ${runId} is ${state} and has no answer. ${next}` : readableText(shown);
    const body = { ok: true, runId, status: state, answer: shown, ...onlyGiven({ partial }), next };
    return { kind: "result", body, text: visible(text) };
  },
});

const list = offeredTool({
  name: "list",
  title: "List runs",
  description: "The runs that this client has started, the newest first. With `others`, all runs of the store.",
  hints: READS,
  right: "read",
  input: z.strictObject({
    status: z.array(z.enum(STATUS_FILTERS)).optional().meta({ description: "Any of these. waiting: for a person." }),
    text: FIELD.text.optional().meta({ description: "A part of the goal or of the id. Ignores case." }),
    others: z.boolean().optional().meta({ description: "Also the runs of others, which can be read and not steered." }),
    limit: z.int().min(1).max(50).optional().meta({ description: "The most runs of this answer. Default: 20." }),
    cursor: FIELD.text.optional().meta({ description: "The `cursor` of the answer before, with the same filters." }),
  }),
  output: LIST_RESULT,
  handle: async ({ loom, caller }, { others = false, ...query }) => {
    const own = others ? {} : { tag: [caller.tag] };
    const { runs: found, cursor = null } = await loom.list({ limit: 20, ...own, ...onlyGiven(query) });
    const runs = found.map(({ runId, goal, status: state, updatedAt, unreadable }) => ({
      runId,
      goal,
      status: unreadable === undefined ? state : "unreadable",
      updatedAt: new Date(updatedAt).toISOString(),
    }));
    const lines = runs.map((run) => `${run.runId}  ${run.status}  ${run.goal}`);
    const text = lines.length === 0 ? "There are no such runs." : lines.join("\n");
    return { kind: "result", body: { ok: true, runs, cursor }, text: visible(text) };
  },
});

export const READ_TOOLS = [status, answer, list];
