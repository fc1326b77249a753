// The port of back-pressure: it says when a request may be sent to an endpoint. In: requests, their ends, and refusals
// of a server. Out: permits. All calls of an endpoint share one limiter; an implementation may also share it between
// processes. memory-limiter.ts is the default.

import type { WaitReason } from "../words/waits.js";

/** Why a server refused a request for a while. */
export interface PassingRefusal {
  readonly why: Exclude<WaitReason, keyof EndpointLimits>;
  /** The wait that the server asked for. */
  readonly ms?: number;
}

/** Limits that a person has set for an endpoint. */
export interface EndpointLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** Requests that are open at the same time. */
  readonly maxConcurrent?: number;
}

const OWN_LIMITS: { readonly [name in keyof EndpointLimits]-?: true } = {
  requestsPerMinute: true,
  tokensPerMinute: true,
  maxConcurrent: true,
};

/** Whether a request waits for a limit that a person has set, and not because a server refused others. */
export const isOwnLimit = (why: WaitReason): why is keyof EndpointLimits => Object.hasOwn(OWN_LIMITS, why);

/** The address and key of a model server, with its limits. */
export interface ModelEndpoint {
  /** The same for the same address and key, in every process. It holds no secret. */
  readonly key: string;
  /** For people: host:port/path, or the name of a provider. */
  readonly label: string;
  readonly limits: EndpointLimits;
}

export interface Wait {
  readonly why: WaitReason;
  /** How long at most until the request is looked at again. Absent: until another request ends. */
  readonly ms?: number;
}

/** The right to send one request. Plain data. */
export interface Permit {
  readonly endpoint: string;
  readonly id: string;
}

/** How long an endpoint has given nothing but refusals of this kind, in ms. */
export interface Pause {
  readonly lastedMs: number;
}

export interface Limiter {
  /**
   * Resolves when the request may be sent; requests of one endpoint in their order. `waits` is called when it must
   * wait, and again if the reason changes or the server asks for a longer pause. Rejects with the signal's reason, at once, when it is aborted. `tokens`: the
   * likely tokens of the request.
   */
  acquire(
    request: { readonly endpoint: ModelEndpoint; readonly tokens: number },
    signal: AbortSignal,
    waits: (wait: Wait) => void,
  ): Promise<Permit>;
  /** The request has ended. Called once for each permit. `tokens`: those that were used; null if that is not known. */
  report(permit: Permit, end: { readonly ok: boolean; readonly tokens: number | null }): Promise<void>;
  /**
   * The server refused the request of this permit for a while: no request is sent to its endpoint for `ms`. Without
   * `ms`, each refusal in a row waits longer. Afterwards requests start slowly. Called before `report`.
   */
  pause(permit: Permit, refusal: PassingRefusal): Promise<Pause>;
}
