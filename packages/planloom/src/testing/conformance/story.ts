// Stories of a conformance suite, independent of any test runner. In: a suite. Out: stories as data.

/** One story. A test runner runs each as one test. `run` rejects if the story fails. */
export interface ConformanceStory {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** A story before its implementation is known. `Need` names a capability that not every implementation has. */
export interface StoryOn<Stage, Need extends string = never> {
  readonly name: string;
  readonly needs?: Need;
  readonly run: (stage: Stage) => Promise<void>;
}

export interface Teller<Stage, Need extends string> {
  /** Stories under one heading. */
  readonly about: (heading: string, tell: () => void) => void;
  readonly story: (name: string, run: StoryOn<Stage>["run"]) => void;
  /** A story only for implementations with this capability. */
  readonly storyNeeding: (needs: Need, name: string, run: StoryOn<Stage>["run"]) => void;
}

/** Collects the stories of a suite, with their heading in their names. */
export function stories<Stage, Need extends string = never>(
  tell: (teller: Teller<Stage, Need>) => void,
): readonly StoryOn<Stage, Need>[] {
  const told: StoryOn<Stage, Need>[] = [];
  let heading = "";
  tell({
    about: (what, tellMore) => {
      heading = what;
      tellMore();
    },
    story: (name, run) => void told.push({ name: `${heading}: ${name}`, run }),
    storyNeeding: (needs, name, run) => void told.push({ name: `${heading}: ${name}`, needs, run }),
  });
  return told;
}

/** The resources that a story has opened. */
export class Closing {
  readonly #open: { close(): Promise<void> }[] = [];

  add<T extends { close(): Promise<void> }>(opened: T): T {
    this.#open.push(opened);
    return opened;
  }

  /** Closes all of them, the latest first; then rejects with the first error. */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (const one of this.#open.reverse()) await one.close().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  }
}

/** Runs a story, and closes its resources, however it ends. */
export async function closedAfter(run: (closing: Closing) => Promise<void>): Promise<void> {
  const closing = new Closing();
  try {
    await run(closing);
  } catch (error) {
    await closing.close().catch(() => undefined);
    throw error;
  }
  await closing.close();
}
