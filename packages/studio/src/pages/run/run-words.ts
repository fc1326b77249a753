// The words of the head of a run. In: a view. Out: the gravest state, what waits, and the facts under the title. All
// figures come from the server.
import type { FactsView, RunView, WaitView } from "../../api/run-view.js";
import { isOver } from "../../api/run-over.js";
import { countText, moneyText } from "../../parts/money.js";
import { ASKS, statusState, type RunState } from "../../parts/run-state.js";
import { countdownText, durationText } from "../../parts/time-text.js";
import type { Chosen } from "./run-place.js";

/** Waits that a person can end, from the gravest. */
const GRAVEST = ["doubt", "unusable", "plan", "call", "question", "child"] as const;
type Asking = (typeof GRAVEST)[number];

const isAsking = (kind: WaitView["kind"]): kind is Asking => GRAVEST.some((one) => one === kind);

/** The id of the button "Review the plan". */
export const PLAN_ASK = "plan-ask";

/** What waits for a person, the gravest first. */
export function asksIn({ waits }: RunView): readonly WaitView[] {
  const asks = waits.filter(({ kind }) => isAsking(kind));
  const rank = ({ kind }: WaitView) => GRAVEST.findIndex((one) => one === kind);
  return asks.toSorted((a, b) => rank(a) - rank(b));
}

export function stateOf(view: RunView, now: number): RunState {
  const { status, rows } = view;
  const skipped = rows.filter((row) => row.kind === "step" && row.status === "skipped").length;
  if (status === "completed" && skipped > 0) return { ...statusState(status), word: `Done, ${skipped} skipped` };
  if (isOver(view) || status === "paused") return statusState(status);
  const [ask] = asksIn(view);
  if (ask !== undefined && isAsking(ask.kind)) return ask.kind === "child" ? ASKS.below : ASKS[ask.kind];
  return retryingState(view, now) ?? statusState(status);
}

/** Only if nothing else goes on. */
function retryingState({ rows }: RunView, now: number): RunState | undefined {
  if (rows.some(({ status }) => status === "running")) return undefined;
  const times = rows.flatMap(({ status, retryAt }) => (status === "retrying" && retryAt ? [Date.parse(retryAt)] : []));
  if (times.length === 0) return undefined;
  const left = Math.min(...times) - now;
  const word = left > 0 ? `Retrying in ${countdownText(left)}` : "Retrying";
  return { shape: "retrying", word, asks: false };
}

export interface Fact {
  readonly name: string;
  readonly says: string;
  readonly more?: string;
  /** The step that it is about. */
  readonly about?: Chosen;
}

/** Five facts, always the same five, so a reader finds each at its place. */
export function factsOf(view: RunView): readonly Fact[] {
  const { facts } = view;
  return [failedFirst(facts), slowest(view), most(facts), replans(facts), costOrWaits(view)];
}

function failedFirst({ failedFirst: first }: FactsView): Fact {
  const name = "Failed first";
  if (first === undefined) return { name, says: "Nothing" };
  const { key, item, title, line } = first;
  const says = item === undefined ? title : `${title}, item ${item + 1}`;
  return { name, says, more: line, about: { key, ...(item === undefined ? {} : { item }) } };
}

function slowest(view: RunView): Fact {
  const { slowest: slow } = view.facts;
  const name = isOver(view) ? "Slowest" : "Slowest so far";
  if (slow === undefined) return { name, says: "No step yet" };
  const more = `${durationText(slow.ms)} of ${durationText(view.axis.endMs)}`;
  return { name, says: slow.title, more, about: { key: slow.key } };
}

/** Most money, or most tokens while the cost is not known. */
function most({ mostCost, mostTokens, cost, tokens }: FactsView): Fact {
  if (mostCost !== undefined && cost.costUsd !== null) {
    const more = `${moneyText(mostCost.costUsd)} of ${moneyText(cost.costUsd)}`;
    return { name: "Cost most", says: mostCost.title, more, about: { key: mostCost.key } };
  }
  const name = "Most tokens";
  if (mostTokens === undefined) return { name, says: "None", more: "no model was asked" };
  const all = totalTokens(tokens);
  const more = `${countText(mostTokens.tokens)}${all === null ? " tokens" : ` of ${countText(all)}`}`;
  return { name, says: mostTokens.title, more, about: { key: mostTokens.key } };
}

const totalTokens = ({ input, output }: FactsView["tokens"]): number | null =>
  input === null || output === null ? null : input + output;

function replans({ replans: { count, allowed, reasons } }: FactsView): Fact {
  const why = reasons.at(-1)?.text;
  const of = allowed === 0 ? "none is allowed" : `of ${allowed} allowed`;
  if (count === 0) return { name: "Replans", says: "None", more: of };
  return { name: "Replans", says: `${count} ${of}`, ...(why === undefined ? {} : { more: why }) };
}

function costOrWaits(view: RunView): Fact {
  const asks = isOver(view) ? [] : asksIn(view);
  if (asks.length > 0) {
    const titles = asks.map(({ title }) => title);
    const name = "Waiting for you";
    if (asks.length === 1) return { name, says: titles[0]! };
    return { name, says: countText(asks.length), more: titles.slice(0, 2).join(", ") };
  }
  return costFact(view.facts);
}

function costFact({ cost: { costUsd, text }, executors = {} }: FactsView): Fact {
  const says = costUsd === null ? "Not known" : moneyText(costUsd);
  // The words begin with the same figure.
  const why = costUsd === null ? text.replace(/^not known: /u, "") : text.replace(says.replaceAll("\u00a0", " "), "");
  const more = [why.trim(), ...Object.entries(executors).map(executorText)].filter((part) => part !== "").join(" · ");
  return { name: "Cost", says, ...(more === "" ? {} : { more }) };
}

/** `researcher: $0.02, 3 calls` */
function executorText([name, { calls, costUsd }]: [string, NonNullable<FactsView["executors"]>[string]]): string {
  const said = `${countText(calls)} ${calls === 1 ? "call" : "calls"}`;
  return costUsd === null ? `${name}: ${said}` : `${name}: ${moneyText(costUsd)}, ${said}`;
}

/** How long it took, or takes, beside its estimate. */
export function timeText(view: RunView, elapsedMs: number): string {
  const { estimateMs } = view.facts;
  if (isOver(view)) {
    const told = estimateMs === undefined ? "" : `, estimated ${durationText(estimateMs)}`;
    return `in ${durationText(elapsedMs)}${told}`;
  }
  // How long a person takes is not known.
  const left = asksIn(view).length > 0 ? 0 : (estimateMs ?? 0) - elapsedMs;
  return `${durationText(elapsedMs)}${left > 0 ? `, about ${countdownText(left)} left` : ""}`;
}

/** Tokens and calls, when a model was asked. */
export function tokensText({ facts: { tokens } }: RunView): string | undefined {
  if (tokens.calls === 0) return undefined;
  const all = totalTokens(tokens);
  const calls = `${countText(tokens.calls)} call${tokens.calls === 1 ? "" : "s"}`;
  return all === null ? `tokens not known, ${calls}` : `${countText(all)} tokens in ${calls}`;
}
