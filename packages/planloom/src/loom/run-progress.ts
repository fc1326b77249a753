// The progress of a run for programs, while this process drives it. In: an engine and a run. Out: pieces, until the run
// ends. Nothing of it is stored; a slow reader gets the newest of each step.
import type { Engine, Progress } from "../engine/engine.js";
import type { EventType } from "../run/event.js";
import { isEnded } from "../run/status.js";
import { ProgressPieces } from "../streams/progress-pieces.js";

const ENDS: ReadonlySet<EventType> = new Set(["run.completed", "run.failed", "run.cancelled"]);

export async function* progressOfRun(engine: Engine, runId: string, signal?: AbortSignal): AsyncGenerator<Progress> {
  const pieces = new ProgressPieces();
  let isOver = signal?.aborted === true;
  let ring = (): void => undefined;
  const stop = (): void => {
    isOver = true;
    ring();
  };
  const forget = engine.listen(runId, {
    event: ({ type }) => ENDS.has(type) && stop(),
    progress: (progress) => pieces.add(progress),
  });
  pieces.onMore(() => ring());
  signal?.addEventListener("abort", stop, { once: true });
  try {
    if (isEnded(await engine.load(runId))) stop();
    for (;;) {
      const heard = pieces.take();
      yield* heard;
      if (heard.length > 0) continue;
      if (isOver) return;
      await new Promise<void>((resolve) => (ring = resolve));
    }
  } finally {
    forget();
    signal?.removeEventListener("abort", stop);
  }
}
