// The form of an entry of a trace: a step or item with its attempts, its turns and its result. Types only. The log fills
// an entry event by event, so the fields that change are not readonly.
import type { EvidenceFound } from "../plan/evidence.js";
import type { Json } from "../plan/json.js";
import type { Origin } from "../plan/origin.js";
import type { OutputVerdict } from "../run/event/judged.js";
import type { Usage } from "../plan/usage.js";
import type { FailureDocument } from "./failure-document.js";
import type { TextRead } from "./trace-texts.js";

export interface TraceAttempt {
  readonly attempt: number;
  /** The arguments, resolved. */
  readonly read: Json;
  /** Whole outputs of other steps that the model got, by step. */
  readonly context?: { readonly [step: string]: Json };
  readonly from: Origin;
  /** ms from the start of the run. */
  readonly startedAfter: number;
  /** ms; absent while it is running. It includes the time of `interrupted`. */
  took?: number;
  /**
   * Times without any event while it ran, each ended by a process that resumed the run. ms from the start of the run.
   */
  interrupted?: { readonly lastEventAfter: number; readonly resumedAfter: number }[];
  /**
   * Times in which a call waited for a person: for approval, or for the answer to a question of its tool. ms from the
   * start of the run; open while it waits.
   */
  waited?: {
    readonly tool: string;
    readonly question?: string;
    answer?: Json;
    /** Who gave the answer. */
    by?: string;
    readonly askedAfter: number;
    continuedAfter?: number;
  }[];
  /** Model calls that failed and were made again in their place. */
  turnsFailed?: { readonly turn: number; readonly error: FailureDocument; readonly reason: string }[];
  error?: FailureDocument;
  decision?: string;
  reason?: string;
  /** The output of the call, if it was refused. */
  refused?: Json;
}

/** A model turn or a tool call inside a step. */
export interface TraceTurn {
  readonly attempt: number;
  readonly name: string;
  readonly asked: Json;
  readonly answered: Json;
}

export interface TraceEntry {
  readonly step: string;
  readonly item?: number;
  readonly title: string;
  /**
   * Revision of the plan under which it began. A step that began before its plan was complete has that plan's revision.
   */
  revision: number;
  readonly attempts: TraceAttempt[];
  readonly turns: TraceTurn[];
  status: string;
  written?: Json;
  /** Texts of its model that were read as numbers or booleans. */
  textsRead?: readonly TextRead[];
  /** The tool's own line about its output. */
  summary?: string;
  /** Whether the output carries the evidence that the step wants. */
  evidence?: readonly EvidenceFound[];
  /** What the judge of an `expect` in prose said of its last output. */
  judged?: { readonly verdict: OutputVerdict; readonly text: string };
  /** Why it was skipped, or the result of a call in doubt. */
  note?: string;
  /** The run that made the call; this run only reused its result. */
  carried?: string;
  /** What its model used, the filling in of its arguments included. */
  usage?: Usage;
}
