// The limiter of one process. In: a clock and a source of jitter. Out: a Limiter with one queue for each endpoint. The
// first request of a queue waits for the endpoint; the others wait for the first.
import type { Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";
import {
  isOwnLimit,
  type EndpointLimits,
  type Limiter,
  type ModelEndpoint,
  type PassingRefusal,
  type Pause,
  type Permit,
  type Wait,
} from "../limiter.js";

/** A request that is open, or ended less than a minute ago. */
interface Sent {
  readonly at: number;
  tokens: number;
  /** The number of pauses before it was sent. */
  readonly pauses: number;
}

interface Waiting {
  readonly tokens: number;
  readonly limits: EndpointLimits;
  tell(wait: Wait): void;
  go(permit: Permit): void;
}

const MINUTE_MS = 60_000;

/** `random`: 0 to 1, for jitter. */
export function memoryLimiter(clock: Clock, random: () => number = Math.random): Limiter {
  const queues = new Map<string, EndpointQueue>();
  const queueOf = (key: string): EndpointQueue => {
    const queue = queues.get(key) ?? new EndpointQueue(key, clock, random);
    queues.set(key, queue);
    return queue;
  };
  return {
    acquire: ({ endpoint, tokens }, signal, waits) => queueOf(endpoint.key).acquire(endpoint, tokens, signal, waits),
    report: async (permit, { ok, tokens }) => queueOf(permit.endpoint).report(permit.id, ok, tokens),
    pause: async (permit, refusal) => queueOf(permit.endpoint).pause(permit.id, refusal),
  };
}

const limiters = new WeakMap<Clock, Limiter>();

/** The limiter that all models of this process share. */
export function sharedLimiter(clock: Clock): Limiter {
  const limiter = limiters.get(clock) ?? memoryLimiter(clock);
  limiters.set(clock, limiter);
  return limiter;
}

class EndpointQueue {
  readonly #waiting: Waiting[] = [];
  readonly #open = new Map<string, Sent>();
  /** Requests of the last minute, oldest first. */
  #recent: Sent[] = [];
  #ids = 0;
  /** Requests that may be open at once after a pause: one more after each success. */
  #room = Infinity;
  #pauses = 0;
  /** Pauses since the last success. */
  #refusals = 0;
  #pausedUntil = -Infinity;
  #refusedSince = 0;
  #why: PassingRefusal["why"] = "rate-limit";
  #cancelTimer: (() => void) | undefined;

  constructor(
    private readonly key: string,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  acquire({ limits }: ModelEndpoint, tokens: number, signal: AbortSignal, tell: Waiting["tell"]): Promise<Permit> {
    return new Promise((resolve, reject) => {
      const leave = (): void => signal.removeEventListener("abort", onAbort);
      const waiting: Waiting = {
        tokens,
        limits,
        tell: telling(tell, this.clock),
        go: (permit) => (leave(), resolve(permit)),
      };
      const onAbort = (): void => {
        leave();
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason as Error);
        this.#next();
      };
      if (signal.aborted) return reject(signal.reason as Error);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#next();
    });
  }

  report(id: string, ok: boolean, tokens: number | null): void {
    const sent = this.#open.get(id);
    if (sent === undefined) return;
    this.#open.delete(id);
    if (tokens !== null) sent.tokens = tokens;
    if (ok && sent.pauses === this.#pauses) {
      this.#refusals = 0;
      this.#room++;
    }
    this.#next();
  }

  pause(id: string, { why, ms }: PassingRefusal): Pause {
    const now = this.clock.now();
    // Requests that were open together are refused together: only the first refusal counts.
    const isNew = this.#open.get(id)?.pauses === this.#pauses;
    if (isNew) {
      const isOld = now - this.#pausedUntil > LIMITS.serverStartMs;
      if (this.#refusals === 0 || isOld || why !== this.#why) this.#refusedSince = now;
      this.#refusals++;
      this.#pauses++;
      this.#room = 1;
    }
    const asked = ms ?? (isNew ? this.#growing(why) : 0);
    this.#pausedUntil = Math.max(this.#pausedUntil, now + Math.max(asked, isNew ? this.#least() : 0));
    this.#why = why;
    this.#next();
    return { lastedMs: now - this.#refusedSince };
  }

  /** A wait that no server asked for. */
  #growing(why: PassingRefusal["why"]): number {
    const [least, most] =
      why === "starting" || why === "loading"
        ? [LIMITS.reachAgainMs, LIMITS.reachAgainMaxMs]
        : [LIMITS.rateWaitMs, LIMITS.rateWaitMaxMs];
    const grown = least * 2 ** Math.min(this.#refusals - 1, 16) * (1 + this.random() / 4);
    return Math.round(Math.min(grown, most));
  }

  /** A server that asks for no wait, and refuses again and again, is not asked at once. */
  #least(): number {
    return Math.min(50 * 2 ** Math.min(this.#refusals, 16), LIMITS.rateWaitMs);
  }

  /** Sends what may be sent now, and tells the others why they wait. */
  #next(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const now = this.clock.now();
    this.#recent = this.#recent.filter(({ at }) => at > now - MINUTE_MS);
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const wait = this.#obstacle(first, now);
      if (wait !== undefined) {
        for (const waiting of this.#waiting) waiting.tell(wait);
        if (wait.ms !== undefined) this.#cancelTimer = this.clock.setTimer(wait.ms, () => this.#next());
        return;
      }
      this.#waiting.shift();
      const sent = { at: now, tokens: first.tokens, pauses: this.#pauses };
      const id = `${++this.#ids}`;
      this.#open.set(id, sent);
      this.#recent.push(sent);
      first.go({ endpoint: this.key, id });
    }
  }

  #obstacle({ tokens, limits }: Waiting, now: number): Wait | undefined {
    const { requestsPerMinute = Infinity, tokensPerMinute = Infinity, maxConcurrent = Infinity } = limits;
    if (this.#pausedUntil > now) return { why: this.#why, ms: this.#pausedUntil - now };
    if (this.#open.size >= maxConcurrent) return { why: "maxConcurrent" };
    if (this.#open.size >= this.#room) return { why: this.#why };
    const [oldest] = this.#recent;
    if (oldest === undefined) return undefined;
    const ms = oldest.at + MINUTE_MS - now;
    if (this.#recent.length >= requestsPerMinute) return { why: "requestsPerMinute", ms };
    const used = this.#recent.reduce((sum, sent) => sum + sent.tokens, 0);
    return used + tokens > tokensPerMinute ? { why: "tokensPerMinute", ms } : undefined;
  }
}

/** Tells the first wait, each one with another reason, and each longer pause. */
function telling(tell: Waiting["tell"], clock: Clock): Waiting["tell"] {
  let told: Wait["why"] | undefined;
  let toldUntil = 0;
  return (wait) => {
    const { why, ms } = wait;
    const until = isOwnLimit(why) || ms === undefined ? 0 : clock.now() + ms;
    if (why === told && until <= toldUntil) return;
    [told, toldUntil] = [why, until];
    tell(wait);
  };
}
