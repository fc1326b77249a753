// The state of a run as the result of a tool. In: a run. Out: data that fits RUN_RESULT, and the same in a short text:
// what happened, what waits for whom, and what to do next.
import type { CallReview } from "../../loom/review/call-review.js";
import type { WaitingChild } from "../../loom/child-document.js";
import { documentOf, shownAnswer, type RunDocument, type WaitingDocument } from "../../loom/document.js";
import type { LoomRun } from "../../loom/loom-run.js";
import type { PlanReview } from "../../loom/review/plan-review.js";
import { LIMITS } from "../../limits.js";
import { readableText, sizeOf } from "../../plan/json.js";
import { visible } from "../../plan/visible.js";
import { isEndedStatus } from "../../run/status.js";
import { stepRef } from "../../run/step-ref.js";
import { inRun, sentenceText, type Action, type Sentence } from "../../words/action.js";
import { counted } from "../../words/phrases.js";
import type { McpOptions, McpOutcome, McpPorts } from "./offered-tool.js";
import { estimateText, reviewInFull } from "./review-text.js";
import { mcpSurface } from "./surface-mcp.js";

type Review = PlanReview | CallReview;

/** `note`: what the caller is told first. */
export async function runResult(ports: McpPorts, run: LoomRun, note = ""): Promise<McpOutcome> {
  const document = documentOf(await ports.loom.engine.load(run.id), mcpSurface(ports.options));
  const { waiting } = document;
  const reviews = await Promise.all((waiting?.approvals ?? []).map(({ hash }) => run.review(hash)));
  const plan = reviews.find((review) => review.kind === "plan");
  const next = sentenceText(nextOf(document), inRun(run.id, mcpSurface(ports.options)));
  const body = {
    ok: true,
    runId: run.id,
    status: document.status,
    success: document.success,
    goal: document.goal,
    stepsTotal: document.stepsTotal,
    stepsCompleted: document.stepsCompleted,
    steps: document.steps.slice(0, LIMITS.mcpSteps).map(({ id, title, status }) => ({ id, title, status })),
    ...(plan === undefined ? {} : { plan: planPart(plan) }),
    ...(waiting === undefined ? {} : { waiting: waitingPart(ports.options, run.id, waiting, reviews) }),
    ...(isEndedStatus(document.status) ? { answer: isShort(document) ? shownAnswer(document) : null } : {}),
    ...(document.error === undefined ? {} : { failure: failurePart(document.error) }),
    next,
  };
  return { kind: "result", body, text: visible(resultText(document, reviews, note, next)) };
}

const failurePart = ({ code, message }: NonNullable<RunDocument["error"]>) => ({ code, message });

const isShort = (document: RunDocument): boolean =>
  sizeOf(shownAnswer(document), LIMITS.mcpAnswerChars) <= LIMITS.mcpAnswerChars;

const planPart = (review: PlanReview) => {
  const { revision, hash, lead, acts, estimate } = review;
  return { revision, hash, lead, text: reviewInFull(review), acts, ...(estimate === undefined ? {} : { estimate }) };
};

function waitingPart(options: McpOptions, runId: string, waiting: WaitingDocument, reviews: readonly Review[]): object {
  const decided = (action: Action, hash?: string) => ({
    ...linkOf(options, runId, hash),
    command: options.person({ runId, ...action } as Action),
  });
  return {
    approvals: waiting.approvals.map(({ hash, reason, expiresAt, tool, subject }, index) => ({
      of: subject === "plan" ? "plan" : "call",
      hash,
      reason,
      text: reviewInFull(reviews[index]!),
      expiresAt,
      ...(tool === undefined ? {} : { tool }),
      ...(subject === "plan" ? {} : { step: (subject as { readonly step: string }).step }),
      ...decided({ action: "approve", hash }, hash),
    })),
    questions: waiting.questions.map((one) => ({ ...one, ...decided({ action: "respond", ...stepRef(one) }) })),
    doubts: [
      ...waiting.unknown.map((one) => ({
        ...stepRef(one),
        tool: one.tool,
        text: `Nobody knows whether this call acted. ${one.error}`,
        ...decided({ action: "settle", ...stepRef(one) }),
      })),
      ...waiting.unusable.map((one) => ({
        ...stepRef(one),
        tool: one.tool,
        text: `This call acted, and its output cannot be used. ${one.error}`,
        ...decided({ action: "settle", unusable: true, ...stepRef(one) }),
      })),
      ...[waiting.undoing ?? []].flat().map((one) => ({
        ...stepRef(one),
        tool: one.tool,
        text: `This call could not be undone. ${one.error ?? ""} ${one.next}`,
        ...linkOf(options, runId),
      })),
    ],
    ...(waiting.children === undefined ? {} : { subPlans: waiting.children.map(subPlanPart(options)) }),
  };
}

