// The line under the title of a step, an item or a phase. In: its state and facts as data. Out: one line, which begins
// with the word of the state. Times that go on are not in it: a surface words them.
import { beginning } from "../beginning.js";
import type { Json } from "../plan/json.js";
import { visible } from "../plan/visible.js";
import type { ChildWait } from "../run/event/child.js";
import type { Failure } from "../run/failure.js";
import type { Reason } from "../run/reason.js";
import type { RoundsStand } from "../run/rounds.js";
import type { RowStatus } from "../run/view/row-status.js";
import { failureText } from "./failures.js";
import { andList, counted, withMore } from "./phrases.js";
import { roundsText } from "./rounds.js";
import { reasonText } from "./reasons.js";

/** Facts of a row. Each is absent if it says nothing. */
export interface RowFacts {
  readonly status: RowStatus;
  /** It has not started. */
  readonly unbegun?: true;
  /** Ids of steps that it still waits for. */
  readonly needs?: readonly string[];
  /** Number of the attempt, and how many there may be. */
  readonly attempt?: number;
  readonly attempts?: number;
  readonly tool?: string;
  /** An agent step, with the number of its turns. */
  readonly turns?: number;
  readonly agent?: true;
  /** A run of its own does the step. */
  readonly subPlan?: true;
  /** Why that run does not go on by itself. */
  readonly below?: ChildWait;
  readonly items?: { readonly total: number; readonly done: number };
  /** The rounds of a step with `repeat`. */
  readonly rounds?: RoundsStand;
  /** For a round: whether `until` is true of its output. */
  readonly met?: boolean;
  readonly queuedBefore?: number;
  /** The tool's own line, or else the output. */
  readonly summary?: string;
  readonly output?: Json;
  readonly error?: Failure;
  readonly reason?: Reason;
  /** What a person is asked: to approve a call, or a question in its own words. */
  readonly asks?: { readonly call: string } | { readonly question: string };
  /** The tool is being asked whether its call acted. */
  readonly reconciles?: true;
  /** The output is that of an earlier call: of another run, or of this one. */
  readonly reused?: string | true;
}

const MOST_CHARS = 160;
const MOST_NAMES = 3;

/** Text of others as one line. */
export const cutLine = (text: string, most = MOST_CHARS): string => {
  const line = visible((text.split(/\r?\n/, 1)[0] ?? "").replace(/\s+/g, " ").trim());
  return line.length <= most ? line : `${beginning(line, most - 1)}…`;
};

const joined = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== "").join(" · ");

export function rowLine(facts: RowFacts): string {
  return LINES[facts.status](facts);
}

const LINES: { readonly [status in RowStatus]: (facts: RowFacts) => string } = {
  planned: ({ needs }) => joined(["not started", needsText(needs)]),
  queued: ({ queuedBefore }) => (queuedBefore === undefined ? "queued" : `queued, ${queuedBefore} ahead`),
  running: (facts) => joined(["running", attemptOf(facts), progressText(facts)]),
  waiting: ({ asks, below }) => joined(["waits for you", below === undefined ? asks && askText(asks) : BELOW[below]]),
  retrying: (facts) => joined(["retrying", attemptOf(facts), facts.error?.code]),
  done: (facts) => joined(["done", attemptAlone(facts), doerText(facts), verdictText(facts), resultText(facts)]),
  failed: ({ error }) => joined(["failed", error && cutLine(failureText(error))]),
  skipped: ({ reason }) => joined(["skipped", reason && cutLine(reasonText(reason))]),
  unknown: ({ tool, reconciles }) =>
    joined(["unknown outcome", reconciles === true ? "its tool is being asked" : tool && `of ${tool}`]),
  unusable: ({ tool }) => joined(["waits for you", `${tool ?? "its call"} acted, and its output cannot be used`]),
  undone: ({ tool }) => joined(["undone", tool && `what ${tool} did`]),
  cancelled: ({ unbegun, needs, reason }) =>
    joined([
      "cancelled",
      unbegun === true ? (needsText(needs) ?? "not started") : reason && cutLine(reasonText(reason)),
    ]),
  paused: () => "paused",
};

/** What a person does about a sub-plan that does not go on by itself. */
export const BELOW: { readonly [waits in ChildWait]: string } = {
  "awaiting-approval": "approve in its sub-plan",
  "needs-attention": "answer in its sub-plan",
  paused: "its sub-plan is paused",
};

function needsText(needs: readonly string[] = []): string | undefined {
  if (needs.length === 0) return undefined;
  if (needs.length <= MOST_NAMES) return `needs ${andList(needs)}`;
  return `needs ${withMore(needs.slice(0, MOST_NAMES), needs.length - MOST_NAMES)}`;
}

const attemptOf = ({ attempt = 1, attempts }: RowFacts): string | undefined =>
  attempt < 2
    ? undefined
    : `attempt ${attempt}${attempts === undefined || attempts < attempt ? "" : ` of ${attempts}`}`;

const attemptAlone = ({ attempt = 1 }: RowFacts): string | undefined =>
  attempt < 2 ? undefined : `attempt ${attempt}`;

function progressText({ items, rounds, turns, agent, subPlan, tool }: RowFacts): string | undefined {
  if (rounds !== undefined) return `round ${rounds.round} of ${rounds.of}`;
  if (items !== undefined) return `${items.done} of ${counted(items.total, "item")}`;
  if (agent === true) return turns === undefined ? "agent" : `turn ${turns}`;
  return subPlan === true ? "sub-plan" : tool;
}

const verdictText = ({ met }: RowFacts): string | undefined =>
  met === undefined ? undefined : met ? "good enough" : "not yet";

function doerText({ items, rounds, turns, agent, subPlan, tool, asks }: RowFacts): string | undefined {
  const direct = subPlan === true ? "sub-plan" : tool;
  const doer = agent === true ? `agent${turns === undefined ? "" : `, ${counted(turns, "turn")}`}` : direct;
  const each = rounds === undefined ? items && `for each of ${items.total}` : roundsText(rounds);
  return joined([each, doer ?? (asks === undefined ? undefined : "answered")]);
}

function resultText({ reused, summary, output }: RowFacts): string | undefined {
  if (reused === true) return "reused: this run had made the call before";
  if (reused !== undefined) return `reused from run ${reused}`;
  return summary === undefined ? outputText(output) : cutLine(summary, 80);
}

/** A value in a few words; undefined for a record. */
function outputText(output: Json | undefined): string | undefined {
  if (Array.isArray(output)) return counted(output.length, "value");
  if (typeof output === "string") return cutLine(output, 60);
  return typeof output === "number" || typeof output === "boolean" ? String(output) : undefined;
}

const askText = (asks: NonNullable<RowFacts["asks"]>): string =>
  "call" in asks ? `approve the call of ${cutLine(asks.call, 60)}` : cutLine(asks.question);
