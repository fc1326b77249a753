// Waits for a run, and tells how far it is. In: a run, and how long to wait. Out: nothing: the run has ended, it cannot go
// on without a person, or the time is over. Another process may drive it.
import type { Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";
import type { Loom } from "../../loom/loom.js";
import type { LoomRun } from "../../loom/loom-run.js";
import { isEnded, isWaiting } from "../../run/status.js";
import { Moments, type Moment } from "../../streams/moments.js";
import { counted, reportText } from "../../words/phrases.js";
import type { McpCall, McpPorts } from "./offered-tool.js";

/** Rejects with the error that stopped the engine. */
export async function followRun({ loom, options, call }: McpPorts, run: LoomRun, ms: number): Promise<void> {
  const over = new AbortController();
  const cancel = options.clock.setTimer(Math.min(ms, LIMITS.mcpWaitMaxMs), () => over.abort());
  const signal = AbortSignal.any([over.signal, call.signal, options.stopping]);
  const signs = new Signs(options.clock, call);
  const forget = run.on({
    progress: (progress) => {
      if (progress.type === "step") signs.say(`${progress.step}: ${reportText(progress)}`);
    },
  });
  try {
    // The engine may stop with an error, which no event tells.
    const broken = new Promise<never>((_, reject) => void run.result().catch(reject));
    await Promise.race([stopped(loom, run.id, signal, signs), broken]);
  } finally {
    over.abort();
    cancel();
    forget();
    signs.end();
  }
}

async function stopped(loom: Loom, runId: string, signal: AbortSignal, signs: Signs): Promise<void> {
  const isStill = async () => {
    const now = await loom.engine.load(runId);
    return isEnded(now) || isWaiting(now);
  };
  const { seq } = (await loom.engine.load(runId)).log;
  if (signal.aborted || (await isStill())) return;
  const moments = new Moments(runId);
  for await (const event of loom.engine.events(runId, { follow: true, signal })) {
    const said = moments.of(event);
    const { counts, steps } = moments.run.execution;
    signs.count(counts.completed, steps.size);
    if (moments.seq <= seq) continue;
    for (const moment of said) signs.say(momentText(moment));
    // Between the events of one append, a run can look as if nothing were left to do.
    if ((isEnded(moments.run) || isWaiting(moments.run)) && (await isStill())) return;
  }
}

function momentText(moment: Moment): string {
  switch (moment.type) {
    case "plan":
      return `A plan is written: ${counted((moment.plan["steps"] as readonly unknown[]).length, "step")}.`;
    case "step":
      return `${moment.title}: ${moment.status}`;
    case "approval":
    case "question":
    case "doubt":
      return moment.message;
    default:
      return "";
  }
}

/** The signs of life of a call. Each has a larger number than the one before, as the protocol wants it. */
class Signs {
  #done = 0;
  #total = 0;
  #last = -1;
  #words = "The run goes on.";
  #saidAt = Number.NEGATIVE_INFINITY;
  #cancel = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly call: McpCall,
  ) {
    this.#arm();
  }

  count(done: number, total: number): void {
    this.#done = done;
    this.#total = total;
  }

  say(words: string): void {
    if (words === "") return;
    this.#words = words;
    if (this.clock.now() - this.#saidAt >= LIMITS.mcpProgressMs) this.#tell();
  }

  end(): void {
    this.#cancel();
  }

  #arm(): void {
    if (this.call.tell === undefined) return;
    this.#cancel = this.clock.setTimer(LIMITS.mcpSignMs, () => {
      this.#tell();
      this.#arm();
    });
  }

  #tell(): void {
    // A part of the next step stands for the news about it.
    const next = this.#done > this.#last ? this.#done : this.#last + (this.#done + 1 - this.#last) / 2;
    if (next <= this.#last) return;
    this.#last = next;
    this.#saidAt = this.clock.now();
    this.call.tell?.(next, Math.max(this.#total, next), this.#words.slice(0, LIMITS.progressChars));
  }
}
