// What a person is asked, and the answers. In: a run's id and a command. Out: the run after it. Types of what waits.
import type { CallReview, PlanReview, WaitingEntry } from "planloom/streams";
import type { Json, RunDocument } from "planloom";
import { post, Problem } from "./client.js";

export type { CallReview, PlanReview, WaitingEntry } from "planloom/streams";
export type Review = PlanReview | CallReview;
/** The step of another run that a sub-plan is. */
export type Within = NonNullable<PlanReview["within"]>;
export type ReviewedStep = PlanReview["steps"][number];
export type ReviewedArgument = CallReview["arguments"][number];
export type Waiting<Kind extends WaitingEntry["kind"]> = Extract<WaitingEntry, { readonly kind: Kind }>;

export interface WaitingPart {
  readonly waits: readonly WaitingEntry[];
  readonly cursor: string | null;
}

export type PersonCommand =
  | {
      readonly type: "approve";
      readonly hash: string;
      readonly comment?: string;
      readonly calls?: boolean;
      readonly args?: { readonly [name: string]: Json };
      readonly rest?: "values" | "host";
    }
  | { readonly type: "reject"; readonly hash: string; readonly comment: string }
  | { readonly type: "edit"; readonly hash: string; readonly plan: string; readonly comment?: string }
  | {
      readonly type: "respond";
      readonly step: string;
      readonly item?: number;
      readonly value: Json;
      /** The question of a tool that is meant. */
      readonly asked?: number;
    }
  | {
      readonly type: "settle";
      readonly step: string;
      readonly item?: number;
      readonly verdict: string;
      readonly output?: Json;
    }
  | { readonly type: "pause"; readonly reason?: string }
  | { readonly type: "cancel"; readonly reason?: string; readonly hash?: string }
  | { readonly type: "resume" }
  | { readonly type: "goal"; readonly goal: string; readonly reason?: string }
  | {
      readonly type: "retry";
      readonly from?: string;
      readonly inputs?: { readonly [name: string]: Json };
      readonly plan?: string;
    };

type Approval = Extract<PersonCommand, { readonly type: "approve" }>;

export const runPath = (runId: string, rest = ""): string => `/v1/runs/${encodeURIComponent(runId)}${rest}`;

export const pageOfRun = (runId: string, rest = ""): string => `/runs/${encodeURIComponent(runId)}${rest}`;

export const pageOfReview = (runId: string, hash: string): string =>
  pageOfRun(runId, `/review/${encodeURIComponent(hash)}`);

export const sendCommand = (runId: string, command: PersonCommand): Promise<RunDocument> =>
  post<RunDocument>(runPath(runId, "/commands"), command);

/** Approves, and leaves the run paused: a run that is driven would start at once. A refused approval changes nothing. */
export async function approveOnly(runId: string, command: Approval): Promise<void> {
  const isPausedHere = await sendCommand(runId, { type: "pause", reason: "Approved only" }).then(() => true, wasPaused);
  try {
    await sendCommand(runId, command);
  } catch (error) {
    if (isPausedHere) await sendCommand(runId, { type: "resume" });
    throw error;
  }
}

/** The run was paused before. */
function wasPaused(error: unknown): false {
  if (error instanceof Problem && error.code === "ALREADY_PAUSED") return false;
  throw error;
}

/** Approves, and starts a run that is paused if the person may. */
export async function approved(runId: string, command: Approval, mayResume: boolean): Promise<void> {
  const run = await sendCommand(runId, command);
  if (run.status === "paused" && mayResume) await sendCommand(runId, { type: "resume" });
}
