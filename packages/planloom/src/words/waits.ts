// Words for a model call that waits for its endpoint. In: the reason and the time, as data. Out: one line.

import { LIMITS } from "../limits.js";

/**
 * Why a model call waits. rate-limit: the server refused a request because there were too many. busy: the server has too
 * much to do. starting: the server cannot be reached yet. loading: it loads its model. The others are settings of the
 * role.
 */
export type WaitReason =
  "rate-limit" | "busy" | "starting" | "loading" | "requestsPerMinute" | "tokensPerMinute" | "maxConcurrent";

export interface WaitParams {
  /** For people: host:port/path, or the name of a provider. */
  readonly endpoint: string;
  readonly why: WaitReason;
  /** How long until the call is looked at again. Absent: until another call of the endpoint ends. */
  readonly ms?: number;
}

/** "12 s: localhost:8000/v1 limits requests". */
export function waitText(wait: WaitParams): string {
  const { endpoint, why, ms } = wait;
  const span = spanText(longestWait(wait));
  const time = MOST_MS[why] !== undefined ? `up to ${span}` : ms === undefined ? "for another call" : span;
  return `${time}: ${REASONS[why](endpoint)}`;
}

/** ms; 0 if only another call decides it. */
export const longestWait = ({ why, ms = 0 }: WaitParams): number => MOST_MS[why] ?? ms;

/** How long calls have waited, by reason: "12 s (rate limit)". */
export function waitedText(waited: { readonly [why: string]: number }): string {
  return Object.entries(waited)
    .map(([why, ms]) => `${spanText(ms)} (${NAMES[why as WaitReason] ?? why})`)
    .join(", ");
}

/** Servers that are not there yet are asked again and again, for this time in all. */
const MOST_MS: { readonly [W in WaitReason]?: number } = {
  starting: LIMITS.serverStartMs,
  loading: LIMITS.modelLoadMs,
};

const REASONS: { readonly [W in WaitReason]: (endpoint: string) => string } = {
  "rate-limit": (endpoint) => `${endpoint} limits requests`,
  busy: (endpoint) => `${endpoint} is busy`,
  starting: (endpoint) => `${endpoint} cannot be reached yet`,
  loading: (endpoint) => `${endpoint} is loading its model`,
  requestsPerMinute: (endpoint) => `requestsPerMinute of ${endpoint} is reached`,
  tokensPerMinute: (endpoint) => `tokensPerMinute of ${endpoint} is reached`,
  maxConcurrent: (endpoint) => `maxConcurrent of ${endpoint} is reached`,
};

const NAMES: { readonly [W in WaitReason]: string } = {
  "rate-limit": "rate limit",
  busy: "server busy",
  starting: "server starting",
  loading: "server loading its model",
  requestsPerMinute: "requestsPerMinute",
  tokensPerMinute: "tokensPerMinute",
  maxConcurrent: "maxConcurrent",
};

const spanText = (ms: number): string => (ms < 950 ? `${Math.ceil(ms / 100) / 10} s` : `${Math.round(ms / 1000)} s`);