const subPlanPart =
  (options: McpOptions) =>
  ({ runId, waits, ...of }: WaitingChild) => ({
    ...stepRef(of),
    runId,
    status: waits,
    ...linkOf(options, runId),
  });

function linkOf({ studio }: McpOptions, runId: string, hash?: string): { readonly link?: string } {
  if (studio === undefined) return {};
  const page = `${studio.replace(/\/+$/u, "")}/runs/${encodeURIComponent(runId)}`;
  return { link: hash === undefined ? page : `${page}/review/${hash}` };
}

function nextOf({ status, report, waiting, answer }: RunDocument): Sentence {
  if (status === "completed")
    return answer === null
      ? ["The run has no answer."]
      : ["Give the answer to the person: ", { action: "answer" }, " has all of it."];
  if (report !== undefined) return [report.next];
  if (waiting === undefined)
    return ["Ask again with ", { action: "show" }, " and a `wait` in seconds; it returns when the run has stopped."];
  const [below] = waiting.children ?? [];
  const own = waiting.approvals.length + waiting.questions.length + waiting.unknown.length + waiting.unusable.length;
  if (below !== undefined && own === 0)
    return ["A sub-plan waits for a person. ", { action: "show", runId: below.runId }, " says for what."];
  return [
    ...(waiting.approvals.length > 0
      ? ([
          "A person decides. The tool `approve` asks them where the client can; else they use ",
          { action: "approve" },
        ] as const)
      : waiting.questions.length > 0
        ? ([
            "A person answers. The tool `respond` asks them where the client can; else they use ",
            { action: "respond" },
          ] as const)
        : (["A person says what became of the call, with ", { action: "settle" }] as const)),
    ". Then ask with ",
    { action: "show" },
    " and a `wait`.",
  ];
}

function resultText(document: RunDocument, reviews: readonly Review[], note: string, next: string): string {
  const { runId, status, stepsCompleted, stepsTotal, error, waiting } = document;
  const steps = stepsTotal === 0 ? "" : ` ${stepsCompleted} of ${counted(stepsTotal, "step")} done.`;
  const plan = reviews.find((review) => review.kind === "plan");
  return [
    ...(note === "" ? [] : [note]),
    `Run ${runId} is ${status}.${steps}`,
    ...(plan === undefined
      ? []
      : [`Plan ${plan.hash}: ${plan.lead}${plan.estimate === undefined ? "" : ` ${estimateText(plan.estimate)}.`}`]),
    ...reviews.filter(({ kind }) => kind === "call").map(({ hash, reason }) => `A call waits under ${hash}: ${reason}`),
    ...(waiting?.questions ?? []).map(({ step, question }) => `Step ${step} asks: ${question}`),
    ...(waiting?.children ?? []).map(({ step, runId: id }) => `Step ${step} waits in its sub-plan, run ${id}`),
    ...(error === undefined ? [] : [`${error.code}: ${error.message}`]),
    ...(isEndedStatus(status) && shownAnswer(document) !== null
      ? [
          isShort(document)
            ? `Answer:\n${readableText(shownAnswer(document))}`
            : "The answer is long: read it with the tool `answer`.",
        ]
      : []),
    `Next: ${next}`,
  ].join("\n");
}
